"""`bq`, `gcloud`, `aws` and `embulk` scripts."""

from __future__ import annotations

import json
from shlex import quote


def google(script):
    """Signs in with the credential of the secret."""
    source = (script.task.spec.get("secrets") or {}).get("gcp.credential")
    if source:
        script.add(
            f'if [ -n "${{{source}:-}}" ]; then',
            f'  printf %s "${source}" > key.json',
            "  gcloud auth activate-service-account -q --key-file=key.json",
            "fi",
        )
    script.export("PROJECT", "gcp.project", "project")
    script.add('[ -z "$PROJECT" ] || gcloud config set -q project "$PROJECT"')


def location(script):
    """The global flag of a location."""
    return f" --location={quote(script.text('location'))}" if script.setting("location") else ""


def table(script, name):
    """`dataset.table` for `bq`."""
    text = str(name)
    if "." not in text.split(":")[-1] and script.setting("dataset"):
        text = f"{script.text('dataset')}.{text}"
    return quote(text)


def dispositions(script):
    """Flags of write disposition."""
    mode = script.text("write_disposition")
    return {"WRITE_TRUNCATE": " --replace", "WRITE_APPEND": " --append_table"}.get(mode, "")


def bq(script):
    """A query job."""
    google(script)
    flags = " --use_legacy_sql=" + ("true" if script.flag("use_legacy_sql") else "false")
    if script.setting("destination_table"):
        flags += f" --destination_table={table(script, script.text('destination_table'))}" + dispositions(script)
    if script.setting("dataset"):
        flags += f" --dataset_id={quote(script.text('dataset'))}"
    for name in ("allow_large_results", "use_query_cache", "flatten_results"):
        if script.setting(name) is not None:
            key = {"use_query_cache": "use_cache"}.get(name, name)
            flags += f" --{key}={'true' if script.flag(name) else 'false'}"
    if script.text("priority").upper() == "BATCH":
        flags += " --batch"
    name = script.file("query.sql", script.query() + "\n")
    job(script, f'bq{location(script)} query{flags} --job_id="$JOB" < {name}')


def job(script, command):
    """Runs a job under an id of its own, and stores the id."""
    script.add('JOB="job_$(date +%s)_$$"', command)
    script.add('printf \'{"bq": {"last_job_id": "%s"}}\' "$JOB" > "$AF_OUT/xcom/store"')


def bq_load(script):
    """A load job."""
    from pod_scoped_ops import as_text

    google(script)
    command = script.task.command()
    sources = command if isinstance(command, list) else [as_text(command)]
    flags = " --source_format=" + (script.text("source_format") or "CSV") + dispositions(script)
    for name in ("field_delimiter", "skip_leading_rows", "encoding", "quote", "max_bad_records"):
        if script.setting(name) is not None:
            flags += f" --{name}={quote(script.text(name))}"
    for name in ("autodetect", "allow_quoted_newlines", "allow_jagged_rows", "ignore_unknown_values"):
        if script.flag(name):
            flags += f" --{name}"
    schema = script.setting("schema")
    last = ""
    if schema is not None:
        fields = schema.get("fields", schema) if isinstance(schema, dict) else schema
        text = schema if isinstance(schema, str) else json.dumps(fields)
        last = " " + (quote(text) if isinstance(schema, str) else script.file("schema.json", text))
    target = table(script, script.text("destination_table"))
    joined = quote(",".join(str(s) for s in sources))
    job(script, f'bq{location(script)} load{flags} --job_id="$JOB" {target} {joined}{last}')


def bq_extract(script):
    """An extract job."""
    from pod_scoped_ops import as_text

    google(script)
    flags = ""
    for name in ("field_delimiter", "destination_format", "compression"):
        if script.setting(name) is not None:
            flags += f" --{name}={quote(script.text(name))}"
    if script.setting("print_header") is not None:
        flags += f" --print_header={'true' if script.flag('print_header') else 'false'}"
    source = table(script, as_text(script.task.command()))
    target = quote(",".join(str(s) for s in script.each("destination")))
    job(script, f'bq{location(script)} extract{flags} --job_id="$JOB" {source} {target}')


def bq_ddl(script):
    """Datasets and tables are made, emptied, deleted."""
    google(script)
    where = location(script)

    def name_of(item, key="id"):
        return item.get(key) if isinstance(item, dict) else item

    for item in script.each("delete_datasets"):
        script.add(f"bq{where} rm -r -f -d {quote(str(name_of(item)))}")
    for item in script.each("empty_datasets"):
        script.add(f"bq{where} rm -r -f -d {quote(str(name_of(item)))}", f"bq{where} mk -d {quote(str(name_of(item)))}")
    for item in script.each("create_datasets"):
        script.add(f"bq{where} mk -f -d {quote(str(name_of(item)))}")
    for item in script.each("delete_tables"):
        script.add(f"bq{where} rm -f -t {table(script, name_of(item))}")
    for item in [*script.each("empty_tables")]:
        script.add(f"bq{where} rm -f -t {table(script, name_of(item))}", make_table(script, item, where))
    for item in script.each("create_tables"):
        script.add(make_table(script, item, where))


def make_table(script, item, where):
    """`bq mk` of a table with its schema."""
    fields = item.get("schema") if isinstance(item, dict) else None
    name = item.get("id") if isinstance(item, dict) else item
    schema = ""
    if fields:
        fields = fields.get("fields", fields) if isinstance(fields, dict) else fields
        schema = " " + script.file(f"schema-{name}.json", json.dumps(fields))
    return f"bq{where} mk -f -t {table(script, name)}{schema}"


def wait_loop(script, look, found):
    """Looks until the object is there or the time is over."""
    seconds = script.task.setting("timeout")
    limit = duration(seconds) if seconds is not None else 0
    script.add(f"LIMIT={limit}", "START=$(date +%s)", f"until {look} > object.json 2> look.err; do")
    over = "exit 0" if script.flag("continue_on_timeout") else "echo 'timeout' >&2; exit 1"
    script.add(
        "  cat look.err >&2",
        f'  if [ "$LIMIT" -gt 0 ] && [ $(( $(date +%s) - START )) -ge "$LIMIT" ]; then {over}; fi',
        "  sleep 5",
        "done",
        f'printf \'{found}\' "$(cat object.json)" > "$AF_OUT/xcom/store"',
    )


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


def s3_wait(script):
    """Waits for an object in S3."""
    from pod_scoped_ops import as_text

    endpoint = aws(script, "s3")
    path = as_text(script.task.command()) if script.task.raw_command else ""
    bucket, _, key = path.partition("/")
    bucket, key = script.text("bucket") or bucket, script.text("key") or key
    version = f" --version-id {quote(script.text('version_id'))}" if script.setting("version_id") else ""
    look = f"aws{endpoint} s3api head-object --output json --bucket {quote(bucket)} --key {quote(key)}{version}"
    wait_loop(script, look, '{"s3": {"last_object": {"metadata": %s}}}')


def gcs_wait(script):
    """Waits for an object in Cloud Storage."""
    from pod_scoped_ops import as_text

    google(script)
    path = as_text(script.task.command()).removeprefix("gs://") if script.task.raw_command else ""
    bucket, _, name = path.partition("/")
    bucket, name = script.text("bucket") or bucket, script.text("object") or name
    look = f"gcloud storage objects describe --format=json {quote(f'gs://{bucket}/{name}')}"
    wait_loop(script, look, '{"gcs_wait": {"last_object": {"metadata": %s}}}')


def emr(script):
    """Steps on a cluster, made for them or existing."""
    endpoint = aws(script, "emr")
    cluster = script.setting("cluster")
    if isinstance(cluster, dict):
        name = script.file("cluster.json", json.dumps(cluster))
        made = f"aws{endpoint} emr create-cluster --cli-input-json file://{name} --query ClusterId --output text"
        script.add(f"CLUSTER=$({made})")
    else:
        script.add(f"CLUSTER={quote(str(cluster))}")
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
    made["ActionOnFailure"] = step.get("action_on_failure", "CONTINUE")
    return made


def embulk(script):
    """A bulk load by Embulk; the file is a template."""
    from pod_scoped_ops import as_text

    config = script.task.text_file(as_text(script.task.command()))
    script.add(f"embulk run {script.file('config.yml', config)}")


BIGQUERY = {"bq": bq, "bq_load": bq_load, "bq_extract": bq_extract, "bq_ddl": bq_ddl}
CLOUD = {"s3_wait": s3_wait, "gcs_wait": gcs_wait, "emr": emr, "embulk": embulk}
