"""Amazon S3: objects are waited for, listed, copied, deleted, uploaded."""

from __future__ import annotations

from migrate.diagnostics.waits import FileOnWorker
from migrate.ir.actions import Action, Command
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import operator
from parsers.airflow.operators._cli import RESULT, Line, Values, aws, items, whole
from parsers.airflow.operators._common import EMPTY, constant_text, differs, poll
from parsers.airflow.operators.hosted import hosted

_EXISTS = """\
exists() {
  case "$1" in
    s3://*) rest=${1#s3://}; bucket=${rest%%/*}; key=${rest#*/} ;;
    *) bucket=${BUCKET:-}; key=$1 ;;
  esac
  aws s3api head-object --bucket "$bucket" --key "$key" > /dev/null
}
"""
_MATCHES = """\
exists() {
  case "$1" in
    s3://*) rest=${1#s3://}; bucket=${rest%%/*}; key=${rest#*/} ;;
    *) bucket=${BUCKET:-}; key=$1 ;;
  esac
  aws s3api list-objects-v2 --bucket "$bucket" --prefix "${key%%[*?[]*}" --query 'Contents[].[Key]' --output text |
    while IFS= read -r name; do
      case "$name" in $key) echo found ;; esac
    done | grep -q found
}
"""
_LIST = """\
aws s3api list-objects-v2 --bucket "$BUCKET" --prefix "${PREFIX:-}" ${DELIMITER:+--delimiter "$DELIMITER"} \\
  --query 'Contents[].Key' --output json | sed 's/^null$/[]/' > /tmp/result.json
"""
_DELETE_PREFIX = """\
aws s3api list-objects-v2 --bucket "$BUCKET" --prefix "$PREFIX" --query 'Contents[].[Key]' --output text |
  while IFS= read -r key; do
    if [ "$key" != None ]; then aws s3api delete-object --bucket "$BUCKET" --key "$key"; fi
  done
"""


@operator(
    "airflow.providers.amazon.aws.sensors.s3.S3KeySensor",
    "airflow.providers.amazon.aws.sensors.s3_key.S3KeySensor",
    "airflow.sensors.s3_key_sensor.S3KeySensor",
)
def key_sensor(args: Arguments) -> Command | Action:
    """Waits until all keys are there. Own `check_fn` code, regular expressions and lists that only the run knows make
    it a hosted sensor."""
    keys = args.expr("bucket_key")
    if args.has("check_fn") or args.raw("use_regex") or not whole(keys):
        return hosted(args)
    args.ignore_all("check_fn", "use_regex", "metadata_keys")
    looking = poll(args)
    values = Values()
    bucket = args.expr("bucket_name")
    if bucket is not None and args.has("bucket_name"):
        values.put(bucket, "BUCKET")
    found = _MATCHES if args.bool("wildcard_match") else _EXISTS
    script = found + "".join(
        Line(values, "exists").add(k, "KEY").text().rstrip() + " || exit 1\n" for k in items(args, keys)
    )
    return aws(args, script, values, poll=looking)


@operator(
    "airflow.providers.amazon.aws.operators.s3.S3ListOperator",
    "airflow.contrib.operators.s3_list_operator.S3ListOperator",
)
def list_keys(args: Arguments) -> Command | Action:
    """The keys are the step's result."""
    if args.raw("apply_wildcard"):
        return hosted(args)
    args.ignore("apply_wildcard")
    values = Values()
    for name, argument in (("BUCKET", "bucket"), ("PREFIX", "prefix"), ("DELIMITER", "delimiter")):
        expr = args.expr(argument)
        if expr is not None:
            values.put(expr, name)
    return aws(args, _LIST, values, output="file", outputs=(("return_value", RESULT),))


@operator(
    "airflow.providers.amazon.aws.operators.s3.S3CopyObjectOperator",
    "airflow.contrib.operators.s3_copy_object_operator.S3CopyObjectOperator",
)
def copy(args: Arguments) -> Command:
    """Copied by the service itself."""
    values = Values()
    values.put(args.expr("source_bucket_key") or EMPTY, "SOURCE")
    values.put(args.expr("dest_bucket_key") or EMPTY, "TARGET")
    for name, argument in (("SOURCE_BUCKET", "source_bucket_name"), ("TARGET_BUCKET", "dest_bucket_name")):
        expr = args.expr(argument)
        if expr is not None and args.has(argument):
            values.put(expr, name)
    differs(args, "is not passed on", "source_version_id", "kms_key_id", "kms_encryption_type")
    line = Line(values, 'aws s3 cp "$(url "$SOURCE" "${SOURCE_BUCKET:-}")" "$(url "$TARGET" "${TARGET_BUCKET:-}")"')
    line.add(args.expr("acl_policy") if args.has("acl_policy") else None, "ACL", "--acl")
    line.add(
        args.expr("meta_data_directive") if args.has("meta_data_directive") else None,
        "DIRECTIVE",
        "--metadata-directive",
    )
    args.ignore_all("acl_policy", "meta_data_directive")
    return aws(
        args, 'url() { case "$1" in s3://*) echo "$1" ;; *) echo "s3://$2/$1" ;; esac; }\n' + line.text(), values
    )


@operator(
    "airflow.providers.amazon.aws.operators.s3.S3DeleteObjectsOperator",
    "airflow.contrib.operators.s3_delete_objects_operator.S3DeleteObjectsOperator",
)
def delete(args: Arguments) -> Command | Action:
    """Single keys, or all keys that start with a prefix."""
    keys = args.expr("keys") if args.has("keys") else None
    if args.has("from_datetime") or args.has("to_datetime") or (keys is not None and not whole(keys)):
        return hosted(args)
    args.ignore_all("from_datetime", "to_datetime", "keys")
    values = Values()
    values.put(args.expr("bucket") or EMPTY, "BUCKET")
    if args.has("prefix"):
        values.put(args.expr("prefix") or EMPTY, "PREFIX")
        return aws(args, _DELETE_PREFIX, values)
    args.ignore("prefix")
    lines = [
        Line(values, 'aws s3api delete-object --bucket "$BUCKET"').add(k, "KEY", "--key") for k in items(args, keys)
    ]
    return aws(args, "".join(line.text() for line in lines), values)


@operator("airflow.providers.amazon.aws.transfers.local_to_s3.LocalFilesystemToS3Operator")
def upload(args: Arguments) -> Command:
    """The file must be on a volume that is mounted into the pod."""
    values = Values()
    source = args.expr("filename") or EMPTY
    args.report(FileOnWorker, "filename", path=constant_text(source) or "filename")
    values.put(args.expr("dest_key") or EMPTY, "KEY")
    if args.has("dest_bucket"):
        values.put(args.expr("dest_bucket") or EMPTY, "BUCKET")
    args.ignore_all("dest_bucket", "replace")
    differs(args, "is not passed on", "encrypt", "gzip")
    line = Line(values, "aws s3 cp").add(source, "SOURCE")
    line.words.append('"$TARGET"')
    line.add(args.expr("acl_policy") if args.has("acl_policy") else None, "ACL", "--acl")
    args.ignore("acl_policy")
    target = 'case "$KEY" in s3://*) TARGET=$KEY ;; *) TARGET=s3://${BUCKET:-}/$KEY ;; esac\n'
    return aws(args, target + line.text(), values)
