"""`echo>` and `fail>`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.ir import workflow as w
from parsers.digdag.catalog import operator
from parsers.digdag.scoped import scoped

if TYPE_CHECKING:
    from parsers.digdag.build import Builder
    from parsers.digdag.scope import Scope
    from parsers.digdag.tree import DigTask


@operator("echo", "prints its message in the pod")
def echo(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
    """Prints a message. `_retry` has no effect on it."""
    return builder.task(task, node_id, scoped(task, scope, builder, "echo"))


@operator("fail", "fails with its message")
def fail(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
    """Fails with a message. `_retry` has no effect on it."""
    return builder.task(task, node_id, scoped(task, scope, builder, "fail"))
