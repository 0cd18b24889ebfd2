"""`aws emr` and `embulk` scripts."""

from __future__ import annotations

import json
from shlex import quote


def duration(value):
    """Seconds of `1h 30m` or of a number."""
    from pod_scoped_ops import DURATION, UNITS, as_text

    text = as_text(value)
    return int(text) if text.isdigit() else sum(int(n) * UNITS[u] for n, u in DURATION.findall(text))


def aws(script, part):
    """The client's credentials."""
    for variable, key in (
        ("AWS_ACCESS_KEY_ID", "access_key_id"), ("AWS_SECRET_ACCESS_KEY", "secret_access_key"),
        ("AWS_DEFAULT_REGION", "region"),
    ):  # fmt: skip
        script.export(variable, f"aws.{part}.{key}", "region" if key == "region" else None)
        general = (script.task.spec.get("secrets") or {}).get(f"aws.{key}")
        if general:
            script.add(f'[ -n "${variable}" ] || {variable}="${{{general}:-}}"')
        script.add(f'[ -n "${variable}" ] || unset {variable}')
    endpoint = script.text("endpoint")
    return f" --endpoint-url {quote(endpoint)}" if endpoint else ""


def emr(script):
    """Steps on an existing cluster."""
    endpoint = aws(script, "emr")
    script.add(f"CLUSTER={quote(script.text('cluster'))}")
    steps = [step_of(s) for s in script.each("steps")]
    if steps:
        name = script.file("steps.json", json.dumps(steps))
        script.add(
            f'for STEP in $(aws{endpoint} emr add-steps --cluster-id "$CLUSTER" --steps file://{name} '
            "--query 'StepIds[]' --output text); do",
            f'  aws{endpoint} emr wait step-complete --cluster-id "$CLUSTER" --step-id "$STEP"',
            "done",
        )
    script.add('printf \'{"emr": {"last_cluster_id": "%s"}}\' "$CLUSTER" > "$AF_OUT/xcom/store"')


def step_of(step):
    """One step as `aws emr add-steps` takes it."""
    kind = str(step.get("type", "command"))
    args = {
        "command": [step.get("command"), *(step.get("args") or [])],
        "script": [step.get("script"), *(step.get("args") or [])],
        "spark": [
            "spark-submit",
            *(step.get("submit_options") or []),
            step.get("application"),
            *(step.get("args") or []),
        ],
        "hive": ["hive-script", "--run-hive-script", "--args", "-f", step.get("script")],
        "spark-sql": ["spark-sql", "-f", step.get("query")],
    }.get(kind, [step.get("command")])
    made = {
        "Name": step.get("name", kind),
        "Jar": "command-runner.jar",
        "Args": [str(a) for a in args if a is not None],
    }
    made["ActionOnFailure"] = step.get("action_on_failure", "CANCEL_AND_WAIT")
    return made


def embulk(script):
    """A bulk load by Embulk; the file is a template."""
    from pod_scoped_ops import as_text

    config = script.task.text_file(as_text(script.task.command()))
    script.add(f"embulk run {script.file('config.yml', config)}")


CLOUD = {"emr": emr, "embulk": embulk}
