"""Spark: `spark-submit`, and SparkApplication objects."""

from __future__ import annotations

from typing import Any

import yaml

from migrate.diagnostics.waits import FileOnWorker
from migrate.ir import exprs
from migrate.ir.actions import Action, Command, Resource
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import operator
from parsers.airflow.operators._cli import Line, Values, items, whole
from parsers.airflow.operators._common import EMPTY, concat, constant_text, differs, dropped
from parsers.airflow.operators._files import read_template
from parsers.airflow.operators._kubernetes import api_argument
from parsers.airflow.operators._spark_application import application, created, name_prefix
from parsers.airflow.operators._sql import connection_id
from parsers.airflow.operators.hosted import hosted

_FLAGS = {
    "name": "--name", "java_class": "--class", "jars": "--jars", "packages": "--packages",
    "exclude_packages": "--exclude-packages", "repositories": "--repositories", "files": "--files",
    "py_files": "--py-files", "archives": "--archives", "driver_class_path": "--driver-class-path",
    "properties_file": "--properties-file", "num_executors": "--num-executors",
    "total_executor_cores": "--total-executor-cores", "executor_cores": "--executor-cores",
    "executor_memory": "--executor-memory", "driver_memory": "--driver-memory", "keytab": "--keytab",
    "principal": "--principal", "proxy_user": "--proxy-user",
}  # fmt: skip
_MASTER = '--master "${SPARK_HOST:-yarn}${SPARK_PORT:+:$SPARK_PORT}"'


@operator(
    "airflow.providers.apache.spark.operators.spark_submit.SparkSubmitOperator",
    "airflow.contrib.operators.spark_submit_operator.SparkSubmitOperator",
)
def submit(args: Arguments) -> Command | Action:
    """Run by `spark-submit` in a Spark image; the master comes from the connection. `spark.mode = "operator"`: a
    SparkApplication."""
    arguments = args.expr("application_args") if args.has("application_args") else None
    if (arguments is not None and not whole(arguments)) or args.has("post_submit_commands"):
        return hosted(args)
    args.ignore_all("application_args", "post_submit_commands")
    image = args.context.spark_image
    made = application(args, image, items(args, arguments)) if image else None
    if made is not None:
        return made
    values = Values()
    line = Line(values, "exec", constant_text(args.expr("spark_binary")) or "spark-submit", _MASTER)
    for name, flag in _FLAGS.items():
        line.add(args.expr(name) if args.has(name) else None, name.upper(), flag)
        args.ignore(name)
    for key, value in args.mapping("conf"):
        setting = f"{key}={value.value}" if isinstance(value, exprs.Literal) else concat(f"{key}=", value)
        line.add(setting, "CONF", "--conf")
    _deployment(args, line)
    line.flag("--verbose", args.bool("verbose"))
    program = args.expr("application") or EMPTY
    path = constant_text(program) or ""
    if path.startswith(("/", ".")) or (path and "://" not in path):
        args.report(FileOnWorker, "application", path=path)
    line.add(program, "APPLICATION")
    for item in items(args, arguments):
        line.add(item, "ARGUMENT")
    args.ignore_all("status_poll_interval", "reconnect_on_retry", "durable", "openlineage_inject_parent_job_info")
    args.ignore_all("openlineage_inject_transport_info", "yarn_rm_auth", "yarn_track_via_rm_api")
    differs(args, "is not passed on", "use_krb5ccache", "track_driver_via_k8s_api")
    return Command(
        tool="spark",
        script=line.text(),
        env=(*args.mapping("env_vars"), *values.env.items()),
        connection=connection_id(args, "conn_id", default="spark_default"),
        credentials=(("SPARK_HOST", "host"), ("SPARK_PORT", "port")),
    )


def _deployment(args: Arguments, line: Line) -> None:
    for name, flag in (("deploy_mode", "--deploy-mode"), ("yarn_queue", "--queue")):
        line.add(args.expr(name) if args.has(name) else None, name.upper(), flag)
        args.ignore(name)


@operator(
    "airflow.providers.cncf.kubernetes.operators.spark_kubernetes.SparkKubernetesOperator",
)
def spark_kubernetes(args: Arguments) -> Resource | Action:
    """The SparkApplication is created as it is written, and waited for until it is COMPLETED."""
    manifest = _manifest(args)
    if manifest is None:
        return hosted(args)
    metadata = dict(manifest.get("metadata") or {})
    name = constant_text(args.expr("name")) or metadata.pop("name", None) or args.task_id or "spark"
    metadata.pop("name", None)
    if "namespace" in metadata:
        differs(args, "the object is made in the workflow's namespace", "namespace")
        metadata.pop("namespace")
    args.ignore("namespace")
    metadata["generateName"] = name_prefix(name)
    dropped(
        args,
        "Argo waits for the object",
        "get_logs",
        "log_events_on_failure",
        "reattach_on_restart",
        "delete_on_termination",
    )
    args.ignore_all("startup_timeout_seconds", "success_run_history_limit", "random_name_suffix", "kubernetes_conn_id")
    args.ignore_all("do_xcom_push", "api_group", "api_version", "in_cluster")
    return created({**manifest, "metadata": metadata})


def _manifest(args: Arguments) -> dict[str, Any] | None:
    """The object from `application_file` (a file, or YAML text) or `template_spec`; None when it is templated."""
    if args.has("image") or args.has("code_path"):
        return None
    given = args.raw("application_file")
    if isinstance(given, str):
        text = read_template(given, args.context) if given.endswith((".yaml", ".yml", ".json")) else given
        if text is None or "{{" in text or "{%" in text:
            return None
        try:
            found = yaml.safe_load(text)
        except yaml.YAMLError:
            return None
        return found if isinstance(found, dict) else None
    spec = api_argument(args, "template_spec")
    spec = spec.get("spark", spec) if isinstance(spec, dict) else None
    if not isinstance(spec, dict) or "{{" in repr(spec):
        return None
    return spec if "kind" in spec else None
