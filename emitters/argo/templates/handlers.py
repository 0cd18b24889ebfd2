"""Handlers (callbacks) of a task that its own pod calls.

In the pod a handler is called once, at the right try, with the context it reads; a lifecycle hook of Argo can do that
for the end of a task only. So code handlers of tasks that the runner runs are called by the runner.
"""

from __future__ import annotations

from migrate.ir.actions import Hosted, Python, Shell
from migrate.ir.workflow import Handler, Task

EVENTS = ("execute", "success", "failure", "retry", "skipped")


def in_pod(task: Task) -> tuple[Handler, ...]:
    """The handlers that the task's pod calls; the others need a hook."""
    action = task.action
    if not isinstance(action, Python | Shell | Hosted) or (
        isinstance(action, Python) and action.code.language != "python"
    ):
        return ()
    return tuple(h for h in task.handlers if isinstance(h.action, Python) and h.event in EVENTS)
