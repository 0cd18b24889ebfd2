"""`bq` operations and `gcs_wait` of `pod_scoped` (digdag-standards `operator/gcp`): BigQuery's and Cloud Storage's
own requests."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import PurePath

from pod_google import Google, base_of
from pod_service import ServiceError, listed, polled, quoted

TABLE = re.compile(r"(?:(?P<project>[^:]+):)?(?:(?P<dataset>[^.]+)\.)?(?P<table>[a-zA-Z0-9_]{1,1024}(?:\$[0-9]{8})?)\Z")
DATASET = re.compile(r"(?:(?P<project>[^:]+):)?(?P<dataset>[^.]+)\Z")
QUERY = {
    "allow_large_results": bool, "use_query_cache": bool, "create_disposition": str, "write_disposition": str,
    "flatten_results": bool, "maximum_billing_tier": int, "priority": str, "table_definitions": dict,
    "user_defined_function_resources": list,
}  # fmt: skip
LOAD = {
    "create_disposition": str, "write_disposition": str, "source_format": str, "field_delimiter": str,
    "skip_leading_rows": int, "encoding": str, "quote": str, "max_bad_records": int, "allow_quoted_newlines": bool,
    "allow_jagged_rows": bool, "ignore_unknown_values": bool, "projection_fields": list, "autodetect": bool,
    "schema_update_options": list,
}  # fmt: skip
EXTRACT = {"print_header": bool, "field_delimiter": str, "destination_format": str, "compression": str}


class BigQuery:
    """The API, with what the task says of project and data set."""

    def __init__(self, task):
        self.task = task
        self.google = Google(task)
        self.base = base_of("BIGQUERY_EMULATOR_HOST", "https://bigquery.googleapis.com") + "/bigquery/v2/projects"

    def url(self, project, *path):
        """An address below a project."""
        return self.base + quoted(project, *path)

    def table(self, name):
        """A reference to `[project:][dataset.]table`."""
        found = TABLE.match(str(name))
        if not found:
            raise ServiceError(f"Bad table reference: {name}")
        default = self.task.setting("dataset")
        outer = self.dataset(default) if default is not None else {}
        dataset = found["dataset"] or outer.get("datasetId")
        if not dataset:
            raise ServiceError(
                f"Bad table reference. Either configure 'dataset' or include dataset name in table reference: {name}"
            )
        project = found["project"] or outer.get("projectId") or self.google.project
        return {"projectId": project, "datasetId": dataset, "tableId": found["table"]}

    def dataset(self, name):
        """A reference to `[project:]dataset`."""
        found = DATASET.match(str(name))
        if not found:
            raise ServiceError(f"Bad dataset reference: {name}")
        return {"projectId": found["project"] or self.google.project, "datasetId": found["dataset"]}

    def fields(self, kinds):
        """Settings of a job under the API's names."""
        out = {}
        for name, kind in kinds.items():
            value = self.task.setting(name)
            if value is not None:
                out[camel(name)] = typed(value, kind)
        return out

    def run(self, configuration):
        """Runs a job to its end and stores its id."""
        project, job = self.google.project, f"digdag_{uuid.uuid4()}"
        request = {"jobReference": {"projectId": project, "jobId": job}, "configuration": configuration}
        location = self.task.setting("location")
        if location is not None:
            request["jobReference"]["location"] = location
        self.google.call("POST", self.url(project, "jobs"), request, allowed=(409,))
        print(f"Started BigQuery job {project}:{job}", flush=True)
        suffix = f"?location={location}" if location is not None else ""

        def look():
            found = self.google.call("GET", self.url(project, "jobs", job) + suffix).json()
            return found if found["status"]["state"] == "DONE" else None

        done = polled(look)
        if done["status"].get("errorResult"):
            errors = done["status"].get("errors") or [done["status"]["errorResult"]]
            for error in errors:
                print(json.dumps(error), flush=True)
            raise ServiceError(f"BigQuery job failed: {project}:{job}")
        self.task.store({"bq": {"last_job_id": done["id"], "last_jobid": done["id"]}})


def camel(name):
    """`write_disposition` as `writeDisposition`."""
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def typed(value, kind):
    """A setting as the API takes it; texts are what expressions leave of other values."""
    if kind is bool:
        return value in (True, "true")
    if kind is int:
        return int(str(value))
    if kind in (dict, list) and isinstance(value, str):
        return json.loads(value)
    return value


def bq(task):
    """A query job."""
    service = BigQuery(task)
    query = {"query": task.statement(), "useLegacySql": task.setting("use_legacy_sql") in (True, "true")}
    query.update(service.fields(QUERY))
    if task.setting("dataset") is not None:
        query["defaultDataset"] = service.dataset(task.setting("dataset"))
    if task.setting("destination_table") is not None:
        query["destinationTable"] = service.table(task.setting("destination_table"))
    service.run({"query": query})


def bq_load(task):
    """A load job."""
    service = BigQuery(task)
    load = {"sourceUris": listed(task.command()), "destinationTable": service.table(task.setting("destination_table"))}
    load.update(service.fields(LOAD))
    schema = schema_of(task)
    if schema is not None:
        load["schema"] = schema
    service.run({"load": load})


def schema_of(task):
    """`schema:` itself, or of a file (the converter has read YAML)."""
    schema = task.file_value("schema")
    if isinstance(schema, str) and not schema.strip().startswith("{"):
        if PurePath(schema).suffix != ".json":
            raise ServiceError(f"not JSON: {schema}")
        schema = task.text_file(schema)
    return json.loads(schema) if isinstance(schema, str) else schema


def bq_extract(task):
    """An extract job."""
    service = BigQuery(task)
    targets = listed(task.setting("destination"))
    extract = {"sourceTable": service.table(task.command()), "destinationUris": targets, **service.fields(EXTRACT)}
    service.run({"extract": extract})


def bq_ddl(task):
    """Datasets, then tables: deleted, emptied, made."""
    service = BigQuery(task)
    for name, act in (
        ("delete_datasets", delete_dataset), ("empty_datasets", empty_dataset), ("create_datasets", create_dataset),
        ("delete_tables", delete_table), ("empty_tables", empty_table), ("create_tables", create_table),
    ):  # fmt: skip
        for item in listed(task.setting(name)):
            act(service, item)


def delete_dataset(service, item):
    """Deletes a data set with its tables if it is there."""
    place = dataset_of(service, item)["datasetReference"]
    url = service.url(place["projectId"], "datasets", place["datasetId"]) + "?deleteContents=true"
    service.google.call("DELETE", url, allowed=(404,))


def create_dataset(service, item):
    """Makes a data set unless it is there."""
    made = dataset_of(service, item)
    url = service.url(made["datasetReference"]["projectId"], "datasets")
    service.google.call("POST", url, made, allowed=(409,))


def empty_dataset(service, item):
    """Makes a data set anew."""
    delete_dataset(service, item)
    create_dataset(service, item)


def dataset_of(service, item):
    """A data set by its name, or by a mapping with more."""
    if not isinstance(item, dict):
        return {"datasetReference": service.dataset(item)}
    place = {"projectId": item.get("project") or service.google.project, "datasetId": item["id"]}
    made = {"datasetReference": place}
    for name in ("friendly_name", "location", "access", "labels"):
        if item.get(name) is not None:
            made[camel(name)] = item[name]
    if item.get("default_table_expiration") is not None:
        from pod_tools_data import duration

        made["defaultTableExpirationMs"] = str(duration(item["default_table_expiration"]) * 1000)
    return made


def delete_table(service, item):
    """Deletes a table if it is there."""
    place = table_of(service, item)["tableReference"]
    url = service.url(place["projectId"], "datasets", place["datasetId"], "tables", place["tableId"])
    service.google.call("DELETE", url, allowed=(404,))


def create_table(service, item):
    """Makes a table unless it is there."""
    made = table_of(service, item)
    place = made["tableReference"]
    url = service.url(place["projectId"], "datasets", place["datasetId"], "tables")
    service.google.call("POST", url, made, allowed=(409,))


def empty_table(service, item):
    """Makes a table anew."""
    delete_table(service, item)
    create_table(service, item)


def table_of(service, item):
    """A table by its name, or by a mapping with more."""
    if not isinstance(item, dict):
        return {"tableReference": service.table(item)}
    default = service.task.setting("dataset")
    dataset = item.get("dataset") or (service.dataset(default)["datasetId"] if default is not None else None)
    if not dataset:
        raise ServiceError("Bad table reference or configuration: Missing 'dataset'")
    place = {"projectId": item.get("project") or service.google.project, "datasetId": dataset, "tableId": item["id"]}
    made = {"tableReference": place}
    for name in ("schema", "friendly_name", "time_partitioning", "view"):
        if item.get(name) is not None:
            made[camel(name)] = item[name]
    if item.get("expiration_time") is not None:
        from pod_scoped_td import seconds_at

        made["expirationTime"] = str(seconds_at(item["expiration_time"], service.task.zone) * 1000)
    return made


def gcs_wait(task):
    """Waits for an object in Cloud Storage: looks after 1, 2, 4 ... 30 seconds."""
    command = task.command()
    bucket, name = task.setting("bucket"), task.setting("object")
    if command not in (None, ""):
        bucket, _, name = str(command).removeprefix("gs://").partition("/")
    if not bucket or not name:
        from pod_scoped import ConfigError

        raise ConfigError(
            "Either the gcs_wait operator command or both 'bucket' and 'object' parameters must be set"
            if command in (None, "") else f"Illegal GCS URI or path: {command}"
        )  # fmt: skip
    google = Google(task)
    base = base_of("STORAGE_EMULATOR_HOST", "https://storage.googleapis.com")
    url = base + "/storage/v1/b" + quoted(bucket, "o", name)

    def look():
        answer = google.call("GET", url, allowed=(404,))
        if answer.status == 404:
            print(f"Object '{bucket}/{name}' does not yet exist", flush=True)
            return None
        return answer.json()

    task.store({"gcs_wait": {"last_object": {"metadata": polled(look)}}})


OPERATIONS = {"bq": bq, "bq_load": bq_load, "bq_extract": bq_extract, "bq_ddl": bq_ddl, "gcs_wait": gcs_wait}
