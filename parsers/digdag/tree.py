"""Compiles a `.dig` mapping to its tasks, as Digdag's `WorkflowCompiler` and `WorkflowFile` do, refusals included."""

from __future__ import annotations

import contextlib
import json
import math
import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from migrate.portable.java_zones import zone_id
from migrate.source import Span
from parsers.digdag.dig_yaml import DigList, DigMap
from parsers.digdag.errors import DigError

TOP_LEVEL = ("schedule", "sla", "_error", "_check", "_retry", "_parallel")
GROUP_KEYS = (
    "timezone", "schedule", "sla", "_parallel", "_background", "_after", "_error", "_check", "_retry", "_export",
    "_secrets",
)  # fmt: skip
NAME_CHARS = re.compile(r"[^A-Za-z0-9_\-=\[\]{}%&@`,.^]")
RESTRICTED = re.compile(r'[+^@/\\:*?"<>|]')
MAX_DEPTH = 60


@dataclass(eq=False)
class DigTask:
    """One task of a compiled workflow.

    name: `+a` (the root: the workflow's `+main`, or `^sub`, `^error`); full_name: with all parents. config: the task's
    own keys without subtasks. operator/command: of an operator task. upstream: siblings it waits for.
    """

    name: str
    full_name: str
    parent: DigTask | None
    config: DigMap
    span: Span
    operator: str | None = None
    command: Any = None
    upstream: list[DigTask] = field(default_factory=list)
    children: list[DigTask] = field(default_factory=list)
    disabled: bool = False

    @property
    def is_group(self) -> bool:
        """Whether it only groups other tasks."""
        return self.operator is None

    def walk(self) -> list[DigTask]:
        """The task and all below it, in order of creation."""
        out = [self]
        for child in self.children:
            out.extend(child.walk())
        return out


@dataclass
class DigWorkflow:
    """A compiled `.dig` file. name: path below the project without `.dig`. root: its root task."""

    name: str
    file: str
    root: DigTask
    timezone: str
    timezone_declared: bool
    config: DigMap

    @property
    def schedule(self) -> DigMap | None:
        """The `schedule:` mapping."""
        value = self.config.get("schedule")
        return value if isinstance(value, DigMap) else None


def compile_workflow(config: DigMap, file: str, root_name: str | None = None) -> DigWorkflow:
    """Compiles a file's mapping. `root_name`: the root task's name (default `+<file stem>`). Raises DigError."""
    name = PurePosixPath(file).with_suffix("").as_posix()
    check_workflow_name(PurePosixPath(name).name, Span(file))
    zone, declared = timezone_of(config)
    export = config.get("_export", DigMap(config.span))
    if export is None:
        export = DigMap(config.span)
    if not isinstance(export, DigMap):
        raise DigError("workflow", "Expected object type for key '_export'", config.where("_export"))
    unknown = [k for k in config if k not in TOP_LEVEL and k not in ("timezone", "_export") and not k.startswith("+")]
    if unknown:
        message = f"Workflow '{name}' includes unknown keys: [{', '.join(unknown)}]"
        raise DigError("workflow", message, config.where(unknown[0]))
    for key, value in config.items():
        if key.startswith("+"):
            if "^" in key:
                raise DigError("workflow", "task name: must not contain ^ character", config.where(key))
            check_task_name(key, config.where(key), "workflow")
        elif value is None and key not in ("timezone", "_export"):
            raise DigError("workflow", f"Parameter '{key}' is required but null", config.where(key))
    if not isinstance(config.get("schedule", config), DigMap):
        raise DigError("schedule", "Expected object type for key 'schedule'", config.where("schedule"))
    body = DigMap(config.span)
    if export:
        body.put("_export", export, config.where("_export"))
    for key in TOP_LEVEL:
        if key in config:
            body.put(key, config[key], config.where(key))
    for key, value in config.items():
        if key.startswith("+"):
            body.put(key, value, config.where(key))
    root_name = root_name if root_name is not None else "+" + PurePosixPath(name).name
    if root_name.startswith("+"):
        check_task_name(root_name, Span(file), "compile")
    root = compile_tasks("", root_name, body, Span(file, 1))
    return DigWorkflow(name, file, root, zone, declared, config)


def timezone_of(config: DigMap) -> tuple[str, bool]:
    """The workflow's time zone (default UTC) and whether it is said."""
    value = config.get("timezone")
    if value is None or (isinstance(value, str) and not value.strip()):
        return "UTC", False
    if not isinstance(value, bool | float | list | DigMap):
        with contextlib.suppress(ValueError):
            return zone_id(str(value).strip()), True
    raise DigError(
        "workflow", f"Expected a time zone for key 'timezone' but got {json.dumps(value)}", config.where("timezone")
    )


def check_workflow_name(name: str, span: Span) -> None:
    """`ModelValidator.checkWorkflowName`."""
    if not name:
        raise DigError("workflow", "name: must not be blank", span)
    if name[0].isdigit():
        raise DigError("workflow", "name: must not start with a numeric digit (0-9)", span)
    if RESTRICTED.search(name):
        raise DigError("workflow", "name: must not include special symbols", span)
    if len(name) > 255:
        raise DigError("workflow", "name: must not be longer than 255 characters", span)


def check_task_name(name: str, span: Span, stage: str) -> None:
    """`ModelValidator.checkRawTaskName`."""
    bad = NAME_CHARS.search(name[1:])
    if bad:
        raise DigError(stage, f"task name: must not contain character '{bad.group()}'", span)
    if len(name) > 255:
        raise DigError(stage, "task name: must not be longer than 255 characters", span)


def compile_tasks(parent_name: str, name: str, config: DigMap, span: Span) -> DigTask:
    """Compiles a mapping to a tree of tasks. Raises DigError (stage compile)."""
    return _collect(None, parent_name, name, config, span, 0)


def _collect(parent: DigTask | None, parent_name: str, name: str, config: DigMap, span: Span, depth: int) -> DigTask:
    if depth > MAX_DEPTH:
        raise DigError("compile", "tasks are nested too deeply", span)
    subtasks = [(k, ordered_mapping(config, k)) for k in config if k.startswith("+")]
    own = config.without(*(k for k, _ in subtasks))
    task = DigTask(name, parent_name + name, parent, own, span)
    if parent is not None:
        parent.children.append(task)
    if boolean(own, "_disable"):
        task.disabled, task.config = True, own.only("_disable")
        return task
    operators = [k for k in own if k.endswith(">")]
    if "_type" in own or operators:
        _operator(task, own, operators, bool(subtasks))
        return task
    for key, _ in subtasks:
        check_task_name(key, config.where(key), "compile")
    unknown = [k for k in own if k not in GROUP_KEYS]
    if unknown:
        words = ", ".join(f"'{k}'" for k in unknown)
        raise DigError("compile", f"{task.full_name} contains invalid keys: {words}", own.where(unknown[0]))
    for key, value in subtasks:
        _collect(task, task.full_name, key, value, config.where(key), depth + 1)
    _wire(task)
    _check_error_handler(task)
    return task


def _operator(task: DigTask, own: DigMap, operators: list[str], has_subtasks: bool) -> None:
    if has_subtasks:
        raise DigError("compile", f"A task can't have subtasks: {json.dumps(own, separators=(',', ':'))}", task.span)
    if len(operators) > 1:
        text = json.dumps(own, separators=(",", ":"), ensure_ascii=False)
        raise DigError("compile", f"A task can't have more than one operator: {text}", own.where(operators[1]))
    if "_type" in own:
        task.operator, task.command = str(own["_type"]), own.get("_command")
    else:
        task.operator, task.command = operators[0][:-1], own[operators[0]]
    _check_error_handler(task)


def _check_error_handler(task: DigTask) -> None:
    """`_error` is compiled early, because nothing could report its faults later."""
    handler = task.config.get("_error")
    if handler is not None and not isinstance(handler, DigMap):
        raise DigError("compile", "Parameter '_error' must be an object", task.config.where("_error"))
    if isinstance(handler, DigMap) and handler:
        compile_tasks(task.full_name, "^error", handler, task.config.where("_error"))


def _wire(group: DigTask) -> None:
    """Upstreams of a group's children: order, `_parallel`, `_after`, `_background`."""
    parallel, limit = parallel_control(group.config)
    if parallel:
        known: dict[str, DigTask] = {}
        before: list[DigTask] = []
        size = limit if limit > 0 else max(len(group.children), 1)
        for start in range(0, len(group.children), size):
            chunk = group.children[start : start + size]
            for child in chunk:
                _after(child, known)
                child.upstream.extend(before)
            before = chunk
        return
    waiting: list[DigTask] = []
    for child in group.children:
        if "_after" in child.config:
            raise DigError(
                "compile",
                'Setting "_after" option is invalid if its parent task doesn\'t have "_parallel: true" option',
                child.config.where("_after"),
            )
        if boolean(child.config, "_background"):
            waiting.append(child)
            continue
        child.upstream.extend(waiting)
        waiting = [child]


def _after(child: DigTask, known: dict[str, DigTask]) -> None:
    if boolean(child.config, "_background"):
        raise DigError(
            "compile",
            'Setting "_background: true" option is invalid (unnecessary) '
            'if its parent task has "_parallel: true" option',
            child.config.where("_background"),
        )
    names = child.config.get("_after")
    names = [] if names is None else names
    span = child.config.where("_after")
    if not isinstance(names, list):
        raise DigError("compile", f"Expected array type for key '_after' but got {json.dumps(names)} (string)", span)
    for name in names:
        if str(name) not in known:
            raise DigError("compile", f"Dependency task '{name}' does not exist", span)
        child.upstream.append(known[str(name)])
    known[child.name] = child


def parallel_control(config: DigMap) -> tuple[bool, int]:
    """(parallel, batch size or 0) from `_parallel` (`ParallelControl`)."""
    if "_parallel" not in config:
        return False, 0
    value = config["_parallel"]
    if isinstance(value, bool | str):
        return boolean(config, "_parallel"), 0
    if isinstance(value, DigMap):
        limit = value.get("limit")
        if isinstance(limit, str) and re.fullmatch(r"[-+]?\d+|", limit.strip()):
            limit = int(limit.strip() or 0)
        elif isinstance(limit, float) and math.isfinite(limit):
            limit = int(limit)
        too_long = isinstance(value.get("limit"), str) and isinstance(limit, int) and abs(limit) >= 1 << 31
        if isinstance(limit, bool) or not isinstance(limit, int) or too_long:
            raise DigError(
                "compile", f"Expected integer for key 'limit' but got {json.dumps(limit)}", config.where("_parallel")
            )
        return True, limit
    raise DigError("compile", f"Invalid _parallel format: {json.dumps(value)}", config.where("_parallel"))


def boolean(config: DigMap, key: str) -> bool:
    """A boolean as Jackson reads it: true, false, null, their texts, numbers; anything else is refused."""
    value = config.get(key)
    if value is None:
        return False
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value != 0
    if isinstance(value, str) and value.strip() in ("true", "True", "false", "False", ""):
        return value.strip().lower() == "true"
    raise DigError("compile", f"Expected boolean for key '{key}' but got {json.dumps(value)}", config.where(key))


def ordered_mapping(config: DigMap, key: str) -> DigMap:
    """A task's mapping, or the mappings of a list-style task joined in order (`getNestedOrderedOrGetEmpty`)."""
    value, span = config[key], config.where(key)
    if isinstance(value, DigMap):
        return value
    if isinstance(value, DigList) and all(isinstance(item, DigMap) for item in value):
        joined = DigMap(span)
        for item in value:
            for inner, content in item.items():
                joined.put(inner, content, item.where(inner))
        return joined
    raise DigError("compile", f"Expected object type for key '{key}' but got {json.dumps(value)[:100]}", span)
