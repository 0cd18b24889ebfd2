"""`td` scripts of the Treasure Data operators."""

from __future__ import annotations

import json
from shlex import quote

LAST_JOB = "sed -n 's/^Job \\([0-9]*\\) is queued.*/\\1/p; s/^JobID *: *\\([0-9]*\\).*/\\1/p' job.log | head -n 1"


def sign_in(script):
    """Key and endpoint of the client."""
    script.export("TD_API_KEY", "td.apikey")
    script.export("TD_API_SERVER", "td.endpoint", "endpoint", "api.treasuredata.com")
    script.add('case "$TD_API_SERVER" in http*) ;; *) TD_API_SERVER="https://$TD_API_SERVER";; esac')
    script.export("DATABASE", "td.database", "database")


def engine(script):
    """The flag of the engine."""
    return f"-T {quote(script.text('engine') or 'presto')}"


def common(script):
    """Flags of every query."""
    flags = [engine(script), '-d "$DATABASE"', "-w"]
    if script.setting("priority") is not None:
        flags.append(f"-P {quote(script.text('priority'))}")
    if script.setting("job_retry") is not None:
        flags.append(f"-R {quote(script.text('job_retry'))}")
    if script.setting("result_url") is not None:
        flags.append(f"-r {quote(script.task.with_secrets(script.text('result_url')))}")
    elif script.setting("result_connection") is not None:
        settings = script.task.with_secrets(script.setting("result_settings") or {})
        flags.append(f"-r {quote(json.dumps({'type': script.text('result_connection'), **settings}))}")
    return " ".join(flags)


def statement(script, query):
    """The query with its target table."""
    presto = (script.text("engine") or "presto") == "presto"
    if script.setting("create_table"):
        name = script.text("create_table")
        if presto:
            return f'DROP TABLE IF EXISTS "{name}";\nCREATE TABLE "{name}" AS\n{query}'
        return f"INSERT OVERWRITE TABLE `{name}`\n{query}"
    if script.setting("insert_into"):
        name = script.text("insert_into")
        return f'INSERT INTO "{name}"\n{query}' if presto else f"INSERT INTO TABLE `{name}`\n{query}"
    return query


def store_job(script, results=None):
    """Stores the job's id, and the first row of its result."""
    row = f'"$({results})"' if results else "null"
    script.add(
        f"JOB=$({LAST_JOB})",
        'printf \'{"td": {"last_job_id": "%s", "last_job": {"id": "%s"}, "last_results": %s}}\' '
        f'"$JOB" "$JOB" {row} > "$AF_OUT/xcom/store"',
    )


FIRST_ROW = "tr -d '\\n' < result.json | sed 's/^\\[ *//; s/} *, *{.*$/}/; s/\\] *$//'"


def td(script):
    """A query."""
    sign_in(script)
    query = script.file("query.sql", statement(script, script.query()) + "\n")
    keep, result = "", None
    if script.setting("download_file"):
        keep = f" -o {quote(script.text('download_file'))} -f csv -c"
    elif script.flag("store_last_results"):
        keep, result = " -o result.json -f json -c", FIRST_ROW
    script.add(f"td query {common(script)}{keep} -q {query} | tee job.log")
    store_job(script, result)


def td_for_each(script):
    """A query whose rows are the items of the loop."""
    sign_in(script)
    query = script.file("query.sql", script.query() + "\n")
    script.add(
        f"td query {common(script)} -o result.json -f json -c -q {query}",
        'sed \'s/\\({[^{}]*}\\)/{"td": {"each": \\1}}/g\' result.json > "$AF_OUT/return_value"',
    )


def td_run(script):
    """A saved query at the session time."""
    from pod_scoped_ops import as_text

    sign_in(script)
    name = quote(as_text(script.task.command()))
    moment = script.task.runner.run.logical_date.strftime("%Y-%m-%d %H:%M:%S UTC")
    script.add(f"td sched:run {name} {quote(moment)} | tee job.log", f"JOB=$({LAST_JOB})", 'td job:show "$JOB" -w')
    if script.setting("download_file"):
        script.add(f'td job:show "$JOB" -w -o {quote(script.text("download_file"))} -f csv -c')
    result = None
    if script.flag("store_last_results"):
        script.add('td job:show "$JOB" -w -o result.json -f json')
        result = FIRST_ROW
    store_job(script, result)


def td_ddl(script):
    """Tables and databases."""
    sign_in(script)
    for item in script.each("drop_databases"):
        script.add(f"td db:delete -f {quote(str(item))} || true")
    for item in script.each("empty_databases"):
        script.add(f"td db:delete -f {quote(str(item))} || true", f"td db:create {quote(str(item))}")
    for item in script.each("create_databases"):
        script.add(f"td db:create {quote(str(item))} || true")
    for item in script.each("drop_tables"):
        script.add(f'td table:delete -f "$DATABASE" {quote(str(item))} || true')
    for item in script.each("rename_tables"):
        script.add(f'td table:rename "$DATABASE" {quote(str(item["from"]))} {quote(str(item["to"]))} --overwrite')
    for item in script.each("empty_tables"):
        script.add(f'td table:delete -f "$DATABASE" {quote(str(item))} || true')
        script.add(f'td table:create "$DATABASE" {quote(str(item))}')
    for item in script.each("create_tables"):
        script.add(f'td table:create "$DATABASE" {quote(str(item))} || true')


def td_load(script):
    """A bulk load from a file, or a saved one."""
    from pod_scoped_ops import as_text

    sign_in(script)
    name = as_text(script.task.command())
    if name.endswith((".yml", ".yaml")):
        config = script.file("load.yml", script.task.with_secrets(script.task.text_file(name)))
        target = f'--database "$DATABASE" --table {quote(script.text("table"))}'
        script.add(f"td connector:issue {config} {target} -w | tee job.log")
    else:
        script.add(f"td connector:run {quote(name)} -w | tee job.log")
    store_job(script)


def poll(script, query):
    """Asks until the first value is true."""
    name = script.file("query.sql", query + "\n")
    pause = script.text("interval", "30").rstrip("s") or "30"
    script.add(
        f"until td query {common(script)} -o result.csv -f csv -q {name} && "
        "head -n 1 result.csv | grep -Eqi '^\"?(true|[1-9][0-9]*)'; do",
        f"  sleep {int(pause) if pause.isdigit() else 30}",
        "done",
    )


def td_wait(script):
    """Waits until a query says true."""
    sign_in(script)
    poll(script, script.query())


def td_wait_table(script):
    """Waits until a table has rows."""
    from pod_scoped_ops import as_text

    sign_in(script)
    rows = script.text("rows", "0")
    table = as_text(script.task.command())
    least = int(rows) if rows.isdigit() else 0
    poll(script, f'SELECT count(*) >= {max(1, least)} FROM (SELECT 1 FROM "{table}" LIMIT {max(1, least)}) t')


def td_table_export(script):
    """A table to S3."""
    sign_in(script)
    for name in ("access_key_id", "secret_access_key"):
        script.export(name.upper(), f"aws.s3.{name}")
    flags = [
        f"--s3-bucket {quote(script.text('s3_bucket'))}", f"--prefix {quote(script.text('s3_path_prefix'))}",
        f"--file-format {quote(script.text('file_format') or 'jsonl.gz')}", "--aws-key-id \"$ACCESS_KEY_ID\"",
        '--aws-secret-key "$SECRET_ACCESS_KEY"', f"--from {quote(script.text('from'))}",
        f"--to {quote(script.text('to'))}", "-w",
    ]  # fmt: skip
    script.add(f'td table:export "$DATABASE" {quote(script.text("table"))} {" ".join(flags)} | tee job.log')
    store_job(script)


def td_result_export(script):
    """The result of a job to a connection."""
    sign_in(script)
    settings = script.task.with_secrets(script.setting("result_settings") or {})
    target = script.text("result_url") or json.dumps({"type": script.text("result_connection"), **settings})
    script.add(f"td result:export {quote(script.text('job_id'))} {quote(target)} -w")


def td_partial_delete(script):
    """Rows of a time range are deleted."""
    from pod_scoped_ops import as_text

    sign_in(script)
    table = script.text("table") or as_text(script.task.command())
    span = f"--from {quote(script.text('from'))} --to {quote(script.text('to'))}"
    script.add(f'td table:partial_delete "$DATABASE" {quote(table)} {span} -w')


TREASURE_DATA = {
    "td": td, "td_for_each": td_for_each, "td_run": td_run, "td_ddl": td_ddl, "td_load": td_load, "td_wait": td_wait,
    "td_wait_table": td_wait_table, "td_table_export": td_table_export, "td_result_export": td_result_export,
    "td_partial_delete": td_partial_delete,
}  # fmt: skip
