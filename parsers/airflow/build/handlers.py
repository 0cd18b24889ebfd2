"""Callbacks and notifications of tasks and runs."""

from __future__ import annotations

from typing import Literal, cast

from migrate.diagnostics.base import Sink
from migrate.diagnostics.building import CallbackLost
from migrate.ir import exprs
from migrate.ir.actions import Action, Notify, Python
from migrate.ir.workflow import Handler
from migrate.source import Span
from parsers.airflow.arguments import Arguments
from parsers.airflow.build.notifiers import notification
from parsers.airflow.callables import code_unit
from parsers.airflow.context import DagContext
from parsers.airflow.evaluator.values import BoundMethod, Function, Instance, Symbolic, TaskObject, Unknown, Value
from parsers.airflow.to_expr import describe, opaque

Event = Literal["success", "failure", "retry", "execute", "skipped", "deadline"]
_TASK_EVENTS: dict[str, Event] = {
    "on_execute_callback": "execute",
    "on_failure_callback": "failure",
    "on_success_callback": "success",
    "on_retry_callback": "retry",
    "on_skipped_callback": "skipped",
}
_RUN_EVENTS: dict[str, Event] = {"on_failure_callback": "failure", "on_success_callback": "success"}


def task_handlers(context: DagContext, task: TaskObject, args: Arguments) -> tuple[Handler, ...]:
    """The callbacks of a task in the order of events, and its mails (`email_on_failure`, `email_on_retry`)."""
    found: list[Handler] = []
    for name, event in _TASK_EVENTS.items():
        found += _callbacks(context, args, name, event, task)
    return (*found, *_mails(context, task, args))


def run_handlers(context: DagContext, args: Arguments) -> tuple[Handler, ...]:
    """The callbacks of the whole run."""
    found: list[Handler] = []
    for name, event in _RUN_EVENTS.items():
        found += _callbacks(context, args, name, event, None)
    return tuple(found)


def _callbacks(context: DagContext, args: Arguments, name: str, event: Event, task: TaskObject | None) -> list[Handler]:
    value = args.raw(name)
    items = list(value) if isinstance(value, list | tuple) else [] if value is None else [value]
    handlers = []
    for item in items:
        action = _action(context, args, name, item, task)
        if action is not None:
            handlers.append(Handler(event=event, action=action, span=args.span_of(name), source=_shown(item)))
    return handlers


def _action(context: DagContext, args: Arguments, name: str, item: Value, task: TaskObject | None) -> Action | None:
    notified = notification(item, args, name)
    if notified is not None:
        return notified
    if isinstance(item, Symbolic) or item is None:
        args.report(CallbackLost, name, name=name, why=opaque(item).why)
        return None
    if isinstance(item, Instance) and item.cls.derives_from("BaseNotifier"):
        method = next((c.namespace["notify"] for c in item.cls.mro if "notify" in c.namespace), None)
        item = BoundMethod(method, item) if isinstance(method, Function) else item
    outer, context.sink = context.sink, Sink()
    try:
        unit = code_unit(item, context, task, name)
    finally:
        trial, context.sink = context.sink, outer
    if unit is None:
        why = opaque(item).why if isinstance(item, Unknown) else f"{_shown(item)} has no code in the project"
        args.report(CallbackLost, name, name=name, why=why)
        return None
    outer.extend(trial.all())
    return Python(code=unit, pass_context=True)


def _shown(item: Value) -> str:
    name = getattr(item, "name", None) or getattr(getattr(item, "function", None), "name", None)
    return str(name) if isinstance(name, str) else describe(item)


def _mails(context: DagContext, task: TaskObject, args: Arguments) -> list[Handler]:
    """Mails go out only when `email` is set; both switches are on by default (`models/taskinstance.py`)."""
    to = addresses(args)
    if not to:
        return []
    handlers = []
    for name, event, word in (
        ("email_on_failure", "failure", "failed"),
        ("email_on_retry", "retry", "is up for retry"),
    ):
        if args.bool(name, True):
            span = args.span_of(name if name in args else "email")
            handlers.append(_mail(context, task, to, cast(Event, event), word, span, name))
    return handlers


def addresses(args: Arguments) -> tuple[str, ...]:
    """Mail addresses of `email`: a list, or one text with commas or semicolons."""
    value = args.raw("email")
    if isinstance(value, str):
        return tuple(part.strip() for part in value.replace(";", ",").split(",") if part.strip())
    if isinstance(value, list | tuple | set):
        return tuple(item for item in value if isinstance(item, str) and item.strip())
    if isinstance(value, Unknown | Symbolic) and (args.bool("email_on_failure", True)):
        args.report(CallbackLost, "email", name="email", why=opaque(value).why)
    return ()


def _mail(
    context: DagContext, task: TaskObject, to: tuple[str, ...], event: Event, word: str, span: Span, source: str
) -> Handler:
    title = f"{context.dag.dag_id}.{task.task_id} {word}"
    fields = (
        ("to", exprs.Literal(value=list(to))),
        ("subject", exprs.Literal(value=f"Airflow alert: {title}")),
        ("html_content", exprs.Literal(value=f"Task {task.task_id} of {context.dag.dag_id} {word}.")),
    )
    return Handler(event=event, action=Notify(channel="email", fields=fields), span=span, source=source)
