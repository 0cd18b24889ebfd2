"""Databricks: one-time runs and runs of jobs."""

from __future__ import annotations

from typing import Any

from migrate.ir import exprs
from migrate.ir.actions import Action, Command
from migrate.ir.exprs import Expr
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import operator
from parsers.airflow.operators._bigquery import dictionary
from parsers.airflow.operators._cli import RESULT, Values, python_text
from parsers.airflow.operators._common import dropped, load_files
from parsers.airflow.operators._services import CALL
from parsers.airflow.operators._sql import connection_id
from parsers.airflow.operators.hosted import hosted

_RUN = """
host = os.environ.get("DATABRICKS_HOST") or sys.exit("the connection has no host")
base = (host if host.startswith("http") else "https://" + host).rstrip("/") + "/api/2.1/jobs/"
token = os.environ.get("DATABRICKS_TOKEN") or os.environ.get("DATABRICKS_PASSWORD") or ""
auth = {"Authorization": "Bearer " + token}
body = value("BODY", {})
if os.environ.get("JOB_NAME"):
    found = call(base + "list?name=" + urllib.request.quote(os.environ["JOB_NAME"]), **auth).get("jobs") or []
    if len(found) != 1:
        sys.exit("%d jobs are called %s" % (len(found), os.environ["JOB_NAME"]))
    body["job_id"] = found[0]["job_id"]
run = call(base + os.environ["CALL"], body, **auth)["run_id"]
print("run", run)
keep(run)
while os.environ.get("WAIT", "yes") == "yes":
    state = call(base + "runs/get?run_id=%s" % run, **auth)["state"]
    if state["life_cycle_state"] in ("TERMINATED", "SKIPPED", "INTERNAL_ERROR"):
        print(state)
        sys.exit(0 if state.get("result_state") == "SUCCESS" else 1)
    time.sleep(float(os.environ.get("INTERVAL", "30")))
"""

_SUBMIT_FIELDS = (
    "tasks", "spark_jar_task", "notebook_task", "spark_python_task", "spark_submit_task", "pipeline_task", "dbt_task",
    "new_cluster", "existing_cluster_id", "libraries", "environments", "timeout_seconds", "idempotency_token",
    "access_control_list", "git_source", "performance_target",
)  # fmt: skip
_NOW_FIELDS = (
    "job_id", "job_parameters", "dbt_commands", "notebook_params", "python_params", "jar_params",
    "spark_submit_params", "python_named_params", "idempotency_token", "performance_target",
)  # fmt: skip


@operator(
    "airflow.providers.databricks.operators.databricks.DatabricksSubmitRunOperator",
    "airflow.contrib.operators.databricks_operator.DatabricksSubmitRunOperator",
)
def submit_run(args: Arguments) -> Command | Action:
    """Submitted and waited for by a small program; host and token come from the connection's Secret."""
    body = _body(args, (*_SUBMIT_FIELDS, "run_name"))
    if body is None:
        return hosted(args)
    body.setdefault("run_name", exprs.Literal(value=args.task_id or ""))
    return _command(args, "runs/submit", body)


@operator(
    "airflow.providers.databricks.operators.databricks.DatabricksRunNowOperator",
    "airflow.contrib.operators.databricks_operator.DatabricksRunNowOperator",
)
def run_now(args: Arguments) -> Command | Action:
    """Started and waited for by a small program; host and token come from the connection's Secret."""
    special = ("repair_run", "cancel_previous_runs", "databricks_repair_reason_new_settings")
    body = _body(args, _NOW_FIELDS)
    if body is None or any(args.raw(name) for name in special):
        return hosted(args)
    args.ignore_all(*special, "forward_dag_params")
    name = args.expr("job_name") if args.has("job_name") else None
    args.ignore("job_name")
    return _command(args, "run-now", body, name)


def _body(args: Arguments, names: tuple[str, ...]) -> dict[str, Expr] | None:
    """The request: `json`, overlaid by the named arguments; None when `json` is only known when the run is."""
    given = args.raw("json")
    if given is not None and not isinstance(given, dict):
        return None
    loaded = load_files(args, given or {}, "json", (".json-tpl",))
    body: dict[str, Expr] = {str(k): args.convert(v, f"json.{k}") for k, v in loaded.items()}
    for name in names:
        expr = args.expr(name) if args.has(name) else None
        args.ignore(name)
        if expr is not None:
            body[name] = expr
    return body


def _command(args: Arguments, call: str, body: dict[str, Expr], job_name: Expr | None = None) -> Command:
    values = Values()
    values.put(call, "CALL")
    entries: dict[str, Any] = dict(body)
    values.put(dictionary(entries), "BODY")
    if job_name is not None:
        values.put(job_name, "JOB_NAME")
    interval = args.number("polling_period_seconds", 30.0) or 30.0
    values.put(f"{interval:g}", "INTERVAL")
    if not args.bool("wait_for_termination", True):
        values.put("no", "WAIT")
    dropped(args, "the program repeats requests itself", "databricks_retry_limit", "databricks_retry_delay")
    dropped(args, "the program repeats requests itself", "databricks_retry_args")
    args.ignore_all("deferrable", "durable", "openlineage_inject_parent_job_info", "openlineage_inject_transport_info")
    return Command(
        tool="python",
        script=python_text(CALL + _RUN),
        env=tuple(values.env.items()),
        connection=connection_id(args, "databricks_conn_id", default="databricks_default"),
        credentials=(
            ("DATABRICKS_HOST", "host"),
            ("DATABRICKS_PASSWORD", "password"),
            ("DATABRICKS_TOKEN", "extra.token"),
        ),
        output="file",
        outputs=(("run_id", RESULT), ("return_value", RESULT)),
    )
