"""`_retry` of tasks, groups and workflows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.diagnostics.digdag import ValueOnlyAtRunTime
from migrate.ir.workflow import Retry
from parsers.digdag.dig_yaml import DigMap
from parsers.digdag.scope import NotConstant, Scope
from parsers.digdag.tree import DigTask

if TYPE_CHECKING:
    from parsers.digdag.build import Builder


def read_retry(task: DigTask, scope: Scope, builder: Builder) -> Retry:
    """Retry of `_retry: N` or `_retry: {limit, interval, interval_type, max_interval}`; seconds.

    Source: digdag-core `workflow/RetryControl.java`: exponential is interval * 2^k from k = 0.
    """
    if "_retry" not in task.config:
        return Retry(delay=0)
    try:
        value = scope.static(task.config["_retry"])
    except NotConstant as reason:
        builder.find(ValueOnlyAtRunTime, task, task.config.where("_retry"), key="_retry", why=str(reason))
        return Retry(delay=0)
    if isinstance(value, bool):
        return Retry(limit=1 if value else 0, delay=0)
    if not isinstance(value, dict | DigMap):
        return Retry(limit=_whole(value), delay=0)
    exponential = str(value.get("interval_type", "constant")).lower() == "exponential"
    return Retry(
        limit=_whole(value.get("limit", 0)),
        delay=float(_whole(value.get("interval", 0))),
        factor=2 if exponential else 1,
        max_delay=float(_whole(value["max_interval"])) if "max_interval" in value else None,
    )


def _whole(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0
