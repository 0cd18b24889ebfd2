"""`td` operations of `pod_scoped` (digdag-standards `operator/td`): statements, jobs, and what is stored of them."""

from __future__ import annotations

import csv
import json
import re
import time

from pod_service import ServiceError, listed, quoted
from pod_td import Client, columns

PREVIEW = 20
PRIORITIES = {"VERY_LOW": -2, "LOW": -1, "NORMAL": 0, "HIGH": 1, "VERY_HIGH": 2}
INSERT_LINE = re.compile(r"(\A|\r?\n)--\s*DIGDAG_INSERT_LINE[^\n]*")
HEADER = re.compile(r"\A([\r\n\t]*(?:(?:\A|\n)--[^\n]*)+)\n?")


def client(task, *, database=True):
    """The API with the task's key, address and database."""
    from pod_scoped import ConfigError

    endpoint = task.secret("td.endpoint", needed=False) or task.setting("endpoint") or "api.treasuredata.com"
    if "://" not in str(endpoint):
        secure = task.secret("td.use_ssl", needed=False)
        plain = str(task.setting("use_ssl", True) if secure is None else secure).lower() == "false"
        endpoint = f"{'http' if plain else 'https'}://{endpoint}"
    name = task.secret("td.database", needed=False) or task.setting("database") or ""
    if database and not str(name).strip():
        raise ConfigError("Parameter 'database' is empty" if name else "Parameter 'database' is required but not set")
    return Client(str(endpoint).rstrip("/"), task.secret("td.apikey").strip(), str(name).strip())


def number(task, name, default=0):
    """A setting that is a number."""
    value = task.setting(name)
    if value is None:
        return default
    return PRIORITIES[value] if value in PRIORITIES else int(str(value))


def flag(task, name):
    """A setting that is true or false."""
    return task.setting(name) in (True, "true")


def engine_of(task):
    """`presto` or `hive`."""
    from pod_scoped import ConfigError

    engine = task.setting("engine") or "presto"
    if engine not in ("presto", "hive"):
        raise ConfigError(f"Unknown 'engine:' option (available options are: hive and presto): {engine}")
    return engine


def issue(task, api, query, *, scheduled=True, more=None):
    """The id of a query's job. `more`: further fields of the request."""
    engine = engine_of(task)
    fields = {
        "query": query, "version": "0.7.0", "priority": number(task, "priority"),
        "retry_limit": number(task, "job_retry"),
    }  # fmt: skip
    pool = task.setting(f"{engine}_pool_name")
    version = task.setting("engine_version")
    if engine == "hive":
        version = task.setting("hive_engine_version") or version
    for name, value in (("pool_name", pool), ("engine_version", version)):
        if value is not None:
            fields[name] = value
    if scheduled:
        fields["scheduled_time"] = task.runner.run.logical_date.int_timestamp
    fields.update(more or {})
    return started(api, f"{engine} job", "/v3/job/issue" + quoted(engine, api.database), fields, text=query)


def destination(task, api):
    """Where the result goes, if it goes anywhere."""
    from pod_scoped import ConfigError

    url, connection, settings = (task.setting(n) for n in ("result_url", "result_connection", "result_settings"))
    if settings is not None and connection is None:
        raise ConfigError("result_settings is valid only if result_connection is set")
    fields = {}
    if url is not None:
        fields["result"] = task.with_secrets(str(url))
    if connection is not None:
        fields["result_connection_id"] = api.connection(connection)
    if settings is not None:
        given = json.loads(settings) if isinstance(settings, str) else settings
        fields["result_connection_settings"] = json.dumps(task.with_secrets(given))
    return fields


def started(api, what, path, fields, body=None, text=""):
    """Starts a job and says so."""
    job = api.start(path, fields, body)
    print(f"Started {what} id={job}" + (f":\n{text}" if text else ""), flush=True)
    return job


def finish(task, api, job, **more):
    """Waits for a job and stores its id."""
    facts = api.wait(job)
    result = {"last_job_id": job, "last_job": {"id": job, "num_records": facts.get("num_records") or 0}}
    task.store({"td": {**more, **result}})
    return facts


def table_name(engine, name):
    """A table's name as the engine quotes it."""
    mark = '"' if engine == "presto" else "`"
    return ".".join(f"{mark}{part}{mark}" for part in str(name).split("."))


def put_before(command, query):
    """The query with the command at the line that is marked for it, else after the comments at its head."""
    marked = INSERT_LINE.search(query)
    if marked:
        return query[: marked.start()] + marked.group(1) + command + query[marked.end() :]
    head = HEADER.match(query)
    if head:
        return f"{head.group(1)}\n{command}\n{query[head.end() :]}"
    return f"{command}\n{query}"


def statement(task, api, query):
    """The query with its target table, which is made if need be."""
    from pod_scoped import ConfigError

    engine = engine_of(task)
    insert, create = task.setting("insert_into"), task.setting("create_table")
    if insert is not None and create is not None:
        raise ConfigError("Setting both insert_into and create_table is invalid")
    if task.setting("download_file") is not None and (insert is not None or create is not None):
        raise ConfigError("download_file is invalid if insert_into or create_table is set")
    target = insert if insert is not None else create
    if target is None:
        return query
    name = table_name(engine, target)
    if engine == "presto" and create is not None:
        return put_before(f"DROP TABLE IF EXISTS {name};\nCREATE TABLE {name} AS", query)
    api.create_table(target)
    verb = "INSERT OVERWRITE TABLE" if create is not None else "INSERT INTO TABLE"
    return put_before(f"{'INSERT INTO' if engine == 'presto' else verb} {name}", query)


def comment(task):
    """Comments at the head of a query that say where it comes from."""
    run = task.runner.run
    names = task.facts()
    lines = {
        "project_id": names["project_id"], "project_name": "", "workflow_name": run.workflow_id,
        "session_id": names["session_id"], "attempt_id": names["attempt_id"], "task_name": names["task_name"],
    }  # fmt: skip
    return "".join(f"-- {key}: {value}\n" for key, value in lines.items())


def results(task, api, job, facts):
    """Writes the file and the preview that are wanted; what is stored of the result."""
    if task.setting("download_file") is not None:
        task.workspace()
        with open(str(task.setting("download_file")), "w", encoding="utf-8", newline="") as file:
            write_csv(file, columns(facts), api.rows(job))
    if flag(task, "preview"):
        print(f"preview of job id {job}:")
        for row in [columns(facts), *api.rows(job)[:PREVIEW]]:
            print(",".join("" if v is None else str(v) for v in row))
    if not flag(task, "store_last_results"):
        return {}
    rows = api.rows(job)
    return {"last_results": dict(zip(columns(facts), rows[0])) if rows else {}}


def write_csv(file, names, rows):
    """A result as CSV: no text for null, JSON for lists and mappings."""
    writer = csv.writer(file)
    writer.writerow(names)
    for row in rows:
        writer.writerow(["" if v is None else v if isinstance(v, str) else json.dumps(v) for v in row])


def keep(task, api, job):
    """Waits for a job and stores what its task keeps of it."""
    stored = results(task, api, job, finish(task, api, job))
    if stored:
        task.store({"td": stored})


def td(task):
    """A query."""
    api = client(task)
    text = comment(task) + statement(task, api, task.statement())
    job = issue(task, api, text, more=destination(task, api))
    keep(task, api, job)


def td_run(task):
    """A saved query, by its name or number, at the session time."""
    api = client(task)
    command, moment = task.command(), task.runner.run.logical_date
    if isinstance(command, int):
        body = {"scheduled_time": moment.in_timezone("UTC").strftime("%Y-%m-%dT%H:%M:%SZ")}
        job = started(api, "a saved query", "/v4/queries" + quoted(command, "jobs"), {}, body)
    else:
        job = started(api, "a saved query", "/v3/schedule/run" + quoted(command, moment.int_timestamp), {})
    keep(task, api, job)


def td_for_each(task):
    """A query whose rows are the items of the loop."""
    api = client(task)
    job = issue(task, api, task.statement())
    names = columns(finish(task, api, job))
    from pod_scoped_ops import keep_items

    keep_items(task, "td_for_each", [{"td": {"each": dict(zip(names, row))}} for row in api.rows(job)])


def td_ddl(task):
    """Databases and tables are deleted, made, emptied and renamed, in this order."""
    from pod_scoped import ConfigError

    api = client(task)
    renames = listed(task.setting("rename_tables"))
    for item in renames:
        if not api.table_exists(item["from"]):
            raise ConfigError(f"Renaming table {'.'.join(api.place(item['from']))} doesn't exist")
        if "." in str(item["to"]):
            raise ConfigError("'to' option of rename_tables can't include database name")
    for names, act in (
        (("drop_databases", "empty_databases"), api.delete_database),
        (("create_databases", "empty_databases"), api.create_database),
        (("drop_tables", "empty_tables"), api.delete_table),
        (("create_tables", "empty_tables"), api.create_table),
    ):
        for item in [item for name in names for item in listed(task.setting(name))]:
            act(item)
    for item in renames:
        api.rename_table(item["from"], item["to"])


def td_load(task):
    """A bulk load by a configuration (`config:` or a file, which the converter has read), or a saved one."""
    api = client(task)
    config = task.file_value("config")
    name = task.setting("name") if task.setting("name") is not None else task.command()
    if config is None:
        body = {"scheduled_time": str(task.runner.run.logical_date.int_timestamp)}
        finish(task, api, started(api, "bulk load session job", "/v3/bulk_loads" + quoted(name, "jobs"), {}, body))
        return
    database, table = api.place(task.setting("table"))
    fields = {"query": "", "version": "0.7.0", "priority": 0, "table": table}
    path = "/v3/job/issue" + quoted("bulkload", database)
    finish(task, api, started(api, "bulk load job", path, fields, {"config": task.with_secrets(config)}))


def seconds_of(task):
    """The pause between two looks of a waiting operation."""
    from pod_tools_data import duration

    return duration(task.setting("interval")) if task.setting("interval") is not None else 30


def td_wait(task):
    """Waits until the first value of a query is true."""
    api, query, pause = client(task), task.statement(), seconds_of(task)
    while True:
        job = issue(task, api, query)
        api.wait(job)
        rows = api.rows(job)
        if rows and not rows[0]:
            raise ServiceError("Got empty row in result of query")
        if rows and rows[0][0] not in (None, False, 0):
            return
        time.sleep(pause)


def td_wait_table(task):
    """Waits until there is a table, and that many rows in it."""
    api, pause, least = client(task), seconds_of(task), number(task, "rows")
    name = str(task.command())
    while not api.table_exists(name):
        time.sleep(min(pause, 30))
    table = table_name(engine_of(task), name)
    query = f"select count(*) from {table}"
    if engine_of(task) == "hive":
        query = f"select count(*) from (select * from {table} limit {least}) sub"
    while least > 0:
        job = issue(task, api, query, scheduled=False)
        api.wait(job)
        if api.rows(job)[0][0] >= least:
            return
        time.sleep(pause)


def seconds_at(value, zone):
    """Epoch seconds of a time of the zone, or of seconds."""
    import datetime

    from java_zones import tzinfo_of

    text = str(value).strip()
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    for form in ("%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d"):
        try:
            found = datetime.datetime.strptime(text, form)
        except ValueError:
            continue
        return int((found if found.tzinfo else found.replace(tzinfo=tzinfo_of(zone))).timestamp())
    from pod_scoped import ConfigError

    raise ConfigError(f"not a time: {text}")


def moment_of(task, name):
    """Epoch seconds of a setting."""
    return seconds_at(task.setting(name), task.zone)


def td_table_export(task):
    """A table to S3."""
    api = client(task)
    database, table = api.place(task.setting("table"))
    keys = {k: task.secret(f"aws.s3.{k}", needed=False) for k in ("access_key_id", "secret_access_key")}
    fields = {
        "from": moment_of(task, "from"), "to": moment_of(task, "to"), "file_prefix": task.setting("s3_path_prefix"),
        "file_format": task.setting("file_format"), "storage_type": "s3", "bucket": task.setting("s3_bucket"),
        **{k: v if v is not None else task.secret(f"aws.{k}") for k, v in keys.items()},
    }  # fmt: skip
    if task.setting("hive_pool_name") is not None:
        fields["pool_name"] = task.setting("hive_pool_name")
    finish(task, api, started(api, "table export job", "/v3/export/run" + quoted(database, table), fields))


def td_result_export(task):
    """The result of a job to a connection."""
    api = client(task, database=False)
    path = "/v3/job/result_export" + quoted(task.setting("job_id"))
    finish(task, api, started(api, "result export job", path, destination(task, api)))


def td_partial_delete(task):
    """Rows of a range of whole hours are deleted."""
    from pod_scoped import ConfigError

    api = client(task)
    first, last = moment_of(task, "from"), moment_of(task, "to")
    if first % 3600 or last % 3600:
        raise ConfigError("'from' and 'to' parameters must be whole hours")
    database, table = api.place(task.command())
    path = "/v3/table/partialdelete" + quoted(database, table)
    finish(task, api, started(api, "partial delete job", path, {"from": first, "to": last}))


OPERATIONS = {
    "td": td, "td_for_each": td_for_each, "td_run": td_run, "td_ddl": td_ddl, "td_load": td_load, "td_wait": td_wait,
    "td_wait_table": td_wait_table, "td_table_export": td_table_export, "td_result_export": td_result_export,
    "td_partial_delete": td_partial_delete,
}  # fmt: skip
