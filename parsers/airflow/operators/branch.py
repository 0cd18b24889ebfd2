"""Decisions without user code: days of the week, times, the latest run, SQL."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from migrate.diagnostics.waits import LatestOnlyAssumed
from migrate.ir.actions import Gate, Sql
from parsers.airflow.arguments import Arguments
from parsers.airflow.branches import LATEST_ONLY, branch_kind
from parsers.airflow.catalog import operator
from parsers.airflow.evaluator.values import Instance, Value
from parsers.airflow.operators._sql import sql_action
from parsers.airflow.to_json import to_json

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@operator(
    "airflow.operators.weekday.BranchDayOfWeekOperator",
    "airflow.operators.weekday_operator.BranchDayOfWeekOperator",
    "airflow.providers.standard.operators.weekday.BranchDayOfWeekOperator",
)
def day_of_week(args: Arguments) -> Gate:
    """Today's day, or the logical date's, decides."""
    args.facts.branch = branch_kind("choose", args.generation)
    spec = {"days": week_days(args), "use_logical": use_logical(args, "use_task_execution_day"), "zone": zone(args)}
    return Gate(test="day_of_week", spec=spec).model_copy(update=_follow(args))


@operator(
    "airflow.operators.datetime.BranchDateTimeOperator",
    "airflow.operators.datetime_branch_operator.BranchDateTimeOperator",
    "airflow.providers.standard.operators.datetime.BranchDateTimeOperator",
)
def date_time(args: Arguments) -> Gate:
    """Now, or the logical date, lies between `target_lower` and `target_upper`."""
    args.facts.branch = branch_kind("choose", args.generation)
    spec = {
        "lower": _moment(args, "target_lower"),
        "upper": _moment(args, "target_upper"),
        "use_logical": use_logical(args, "use_task_execution_date"),
        "zone": zone(args),
    }
    return Gate(test="datetime_range", spec=spec).model_copy(update=_follow(args))


@operator(
    "airflow.operators.latest_only.LatestOnlyOperator",
    "airflow.operators.latest_only_operator.LatestOnlyOperator",
    "airflow.providers.standard.operators.latest_only.LatestOnlyOperator",
)
def latest_only(args: Arguments) -> Gate:
    """A scheduled run is always the latest one in Argo; a run with a logical date of its own is not."""
    args.facts.branch = LATEST_ONLY
    args.report(LatestOnlyAssumed)
    return Gate(test="latest_only")


@operator(
    "airflow.operators.sql.BranchSQLOperator",
    "airflow.operators.sql_branch_operator.BranchSqlOperator",
    "airflow.operators.sql.BranchSqlOperator",
    "airflow.providers.common.sql.operators.sql.BranchSQLOperator",
)
def branch_sql(args: Arguments) -> Sql:
    """The first value of the query decides; true is 1, "true", "yes", "on" and the like."""
    args.facts.branch = branch_kind("choose", args.generation)
    action = sql_action(args, result="first_value", connection_default="default_conn_id")
    follow = _follow(args)
    return action.model_copy(update={"mode": "choose", **follow})


def _follow(args: Arguments) -> dict[str, tuple[str, ...]]:
    return {
        "follow_if_true": args.strings("follow_task_ids_if_true"),
        "follow_if_false": args.strings("follow_task_ids_if_false"),
    }


def use_logical(args: Arguments, old_name: str) -> bool:
    """Whether the logical date counts, under any of the argument's names."""
    return args.bool("use_task_logical_date") or args.bool(old_name)


def zone(args: Arguments) -> str | None:
    """The time zone of the DAG's start date (the DAG's own zone); None for UTC."""
    start = args.context.dag.arguments.get("start_date") or args.context.dag.default_args.get("start_date")
    value = start.value if start is not None else None
    info = value.tzinfo if isinstance(value, datetime) else None
    key = getattr(info, "key", None)
    return key if isinstance(key, str) else None


def week_days(args: Arguments) -> list[str]:
    """Names of days, lower case, from names, `WeekDay` members or lists of them."""
    value = args.raw("week_day")
    items = list(value) if isinstance(value, list | tuple | set | frozenset) else [value]
    names = {_day(item) for item in items}
    if None in names:
        args.strings("week_day")
    return [day for day in DAYS if day in names]


def _day(value: Value) -> str | None:
    text: Any = value
    if isinstance(value, Instance):
        text = value.attrs.get("name", value.attrs.get("_name_", value.attrs.get("value")))
    if isinstance(text, int) and not isinstance(text, bool) and 1 <= text <= 7:
        return DAYS[text - 1]
    name = str(text).lower() if isinstance(text, str) else ""
    return name if name in DAYS else None


def _moment(args: Arguments, name: str) -> Any:
    value = args.raw(name)
    return to_json(value) if isinstance(value, datetime | time) else args.value(name)
