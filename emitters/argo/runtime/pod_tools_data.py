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
    """The client's credentials; those of a role where a secret names one. Returns its option of an endpoint."""
    known = script.task.spec.get("secrets") or {}
    for variable, key in (
        ("AWS_ACCESS_KEY_ID", "access_key_id"), ("AWS_SECRET_ACCESS_KEY", "secret_access_key"),
        ("AWS_DEFAULT_REGION", "region"), ("ROLE", "role_arn"),
    ):  # fmt: skip
        script.export(variable, f"aws.{part}.{key}")
        if f"aws.{key}" in known:
            script.add(f'[ -n "${variable}" ] || {variable}="${{{known[f"aws.{key}"]}:-}}"')
        if key == "region":
            given = script.text(f"{part}.region") or script.text("region")
            script.add(f'[ -n "${variable}" ] || {variable}={quote(given)}')
        script.add(f'[ -n "${variable}" ] || unset {variable}')
    script.add(
        'if [ -n "${ROLE:-}" ]; then',
        '  KEYS=$(aws sts assume-role --role-arn "$ROLE" --role-session-name digdag-emr --duration-seconds 3600 \\',
        "    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)",
        "  set -- $KEYS",
        "  export AWS_ACCESS_KEY_ID=$1 AWS_SECRET_ACCESS_KEY=$2 AWS_SESSION_TOKEN=$3",
        "fi",
    )
    endpoint = script.text(f"{part}.endpoint") or script.text("endpoint")
    secret = known.get(f"aws.{part}.endpoint")
    script.add(
        f'ENDPOINT="${{{secret}:-}}"' if secret else "ENDPOINT=", f'[ -n "$ENDPOINT" ] || ENDPOINT={quote(endpoint)}'
    )
    return ' ${ENDPOINT:+--endpoint-url "$ENDPOINT"}'


def emr(script):
    """Steps on an existing cluster."""
    endpoint = aws(script, "emr")
    script.add(f"CLUSTER={quote(script.text('cluster'))}")
    default = script.text("action_on_failure") or "CANCEL_AND_WAIT"
    steps = [step_of(s, default) for s in script.each("steps")]
    if steps:
        name = script.file("steps.json", json.dumps(steps))
        script.add(
            f'for STEP in $(aws{endpoint} emr add-steps --cluster-id "$CLUSTER" --steps file://{name} '
            "--query 'StepIds[]' --output text); do",
            f'  aws{endpoint} emr wait step-complete --cluster-id "$CLUSTER" --step-id "$STEP"',
            "done",
        )


def step_of(step, on_failure):
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
    made["ActionOnFailure"] = step.get("action_on_failure", on_failure)
    return made


def embulk(script):
    """A bulk load by Embulk, in the task's folder of the project; its configuration is a template with secrets."""
    from pod_scoped_ops import as_text
    from pod_tools_code import project

    task = script.task
    project(script)
    command = task.command()
    if "template" in task.spec or command in (None, ""):
        config = task.file_value("config")
        if config is None:
            from pod_scoped import ConfigError

            raise ConfigError("Parameter 'config' is required but not set")
        text = json.dumps(task.with_secrets(config) if command not in (None, "") else config, ensure_ascii=False)
    else:
        text = task.with_secrets(task.text_file(as_text(command)))
    script.add(f'embulk run "$WORK"/{script.file("load.yml", text)}')


CLOUD = {"emr": emr, "embulk": embulk}
