"""What code takes of the run's context that pods do not have: what only the metadata database knows (PY003)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from parsers.airflow.callables.context_reads import item_name
from parsers.airflow.callables.imports import module_imports
from parsers.airflow.callables.reach import Piece, Reach, facts_of

HISTORY = frozenset(
    {
        "prev_data_interval_start_success", "prev_data_interval_end_success", "prev_start_date_success",
        "prev_end_date_success", "prev_execution_date_success",
    }
)  # fmt: skip
"""Context names that need earlier runs; pods have them, and fail where they are used."""
TASK_INSTANCE = frozenset(
    {
        "are_dependencies_met", "are_dependents_done", "clear_xcom_data", "dag_version_id", "executor_config",
        "external_executor_id", "get_num_running_task_instances", "get_previous_dagrun",
        "get_previous_execution_date", "get_previous_logical_date", "get_previous_start_date", "get_previous_ti",
        "get_task_states", "get_ti_count", "job_id", "next_kwargs", "next_method", "pid", "pool_slots",
        "previous_start_date_success", "previous_ti", "previous_ti_success", "queued_by_job_id", "queued_dttm",
        "refresh_from_db", "rendered_task_instance_fields", "set_state", "trigger_id",
    }
)  # fmt: skip
"""Attributes of Airflow's TaskInstance that the runner's has not (a test looks)."""
DAG_RUN = frozenset(
    {
        "creating_job_id", "dag", "dag_hash", "dag_version_id", "get_dag", "get_previous_dagrun",
        "get_previous_scheduled_dagrun", "get_task_instance", "get_task_instances", "is_backfill", "log_template_id",
        "refresh_from_db", "set_state", "task_instance_scheduling_decisions", "task_instances", "update_state",
        "verify_integrity",
    }
)  # fmt: skip
DAG = frozenset(
    {
        "catchup", "clear", "dagrun_timeout", "default_args", "filepath", "fileloc", "folder", "get_active_runs",
        "get_dagrun", "get_dagruns_between", "get_last_dagrun", "get_latest_execution_date", "get_num_active_runs",
        "get_run_dates", "get_task", "get_task_instances",
        "has_task", "latest_execution_date", "max_active_runs", "max_active_tasks",
        "next_dagrun_info", "partial_subset", "roots", "leaves",
        "set_dag_runs_state", "task_dict", "task_group", "task_ids", "tasks", "topological_sort",
    }
)  # fmt: skip
TASK = frozenset(
    {
        "dag", "do_xcom_push", "downstream_list", "email_on_failure", "email_on_retry", "end_date", "execute",
        "executor_config", "get_direct_relative_ids", "get_direct_relatives", "get_flat_relative_ids",
        "get_flat_relatives", "max_active_tis_per_dag", "max_retry_delay", "on_failure_callback", "on_success_callback",
        "op_args", "op_kwargs", "python_callable", "render_template", "render_template_fields", "resources",
        "retry_exponential_backoff", "sla", "start_date", "task_group", "template_ext", "template_fields",
        "upstream_list", "weight_rule",
    }
)  # fmt: skip
TELLING = frozenset({"ti", "task_instance", "dag_run"})
"""Names that nothing else has."""
MISSING = {"ti": TASK_INSTANCE, "task_instance": TASK_INSTANCE, "dag_run": DAG_RUN, "dag": DAG, "task": TASK}


SESSIONS = frozenset({"create_session", "provide_session", "Session", "NEW_SESSION"})
"""What opens a session of the metadata database."""
MODELS = frozenset(
    {"DagBag", "DagModel", "DagRun", "Log", "Pool", "SerializedDagModel", "SlaMiss", "TaskInstance", "TaskReschedule"}
    | {"XCom", "conf"}
)
"""Models of the database, and the old installation's configuration."""


def missing_reads(reach: Reach) -> list[str]:
    """Names as they are written (`ti.get_previous_ti`), in order, each once."""
    return list(dict.fromkeys(name for piece in reach.pieces for name in _all_of(piece)))


def _all_of(piece: Piece) -> Iterator[str]:
    yield from _of(piece.node)
    facts = facts_of(piece.node)
    items = [*module_imports(piece.module), *facts.imports]
    framework = {item.bound: item.name for item in items if item.module.split(".")[0] == "airflow" and item.name}
    for _, dotted, called in facts.references:
        name = framework.get(dotted[0])
        if name in SESSIONS or (name in MODELS and (called or len(dotted) > 1)):
            yield ".".join((str(name), *dotted[1:]))
        elif name == "settings" and dotted[1:] == ("Session",):
            yield "settings.Session"


_KNOWN: WeakKeyDictionary[ast.AST, tuple[str, ...]] = WeakKeyDictionary()


def _of(piece: ast.AST) -> tuple[str, ...]:
    """What a piece's own text takes of the context; kept as long as its tree, because many tasks reach the same."""
    found = _KNOWN.get(piece)
    if found is None:
        found = _KNOWN[piece] = tuple(_read(piece))
    return found


def _read(piece: ast.AST) -> Iterator[str]:
    args = getattr(piece, "args", None)
    if isinstance(args, ast.arguments):
        yield from (a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs) if a.arg in HISTORY)
    aliases = _aliases(piece)
    for node in ast.walk(piece):
        if isinstance(node, ast.Attribute):
            item = item_name(node.value, piece)
            if isinstance(node.value, ast.Name) and not item:
                item = aliases.get(node.value.id, "")
            if isinstance(node.value, ast.Name) and node.value.id in TELLING:
                item = node.value.id
            if node.attr in MISSING.get(item, ()):
                yield f"{item}.{node.attr}"
        elif isinstance(node, ast.Subscript | ast.Call):
            item = item_name(node, piece)
            if item in HISTORY:
                yield item


def _aliases(piece: ast.AST) -> dict[str, str]:
    """Local names that are bound to an item of the context: `dr = context["dag_run"]`."""
    found: dict[str, str] = {}
    for node in ast.walk(piece):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            item = item_name(node.value, piece)
            if item:
                found[node.targets[0].id] = item
    return found
