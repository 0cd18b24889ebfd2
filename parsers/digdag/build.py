"""Compiled Digdag workflows -> IR.

A group is a `Group`; an operator task is a `Task` whose settings are evaluated in the pod (`Scoped`), unless they are
known now. What Digdag makes at run time becomes nested nodes: `^sub` bodies of `if>`, loops and `call>`, `^check` after
the task, `^error` below it. Inner nodes that have no task of their own in Digdag carry a suffix after `~`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from migrate.diagnostics.base import Diagnostic, Sink
from migrate.diagnostics.digdag import StoredBeforeFailure
from migrate.ir import actions as a
from migrate.ir import exprs as e
from migrate.ir import workflow as w
from migrate.portable.digdag_text import names_in
from migrate.source import Span
from parsers.digdag.dig_yaml import DigMap
from parsers.digdag.errors import DigError
from parsers.digdag.project import Project
from parsers.digdag.retry import NONE, bad_retry, outer_retry
from parsers.digdag.scope import Scope
from parsers.digdag.secret_literals import Literals, literals_of, note_tasks
from parsers.digdag.tree import DigTask, DigWorkflow, compile_tasks

STORE, EXPORT = "store", "export"
ERROR = "error"
MAX_NODES = 2_000
"""Digdag's own limit is 1000 tasks of a run; it is a setting of the server."""


@dataclass
class Builder:
    """Builds one workflow. `stored`: node id -> ids of the tasks below it that may store parameters, in order."""

    workflow: DigWorkflow
    project: Project
    sink: Sink
    stored: dict[str, tuple[str, ...]] = field(default_factory=dict)
    calls: tuple[str, ...] = ()
    project_params: dict[str, Any] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    """Files that tasks write into the project's folder -> the task."""
    nodes: int = 0
    whole: bool = False
    """Whether some task gets the whole project."""
    literals: Literals = field(init=False)

    def __post_init__(self) -> None:
        self.literals = literals_of(self)

    # findings ---------------------------------------------------------------------------------------------------

    def find(self, finding: type[Diagnostic], task: DigTask, span: Span | None = None, **fields: Any) -> None:
        """Files a finding of a task."""
        where = span or task.span
        self.sink.add(finding(span=where, workflow=self.workflow.name, task=task.full_name, **fields))

    # structure --------------------------------------------------------------------------------------------------

    def children(self, group: DigTask, scope: Scope) -> tuple[w.Task | w.Group, ...]:
        """The nodes of a group's children; each sees what the ones that it waits for stored."""
        nodes = []
        for child in group.children:
            values = tuple(self.stored_before(child))
            node = self.node(child, scope.level(None, values))
            edges = tuple(w.Edge(node=up.full_name, origin="order") for up in child.upstream)
            nodes.append(node.model_copy(update={"upstream": edges}))
        return tuple(nodes)

    def root_nodes(self, scope: Scope) -> tuple[w.Task | w.Group, ...]:
        """The nodes of the workflow's own tasks, and what watches its `sla:`."""
        from parsers.digdag.sla import sla_nodes

        return (*self.children(self.workflow.root, scope), *sla_nodes(self, scope))

    def stored_before(self, child: DigTask) -> list[e.Expr]:
        """References to what all siblings stored that a task waits for, directly or not, in order of their creation."""
        assert child.parent is not None
        if not any(self.stored.get(sibling.full_name) for sibling in child.parent.children):
            return []
        waited: set[int] = set()
        todo = list(child.upstream)
        while todo:
            task = todo.pop()
            if id(task) not in waited:
                waited.add(id(task))
                todo.extend(task.upstream)
        siblings = [s for s in child.parent.children if id(s) in waited]
        ids = [task_id for sibling in siblings for task_id in self.stored.get(sibling.full_name, ())]
        return [e.OutputRef(task=i, key=STORE, default=e.Literal(value={})) for i in ids]

    def node(self, task: DigTask, scope: Scope) -> w.Task | w.Group:
        """The node of one Digdag task, everything that Digdag makes of it included. Edges are the caller's."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise too_many(task.span)
        config = task.config
        if config.get("_export") is not None and not isinstance(config["_export"], DigMap):
            raise DigError("compile", "Parameter '_export' must be an object", config.where("_export"))
        own = scope.level(config.get("_export") if isinstance(config.get("_export"), DigMap) else None)
        check = config.get("_check") if not task.is_group else None
        error = config.get("_error")
        wrapped = isinstance(error, DigMap) and bool(error)
        checked = isinstance(check, DigMap) and bool(check)
        core_id = task.full_name + ("~core" if wrapped else "")
        if task.disabled:
            core: w.Task | w.Group = self.task(task, core_id, a.Noop())
        elif task.is_group:
            below = self.root_nodes(own) if task is self.workflow.root else self.children(task, own)
            core = self.group(task, core_id, below)
            core = core.model_copy(update={"retry": outer_retry(task)})
        else:
            core = self.operator(task, own, core_id, checked)
        self.note_stored(task.full_name, core)
        return self.with_error(task, own, core) if wrapped else core

    def operator(self, task: DigTask, scope: Scope, node_id: str, checked: bool) -> w.Task | w.Group:
        """An operator task with what it generates (`^sub`), then its `_check`. `_retry` counts failures of both."""
        from parsers.digdag.catalog import convert
        from parsers.digdag.operators.conditions import always_fails

        fault = bad_retry(task, scope) or bad_key(task)
        if fault:
            return always_fails(task, node_id, self, fault)
        given = task.config.get("_check")
        refused = given is not None and not isinstance(given, DigMap)
        inner_id = node_id if not (checked or refused) else task.full_name + "~run"
        try:  # bodies are compiled late: their faults are the task's, when it runs
            made = convert(task, scope, inner_id, self)
        except DigError as error:
            if error.stage != "compile":
                raise
            return always_fails(task, node_id, self, f"{error.message} (config)")
        if refused:
            return self.failing_check(task, node_id, made, "Parameter '_check' must be an object")
        if not checked:
            return made
        retry = outer_retry(task) if task.operator != "fail" else NONE
        if retry.limit:
            made = made.model_copy(update={"retry": w.Retry(delay=0)})
        self.note_stored(inner_id, made)
        exported = task.operator == "py" and isinstance(made, w.Task) and self.project.exports_in_code
        checked_scope = scope.level(None, self.refs((inner_id,), EXPORT) if exported else ())
        checked_scope = checked_scope.level(None, self.refs(self.stored[inner_id]))
        try:
            body = self.generated(task, "^check", task.config["_check"], checked_scope)
        except DigError as error:
            return self.failing_check(task, node_id, made, error.message)
        body = body.model_copy(update={"upstream": (w.Edge(node=inner_id, origin="order"),)})
        return self.group(task, node_id, (made, body), retry=retry)

    def failing_check(self, task: DigTask, node_id: str, made: w.Task | w.Group, fault: str) -> w.Task | w.Group:
        """A `_check` that Digdag cannot read: the task runs, then it fails."""
        from parsers.digdag.operators.conditions import always_fails

        failing = always_fails(task, f"{task.full_name}~check", self, f"{fault} (config)")
        failing = failing.model_copy(update={"upstream": (w.Edge(node=made.id, origin="order"),)})
        return self.group(task, node_id, (made, failing))

    def with_error(self, task: DigTask, scope: Scope, core: w.Task | w.Group) -> w.Task | w.Group:
        """`^error` runs when the task failed for good; the task stays failed.

        The node `~end` waits for both: it is not run when the core failed, so that the group counts as failed although
        its handler succeeded.
        """
        wanted = "error" in names_in(task.config["_error"])[0]
        failed = self.failures(core) if wanted else ()
        handler = self.generated(task, "^error", task.config["_error"], error_scope(scope, failed))
        if wanted and isinstance(core, w.Group):
            below = tuple(ref.task for ref in failed if isinstance(ref, e.OutputRef))
            handler = reading_failures(handler, below)
        stores = self.stored.get(task.full_name, ())
        if stores and isinstance(core, w.Group):
            self.find(StoredBeforeFailure, task, stores=", ".join(f"`{name}`" for name in stores[:3]))
        edge = w.Edge(node=core.id, origin="order")
        handler = handler.model_copy(update={"upstream": (edge,), "rule": w.TriggerRule.ALL_FAILED})
        end = w.Task(
            id=f"{task.full_name}~end",
            span=task.span,
            operator="",
            action=a.Noop(),
            upstream=(edge, w.Edge(node=handler.id, origin="order")),
            rule=w.TriggerRule.NONE_FAILED,
        )
        return self.group(task, task.full_name, (core, handler, end))

    def failures(self, core: w.Task | w.Group) -> tuple[e.Expr, ...]:
        """References to `error` of every operation below a node; the one that failed has written it."""
        found = [n.id for n in w.walk_nodes((core,)) if isinstance(n, w.Task) and isinstance(n.action, a.Scoped)]
        return tuple(e.OutputRef(task=i, key=ERROR, default=e.Literal(value={})) for i in found)

    def generated(self, task: DigTask, suffix: str, config: DigMap, scope: Scope) -> w.Task | w.Group:
        """The node of a body that Digdag makes at run time (`^check`, `^error`, `^sub`)."""
        root = compile_tasks(task.full_name, suffix, config, task.config.where(suffix.replace("^", "_")))
        return self.node(root, scope)

    # parts ------------------------------------------------------------------------------------------------------

    def task(self, task: DigTask, node_id: str, action: a.Action, **fields: Any) -> w.Task:
        """An IR task."""
        if isinstance(action, a.Unconverted):
            action = a.Unconverted.model_validate(self.literals.hide(action.model_dump(), set()))
        return w.Task(id=node_id, span=task.span, operator=f"{task.operator or ''}>", action=action, **fields)

    def group(
        self, task: DigTask, node_id: str, nodes: tuple[w.Task | w.Group, ...], **fields: Any
    ) -> w.Group | w.Task:
        """An IR group; one without nodes does nothing."""
        if not nodes:
            return w.Task(id=node_id, span=task.span, operator="", action=a.Noop(), **fields)
        operator = f"{task.operator}>" if task.operator else ""
        return w.Group(id=node_id, span=task.span, operator=operator, nodes=nodes, **fields)

    def refs(self, ids: tuple[str, ...], key: str = STORE) -> tuple[e.Expr, ...]:
        """References to what tasks stored, or exported."""
        return tuple(e.OutputRef(task=i, key=key, default=e.Literal(value={})) for i in ids)

    def note_stored(self, name: str, node: w.Task | w.Group) -> None:
        """Notes which tasks below a node may store parameters."""
        found = []
        for inner in w.walk_nodes((node,)):
            if isinstance(inner, w.Task) and isinstance(inner.action, a.Scoped) and inner.action.stores:
                found.append(inner.id)
        self.stored[name] = tuple(found)

    def build(self) -> w.Workflow:
        """The whole workflow."""
        from parsers.digdag.sla import deadline
        from parsers.digdag.workflow_parts import params, project_files, schedule

        flow = self.workflow
        root = flow.root
        if len(root.walk()) > MAX_NODES:
            raise too_many(root.span)
        note_tasks(self, root)
        scope = replace(Scope(zone=flow.timezone), workdir="")
        simple = not any(k in root.config for k in ("_error", "_retry"))
        own = scope.level(root.config.get("_export"))
        nodes = self.root_nodes(own) if simple else (self.node(root, scope),)
        if not nodes:
            nodes = (w.Task(id=root.full_name, span=root.span, operator="", action=a.Noop()),)
        made = w.Workflow(
            id=flow.name,
            span=Span(flow.file, 1),
            system="digdag",
            generation="0.10",
            nodes=nodes,
            schedule=schedule(self),
            deadline=deadline(self),
        )
        return made.model_copy(update={"params": params(self, made), "project": project_files(self, made)})


def too_many(span: Span) -> DigError:
    """Digdag refuses to run so many tasks."""
    text = f"Too many tasks. Limit: 1000 (executor.task_max_run); here more than {MAX_NODES}"
    return DigError("start", text, span)


def bad_key(task: DigTask) -> str:
    """Why Digdag fails a task before it does anything; empty if it does not."""
    for key in ("_env", "_secrets"):
        if task.config.get(key) is not None and not isinstance(task.config[key], DigMap):
            return f"Parameter '{key}' must be an object (config)"
    return ""


def error_scope(scope: Scope, failed: tuple[e.Expr, ...]) -> Scope:
    """What an `_error` body sees: the levels around the failed task, and `error` of whatever failed below it."""
    return scope.level({"error": {"message": "", "stacktrace": ""}}).level(None, failed)


def reading_failures(node: w.Task | w.Group, below: tuple[str, ...]) -> w.Task | w.Group:
    """The body of a group's handler: a failed group hands on no outputs, so its operations look the failure up."""
    if isinstance(node, w.Group):
        return node.model_copy(update={"nodes": tuple(reading_failures(inner, below) for inner in node.nodes)})
    if not isinstance(node.action, a.Scoped):
        return node
    action = node.action.model_copy(update={"failed_below": below})
    return node.model_copy(update={"action": action})
