"""Proof that every expression parses and every reference can be resolved when it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from emitters.argo.language import ParseError, parse
from emitters.argo.readback import ReadTask, ReadWorkflow

_TAG = re.compile(r"\{\{(=?)(.*?)\}\}", re.DOTALL)
_SIMPLE = re.compile(r"(tasks|inputs\.parameters|item|workflow|retries|steps)\b(.*)", re.DOTALL)
_TASK = re.compile(r"tasks\['([^']+)'\]|\btasks\.([a-z][-a-z0-9]*)\.")
_OUTPUT = re.compile(
    r"tasks(?:\['(?P<a>[^']+)'\]|\.(?P<b>[a-z][-a-z0-9]*))\.outputs(?P<guard>\??)\.parameters\??"
    r"(?:\.?\['|\.)(?P<name>[-A-Za-z0-9_]+)"
)
_INPUT = re.compile(r"inputs\.parameters(?:\['([^']+)'\]|\.([-A-Za-z0-9_]+))")
_PARAM = re.compile(r"workflow\.parameters(?:\['([^']+)'\]|\.([-A-Za-z0-9_]+))")


def value_problems(read: ReadWorkflow) -> tuple[int, list[str]]:
    """(tags looked at, problems): what does not parse, leads nowhere, is no ancestor, or is not guarded."""
    count = 0
    problems: list[str] = []
    declared = {p["name"] for p in (read.raw["spec"].get("arguments") or {}).get("parameters") or []}
    for name, template in read.templates.items():
        inputs = {p["name"] for p in (template.get("inputs") or {}).get("parameters") or []}
        for where, text in _texts(template):
            for is_expression, body in _TAG.findall(text):
                count += 1
                known = _Known(read, name, where, inputs, declared)
                problems += [f"{name}: {p}" for p in _tag(known, body, bool(is_expression))]
    return count, problems


@dataclass(frozen=True)
class _Known:
    """What a text may refer to: its template's inputs, the workflow's parameters, and where it stands."""

    read: ReadWorkflow
    template: str
    where: ReadTask | None
    inputs: set[str]
    declared: set[str]


def _tag(known: _Known, body: str, expression: bool) -> Iterator[str]:
    read, where = known.read, known.where
    if expression:
        try:
            parse(body.strip())
        except ParseError as problem:
            yield f"`{body.strip()}`: {problem}"
            return
    elif not _SIMPLE.match(body):
        return
    yield from (f"input `{n}` is not declared" for n in _names(_INPUT, body) if n not in known.inputs)
    yield from (f"parameter `{n}` is not declared" for n in _names(_PARAM, body) if n not in known.declared)
    tasks = read.dags.get(known.template)
    if tasks is None or where is None:
        return
    own = where.raw.get("hooks") is not None
    above = read.ancestors(known.template, where.name)
    for name in _names(_TASK, body):
        if name not in tasks:
            yield f"`{where.name}` refers to `{name}`, which is no task"
        elif name not in above and not (own and name == where.name):
            yield f"`{where.name}` refers to `{name}`, which need not end before it"
    for match in _OUTPUT.finditer(body):
        producer = match["a"] or match["b"]
        if producer in tasks and match["name"] not in _outputs(read, tasks[producer].template):
            yield f"`{where.name}` reads `{match['name']}` of `{producer}`, which it does not have"
        if producer in tasks and not match["guard"] and producer not in _certain(read, known.template, where):
            yield f"`{where.name}` reads `{match['name']}` of `{producer}` without a guard"


def _names(pattern: re.Pattern[str], text: str) -> list[str]:
    return [a or b for a, b in pattern.findall(text)]


def _outputs(read: ReadWorkflow, template: str) -> set[str]:
    found = read.templates.get(template) or {}
    return {p["name"] for p in (found.get("outputs") or {}).get("parameters") or []}


def _certain(read: ReadWorkflow, dag: str, task: ReadTask, seen: frozenset[str] = frozenset()) -> set[str]:
    """Tasks that have surely succeeded when this one starts."""
    tasks = read.dags[dag]
    parts = {p.strip() for p in _unless_skipped(task.depends).split(" && ")}
    clauses = {p.strip().strip("()") for p in task.when.split(" && ")} if " || " not in task.when else set()
    found: set[str] = set()
    for name in task.upstream:
        sure = f"{name}.Succeeded" in parts or f"tasks['{name}'].status == 'Succeeded'" in clauses
        if sure and name in tasks and name not in seen:
            found |= {name} | _certain(read, dag, tasks[name], seen | {task.name})
    return found


def _unless_skipped(depends: str) -> str:
    """`depends` of a task that runs: without `x.Skipped || (...)`, which only lets it be skipped."""
    while found := re.fullmatch(r"[-a-z0-9]+\.Skipped \|\| \((.*)\)", depends):
        depends = found[1]
    return depends


def _texts(template: Any) -> Iterator[tuple[ReadTask | None, str]]:
    """Every text of a template that Argo substitutes, with the task of a dag that it stands at."""
    tasks = (template.get("dag") or {}).get("tasks") or []
    for raw in tasks:
        task = ReadTask(
            raw["name"], "", str(raw.get("template")), str(raw.get("depends") or ""),
            str(raw.get("when") or "").removeprefix("{{=").removesuffix("}}").strip(), False, raw,
        )  # fmt: skip
        for text in _strings(raw):
            yield task, text
    rest = {k: v for k, v in template.items() if k not in ("dag", "metadata", "name")}
    for text in _strings(rest):
        yield None, text


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
