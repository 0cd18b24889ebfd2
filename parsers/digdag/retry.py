"""`_retry` of tasks, groups and workflows.

Rules: digdag-plugin-utils `RetryControl.java`, `BaseOperator.java`; digdag-core `WorkflowExecutor.checkRetry`. There
are two readers. Operators read the evaluated value before they do anything, and fail if it is none. What is tried again
because something below it failed (groups, bodies, checks) is judged by the value as it is written: one with `${...}`
and one that is none count as no retry.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from migrate.diagnostics.digdag import ValueOnlyAtRunTime
from migrate.ir.workflow import Retry
from parsers.digdag.scope import NotConstant, Scope
from parsers.digdag.tree import DigTask

if TYPE_CHECKING:
    from parsers.digdag.build import Builder

NONE = Retry(delay=0)
WITHOUT = ("if", "loop", "for_each", "for_range", "echo", "fail", "wait")
"""Operators that do not look at `_retry`."""


class BadRetryError(Exception):
    """A `_retry` that Digdag refuses, with its words."""


def read_retry(task: DigTask, scope: Scope, builder: Builder) -> Retry:
    """The retry of an operator's own failures; none for a value that makes it fail (see `bad_retry`)."""
    if "_retry" not in task.config or task.operator in WITHOUT:
        return NONE
    try:
        return retry_of(scope.static(task.config["_retry"]))
    except NotConstant as reason:
        builder.find(ValueOnlyAtRunTime, task, task.config.where("_retry"), key="_retry", why=str(reason))
        return NONE
    except BadRetryError:
        return NONE


def outer_retry(task: DigTask) -> Retry:
    """The retry after a failure of something below the task."""
    if "_retry" not in task.config:
        return NONE
    try:
        return retry_of(task.config["_retry"])
    except BadRetryError:
        return NONE


def bad_retry(task: DigTask, scope: Scope) -> str:
    """Why a task fails before it does anything; empty if it does not."""
    if "_retry" not in task.config or task.operator in WITHOUT:
        return ""
    try:
        retry_of(scope.static(task.config["_retry"]))
    except NotConstant:
        return ""
    except BadRetryError as error:
        return f"{error} (config)"
    return ""


def retry_of(value: Any) -> Retry:
    """The retry of a number, or of `{limit, interval, interval_type, max_interval}` (seconds; exponential is
    interval * 2^k from k = 0). Raises BadRetryError."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return Retry(limit=max(whole(value, "_retry"), 0), delay=0)
    if not isinstance(value, dict):
        raise BadRetryError(f"Invalid _retry format:{json.dumps(value, separators=(',', ':'))}")
    if value.get("limit") is None:
        raise BadRetryError(f"Parameter 'limit' is required but {'null' if 'limit' in value else 'not set'}")
    limit = whole(value["limit"], "limit")
    interval, largest = (whole(value[k], k) if value.get(k) is not None else None for k in ("interval", "max_interval"))
    kind = value.get("interval_type")
    if kind is not None and str(kind).lower() not in ("constant", "exponential"):
        raise BadRetryError(f"Invalid retry_interval_type: {kind}")
    exponential = kind is not None and str(kind).lower() == "exponential"
    return Retry(
        limit=max(limit, 0),
        delay=float(max(interval or 0, 0)),
        factor=2 if exponential else 1,
        max_delay=float(largest) if exponential and largest is not None else None,
    )


def whole(value: Any, key: str) -> int:
    """An integer as Jackson reads it: also from text, and without the fraction of a number. Raises BadRetryError."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"[-+]?\d{1,10}|", value.strip()):
        return int(value.strip() or 0)
    shown = f'"{value}" (string)' if isinstance(value, str) else json.dumps(value)
    raise BadRetryError(f"Expected integer (int) type for key '{key}' but got {shown}")
