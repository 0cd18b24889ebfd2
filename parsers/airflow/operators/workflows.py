"""Other DAGs: starting one, waiting for one."""

from __future__ import annotations

from migrate.ir.actions import CallWorkflow, Noop, Unconverted, WaitWorkflow
from migrate.ir.exprs import Expr
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import operator
from parsers.airflow.operators._code import is_code
from parsers.airflow.operators._common import differs, dropped, poll, unconverted


@operator(
    "airflow.operators.trigger_dagrun.TriggerDagRunOperator",
    "airflow.operators.dagrun_operator.TriggerDagRunOperator",
    "airflow.providers.standard.operators.trigger_dagrun.TriggerDagRunOperator",
)
def trigger(args: Arguments) -> CallWorkflow | Unconverted:
    """Creates a run of the converted workflow, and waits for its end if asked to."""
    if args.has("python_callable"):
        return unconverted(args, "a `python_callable` of Airflow 1 decides whether the run is started")
    target = args.expr("trigger_dag_id")
    if target is None:
        return unconverted(args, "the DAG to start is not known")
    dropped(args, "it steers how the source looks for the end", "deferrable", "note", "openlineage_inject_parent_info")
    args.ignore_all("python_callable", "fail_when_dag_is_paused")
    differs(args, "the new run starts at once", "run_after")
    return CallWorkflow(
        workflow=target,
        conf=args.expr("conf") if args.has("conf") else None,
        run_id=args.expr("trigger_run_id") if args.has("trigger_run_id") else None,
        logical_time=_logical_time(args),
        wait=args.bool("wait_for_completion"),
        poll_interval=args.seconds("poke_interval", 60.0) or 60.0,
        allowed_states=args.strings("allowed_states") or ("success",),
        failed_states=args.strings("failed_states") if args.has("failed_states") else ("failed",),
        skip_when_exists=args.bool("skip_when_already_exists"),
        reset=args.bool("reset_dag_run"),
    )


def _logical_time(args: Arguments) -> Expr | None:
    """`logical_date`, or `execution_date` before Airflow 3."""
    for name in ("logical_date", "execution_date"):
        if args.has(name):
            args.ignore_all("logical_date", "execution_date")
            return args.expr(name)
    args.ignore_all("logical_date", "execution_date")
    return None


@operator(
    "airflow.sensors.external_task.ExternalTaskSensor",
    "airflow.sensors.external_task_sensor.ExternalTaskSensor",
    "airflow.operators.sensors.ExternalTaskSensor",
    "airflow.providers.standard.sensors.external_task.ExternalTaskSensor",
)
def external_task(args: Arguments) -> WaitWorkflow | Unconverted:
    """Waits for the run of the other workflow with the same logical date, or one `execution_delta` earlier."""
    looking = poll(args)
    target = args.expr("external_dag_id")
    if target is None:
        return unconverted(args, "the DAG to wait for is not known")
    if args.has("execution_date_fn") and not is_code(args.raw("execution_date_fn")):
        return unconverted(args, "the code of `execution_date_fn` is not available")
    delta = args.seconds("execution_delta") or 0.0
    dropped(args, "it steers how the source looks", "poll_interval")
    return WaitWorkflow(
        workflow=target,
        tasks=(*args.strings("external_task_id"), *args.strings("external_task_ids")),
        group=args.text("external_task_group_id"),
        offset=-delta,
        times=args.callable("execution_date_fn"),
        allowed_states=args.strings("allowed_states") or ("success",),
        failed_states=args.strings("failed_states"),
        skipped_states=args.strings("skipped_states"),
        check_existence=args.bool("check_existence"),
        poll=looking,
    )


@operator(
    "airflow.sensors.external_task.ExternalTaskMarker",
    "airflow.sensors.external_task_sensor.ExternalTaskMarker",
    "airflow.providers.standard.sensors.external_task.ExternalTaskMarker",
)
def marker(args: Arguments) -> Noop:
    """Only says which other tasks are to be cleared together with this one."""
    dropped(args, "clearing tasks together does not exist in Argo", "external_dag_id", "external_task_id")
    args.ignore_all("logical_date", "execution_date", "recursion_depth")
    return Noop()
