"""Google Cloud Storage: objects are waited for, listed, copied, deleted, uploaded."""

from __future__ import annotations

from migrate.diagnostics.waits import FileOnWorker
from migrate.ir.actions import Action, Command
from migrate.ir.exprs import Expr
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import operator
from parsers.airflow.operators._cli import RESULT, Line, Values, google, items, whole
from parsers.airflow.operators._common import EMPTY, concat, constant_text, differs, poll
from parsers.airflow.operators.hosted import hosted

_LIST = """\
{ gcloud storage ls "gs://$BUCKET/${PREFIX:-}**${DELIMITER:-}" || true; } |
  python3 -c 'import json, sys; cut = len("gs://") + len(sys.argv[1]) + 1
print(json.dumps([line.strip()[cut:] for line in sys.stdin if line.strip()]))' "$BUCKET" > /tmp/result.json
"""


@operator(
    "airflow.providers.google.cloud.sensors.gcs.GCSObjectExistenceSensor",
    "airflow.providers.google.cloud.sensors.gcs.GCSObjectExistenceAsyncSensor",
    "airflow.contrib.sensors.gcs_sensor.GoogleCloudStorageObjectSensor",
)
def object_sensor(args: Arguments) -> Command:
    """Waits until the object is there."""
    looking = poll(args)
    args.ignore_all("use_glob", "retry")
    values = Values()
    url = _url(args.expr("bucket"), args.expr("object"))
    return google(args, Line(values, "gcloud storage ls").add(url, "OBJECT").text(), values, poll=looking)


@operator(
    "airflow.providers.google.cloud.sensors.gcs.GCSObjectsWithPrefixExistenceSensor",
    "airflow.providers.google.cloud.sensors.gcs.GCSObjectsWtihPrefixExistenceSensor",
    "airflow.contrib.sensors.gcs_sensor.GoogleCloudStoragePrefixSensor",
)
def prefix_sensor(args: Arguments) -> Command:
    """Waits until there is an object whose name starts so; the names are the step's result."""
    looking = poll(args)
    values = Values()
    values.put(args.expr("bucket") or EMPTY, "BUCKET")
    values.put(args.expr("prefix") or EMPTY, "PREFIX")
    script = 'gcloud storage ls "gs://$BUCKET/${PREFIX}*" > /dev/null || exit 1\n' + _LIST
    return google(args, script, values, poll=looking, output="file", outputs=(("return_value", RESULT),))


@operator(
    "airflow.providers.google.cloud.operators.gcs.GCSListObjectsOperator",
    "airflow.contrib.operators.gcs_list_operator.GoogleCloudStorageListOperator",
)
def list_objects(args: Arguments) -> Command | Action:
    """The names are the step's result."""
    prefix = args.expr("prefix") if args.has("prefix") else None
    if args.has("match_glob") or (prefix is not None and (not whole(prefix) or len(items(args, prefix)) != 1)):
        return hosted(args)
    args.ignore_all("match_glob", "prefix")
    values = Values()
    values.put(args.expr("bucket") or EMPTY, "BUCKET")
    if prefix is not None:
        values.put(items(args, prefix)[0], "PREFIX")
    if args.has("delimiter"):
        values.put(args.expr("delimiter") or EMPTY, "DELIMITER")
    args.ignore("delimiter")
    return google(args, _LIST, values, output="file", outputs=(("return_value", RESULT),))


@operator(
    "airflow.providers.google.cloud.operators.gcs.GCSDeleteObjectsOperator",
    "airflow.contrib.operators.gcs_delete_operator.GoogleCloudStorageDeleteOperator",
)
def delete(args: Arguments) -> Command | Action:
    """Single objects, or all whose names start with a prefix."""
    objects = args.expr("objects") if args.has("objects") else None
    prefix = args.expr("prefix") if args.has("prefix") else None
    chosen = objects if objects is not None else prefix
    if chosen is None or not whole(chosen):
        return hosted(args)
    args.ignore_all("objects", "prefix")
    values = Values()
    bucket = args.expr("bucket_name")
    tail = "" if objects is not None else "**"
    loose = args.bool("ignore_error") or objects is None
    lines = [
        Line(values, "gcloud storage rm").add(concat(_url(bucket, item), tail), "OBJECT").text().rstrip()
        for item in items(args, chosen)
    ]
    return google(args, "".join(f"{line}{' || true' if loose else ''}\n" for line in lines), values)


@operator(
    "airflow.providers.google.cloud.transfers.gcs_to_gcs.GCSToGCSOperator",
    "airflow.contrib.operators.gcs_to_gcs.GoogleCloudStorageToGoogleCloudStorageOperator",
)
def copy(args: Arguments) -> Command | Action:
    """One object to one name is copied by `gcloud storage`; everything with patterns or prefixes runs hosted."""
    source = constant_text(args.expr("source_object")) or ""
    special = (
        "source_objects",
        "delimiter",
        "last_modified_time",
        "maximum_modified_time",
        "is_older_than",
        "match_glob",
    )
    simple = args.has("source_object") and args.has("destination_object") and "*" not in source
    if not simple or any(args.has(name) for name in special) or not args.raw("exact_match"):
        return hosted(args)
    args.ignore_all(*special, "exact_match", "source_object_required", "retain_until_time", "retention_mode")
    values = Values()
    bucket = args.expr("source_bucket")
    target = args.expr("destination_bucket") if args.has("destination_bucket") else bucket
    args.ignore("destination_bucket")
    line = Line(values, "gcloud storage", "mv" if args.bool("move_object") else "cp")
    line.flag("--no-clobber", not args.bool("replace", True))
    line.add(_url(bucket, args.expr("source_object")), "SOURCE")
    line.add(_url(target, args.expr("destination_object")), "TARGET")
    return google(args, line.text(), values)


@operator(
    "airflow.providers.google.cloud.transfers.local_to_gcs.LocalFilesystemToGCSOperator",
    "airflow.contrib.operators.file_to_gcs.FileToGoogleCloudStorageOperator",
)
def upload(args: Arguments) -> Command | Action:
    """The files must be on a volume that is mounted into the pod."""
    source = args.expr("src")
    if not whole(source):
        return hosted(args)
    values = Values()
    args.report(FileOnWorker, "src", path=constant_text(source) or "src")
    line = Line(values, "gcloud storage cp").flag("--gzip-local-all", args.bool("gzip"))
    args.ignore("chunk_size")
    if args.has("mime_type"):
        line.add(args.expr("mime_type"), "TYPE", "--content-type=")
    args.ignore("mime_type")
    for item in items(args, source):
        line.add(item, "SOURCE")
    line.add(_url(args.expr("bucket"), args.expr("dst")), "TARGET")
    return google(args, line.text(), values)


@operator(
    "airflow.providers.google.cloud.operators.gcs.GCSCreateBucketOperator",
    "airflow.contrib.operators.gcs_operator.GoogleCloudStorageCreateBucketOperator",
)
def create_bucket(args: Arguments) -> Command:
    """A bucket that is there already is no error, as in the source."""
    values = Values()
    line = Line(values, "gcloud storage buckets create").add(_url(args.expr("bucket_name"), None), "BUCKET")
    line.add(args.expr("location") if args.has("location") else "US", "LOCATION", "--location=")
    line.add(args.expr("storage_class") if args.has("storage_class") else None, "CLASS", "--default-storage-class=")
    line.add(args.expr("project_id") if args.has("project_id") else None, "PROJECT", "--project=")
    args.ignore_all("location", "storage_class", "project_id")
    differs(args, "is not passed on", "resource", "labels")
    look = Line(values, "gcloud storage buckets describe").add(_url(args.expr("bucket_name"), None), "BUCKET")
    return google(args, f"{look.text().rstrip()} > /dev/null 2>&1 && exit 0\n{line.text()}", values)


def _url(bucket: Expr | None, name: Expr | None) -> Expr:
    """`gs://bucket/name`."""
    return concat("gs://", bucket, *(("/", name) if name is not None else ()))
