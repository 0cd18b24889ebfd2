"""`call>`, `require>` and `wait>`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from migrate.diagnostics.digdag import RerunOn, ValueOnlyAtRunTime
from migrate.diagnostics.digdag_operators import ProjectById, RequiredElsewhere
from migrate.ir import actions as a
from migrate.ir import exprs as e
from migrate.ir import workflow as w
from migrate.portable.digdag_duration import seconds_of
from parsers.digdag.catalog import operator
from parsers.digdag.errors import DigError
from parsers.digdag.operators.conditions import always_fails, nested
from parsers.digdag.scope import NotConstant, holds_code
from parsers.digdag.scoped import plain_settings, scoped, scoped_task
from parsers.digdag.secret_literals import note_tasks
from parsers.digdag.tree import compile_workflow

if TYPE_CHECKING:
    from parsers.digdag.build import Builder
    from parsers.digdag.scope import Scope
    from parsers.digdag.tree import DigTask

MAX_CALLS = 20


@operator("call", "the called file becomes a group of the workflow")
def call(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task | w.Group:
    """The tasks of another file, as `^sub`. Its exports win inside, its time zone and schedule are ignored."""
    try:
        name = str(scope.static(task.command))
    except NotConstant as reason:
        builder.find(ValueOnlyAtRunTime, task, key="call>", why=str(reason))
        return builder.task(
            task, node_id, a.Unconverted(message=f"call>: {task.command}", source=f"call>: {task.command}")
        )
    try:
        file = builder.project.called(name, scope.workdir)
        if len(builder.calls) >= MAX_CALLS or builder.calls.count(file) >= 2:
            raise DigError("run", f"call> of {file} does not end", task.span)
        flow = compile_workflow(builder.project.load(file), file, "^sub")
    except DigError as error:
        return always_fails(task, node_id, builder, f"{error.message} (config)")
    workdir = PurePosixPath(file).parent.as_posix()
    inner = replace(scope, workdir="" if workdir == "." else workdir)
    outer = builder.calls
    builder.calls = (*outer, file)
    try:
        flow.root.full_name = f"{task.full_name}^sub"
        for below in flow.root.walk()[1:]:
            below.full_name = f"{task.full_name}{below.full_name}"
        note_tasks(builder, flow.root)
        body = builder.node(flow.root, inner)
    finally:
        builder.calls = outer
    return nested(task, scope, node_id, builder, (body,))


@operator("require", "starts or joins the other workflow's run of the session")
def require(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
    """Another workflow of the same session time, once."""
    settings = plain_settings(task)
    elsewhere = "project_id" in settings or "project_name" in settings
    if "project_id" in settings:
        return numbered(task, node_id, builder, str(settings["project_id"]))
    if not holds_code(task.command) and not elsewhere and f"{task.command}.dig" not in builder.project.workflows():
        text = f"Dependent workflow does not exist. projectId: 1, workflowName:{task.command}"
        return always_fails(task, node_id, builder, text)
    if elsewhere:
        builder.find(RequiredElsewhere, task, task.config.where("project_name"), project=str(settings["project_name"]))
    rerun = settings.get("rerun_on", "none")
    if rerun not in ("none", "failed", "all") and not holds_code(rerun):
        return always_fails(task, node_id, builder, f"invalid rerun_on option:{rerun} (config)")
    if rerun != "none":
        builder.find(RerunOn, task, task.config.where("rerun_on"), value=str(rerun))
    known = ("session_time", "params", "ignore_failure", "rerun_on", "project_name")
    action = scoped(task, scope, builder, "require", known=known, unread=("retry_attempt_name",))
    return scoped_task(task, node_id, action, scope, builder)


def numbered(task: DigTask, node_id: str, builder: Builder, number: str) -> w.Task:
    """`require>` of a project that only its server can name."""
    builder.find(ProjectById, task, task.config.where("project_id"), value=number)
    message = f"require> of the project with the number {number} is not converted"
    return builder.task(task, node_id, a.Unconverted(message=message, source=f"require>: {task.command}"))


@operator("wait", "a suspended step where the time is constant, else a waiting pod")
def wait(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
    """Waits for a duration. How often Digdag looks at its clock is not kept."""
    action = scoped(task, scope, builder, "wait", known=("blocking", "poll_interval"))
    settings = plain_settings(task)
    if settings.get("blocking") in (True, "true") and settings.get("poll_interval") is not None:
        return always_fails(task, node_id, builder, "poll_interval can't be specified with blocking:true (config)")
    if not holds_code(task.command):
        try:
            seconds = float(seconds_of(task.command))
        except ValueError:
            return always_fails(task, node_id, builder, "Invalid configuration (config)")
        return builder.task(task, node_id, a.WaitTime(seconds=e.Literal(value=seconds)))
    return builder.task(task, node_id, action)
