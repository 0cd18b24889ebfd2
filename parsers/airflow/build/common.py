"""Arguments that every operator has: retries, time-outs, limits, rules, documentation (`models/baseoperator.py`)."""

from __future__ import annotations

from migrate.diagnostics.building import UnknownTriggerRule
from migrate.ir.workflow import Limits, Retry, TriggerRule
from migrate.secrets import redact
from parsers.airflow.arguments import Arguments
from parsers.airflow.evaluator.values import Instance, Symbolic, Unknown

_OLD_RULES = {
    "none_failed_or_skipped": TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
    "dummy": TriggerRule.ALWAYS,
}
IGNORED = (
    "task_id", "dag", "task_group", "default_args", "start_date", "end_date", "email", "email_on_failure",
    "email_on_retry", "weight_rule", "inlets", "logger_name", "allow_nested_operators", "task_display_name",
    "is_setup", "is_teardown", "on_failure_fail_dagrun", "ignore_first_depends_on_past", "adhoc", "executor",
    "wait_for_past_depends_before_skipping", "map_index_template", "doc", "doc_md", "doc_json", "doc_yaml", "doc_rst",
    "retries", "provide_context", "catchup", "schedule_interval", "kwargs", "overwrite_rtif_after_execution",
    "start_trigger_args", "start_from_trigger", "multiple_outputs_inferred",
)  # fmt: skip
"""Read elsewhere in the build, or without a meaning for a pod."""


def trigger_rule(args: Arguments) -> TriggerRule:
    """The task's rule; text, `TriggerRule.X`, or an old name."""
    value = args.raw("trigger_rule")
    if value is None:
        return TriggerRule.ALL_SUCCESS
    if isinstance(value, Instance):
        value = value.attrs.get("value", value.attrs.get("_value_", value))
    name = str(value).rpartition(".")[2].lower() if isinstance(value, str) else ""
    if name in _OLD_RULES:
        return _OLD_RULES[name]
    try:
        return TriggerRule(name)
    except ValueError:
        unknown = value.unknown if isinstance(value, Symbolic) else value
        shown = unknown.text if isinstance(unknown, Unknown) else name or str(value)
        args.report(UnknownTriggerRule, "trigger_rule", rule=shown)
        return TriggerRule.ALL_SUCCESS


def retry(args: Arguments) -> Retry:
    """Retries with Airflow's own defaults: none, 300 s apart, and no more than a day apart (2.x and 3.x)."""
    usual = args.context.setting
    limit = args.integer("retries", int(usual("core", "default_task_retries") or 0)) or 0
    wait = float(usual("core", "default_task_retry_delay") or 300)
    delay = args.seconds("retry_delay", wait)
    longest = args.seconds("max_retry_delay")
    backoff = args.raw("retry_exponential_backoff")
    factor = 1.0
    if isinstance(backoff, bool):
        factor = 2.0 if backoff else 1.0
    elif isinstance(backoff, int | float):
        factor = float(backoff) if backoff > 0 else 1.0
    elif backoff is not None:
        args.bool("retry_exponential_backoff")
    return Retry(limit=max(limit, 0), delay=wait if delay is None else delay, factor=factor, max_delay=longest)


def usual_timeout(args: Arguments) -> float | None:
    """The deployment's default for `execution_timeout`, seconds."""
    found = args.context.setting("core", "default_task_execution_timeout")
    return float(found) if found else None


def limits(args: Arguments) -> Limits:
    """Pool, slots, concurrency, priority, queue."""
    over_all = args.integer("max_active_tis_per_dag")
    older = args.integer("task_concurrency")
    return Limits(
        pool=args.text("pool"),
        pool_slots=args.integer("pool_slots", 1) or 1,
        per_run=args.integer("max_active_tis_per_dagrun"),
        over_all_runs=over_all if over_all is not None else older,
        priority=args.integer("priority_weight"),
        queue=args.text("queue"),
    )


def documentation(args: Arguments) -> str | None:
    """The first of the documentation arguments that is text, without secrets."""
    for name in ("doc_md", "doc", "doc_rst", "doc_yaml", "doc_json"):
        value = args.raw(name)
        if isinstance(value, str) and value.strip():
            return redact(value)
    return None
