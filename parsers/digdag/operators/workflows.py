"""`call>`, `require>` and `wait>`."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from migrate.diagnostics.digdag import RerunOn, SettingNotConverted, ValueOnlyAtRunTime
from migrate.ir import actions as a
from migrate.ir import exprs as e
from migrate.ir import workflow as w
from parsers.digdag.catalog import operator
from parsers.digdag.errors import DigError
from parsers.digdag.operators.conditions import always_fails, nested
from parsers.digdag.schedules import duration
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
    if not holds_code(task.command) and not elsewhere and f"{task.command}.dig" not in builder.project.workflows():
        text = f"Dependent workflow does not exist. projectId: 1, workflowName:{task.command}"
        return always_fails(task, node_id, builder, text)
    for key in settings:
        if key in ("project_id", "project_name"):
            builder.find(SettingNotConverted, task, task.config.where(key), operator="require", key=key)
    if str(settings.get("rerun_on", "none")) != "none":
        builder.find(RerunOn, task, task.config.where("rerun_on"), value=str(settings["rerun_on"]))
    known = ("session_time", "params", "ignore_failure", "rerun_on", "project_id", "project_name", "param")
    action = scoped(task, scope, builder, "require", known=known)
    return scoped_task(task, node_id, action, scope, builder)


@operator("wait", "a suspended step where the time is constant, else a waiting pod")
def wait(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
    """Waits for a duration."""
    if not holds_code(task.command) and re.fullmatch(r"\s*(\d+\s*[a-z]+\s*)+", str(task.command)):
        try:
            seconds = duration(task.command, task.span)
        except DigError as error:
            return always_fails(task, node_id, builder, error.message)
        return builder.task(task, node_id, a.WaitTime(seconds=e.Literal(value=seconds)))
    return builder.task(task, node_id, scoped(task, scope, builder, "wait", known=("blocking", "poll_interval")))
