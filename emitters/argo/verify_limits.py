"""Proof of what holds for a run and for its tasks: parameters, retries, deadlines, runs at once, handlers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from emitters.argo.passes.limits import START
from emitters.argo.passes.runs import drops_ticks
from emitters.argo.readback import GROUP_ID, SOURCE_ID, ReadTask, ReadWorkflow
from emitters.argo.verify_graph import levels
from emitters.argo.verify_times import schedule_of
from migrate.ir.schedule import Continuous

Facts = Mapping[str, Any]
USUAL_RUNS = 16


def limit_problems(read: ReadWorkflow, cron: Facts | None, facts: Facts) -> tuple[int, list[str], list[str]]:
    """(facts compared, problems, what is left out)."""
    if "params" not in facts:
        return 0, [], ["parameters and limits: the folder was made by an older version"]
    checks = [
        *_params(read.raw["spec"], facts["params"]),
        *_run(read.raw["spec"], cron, facts),
        *_tasks(read, facts),
    ]
    return len(checks), [problem for problem in checks if problem], []


def _params(spec: Facts, wanted: Mapping[str, str | None]) -> Iterator[str]:
    have = {p["name"]: p for p in (spec.get("arguments") or {}).get("parameters") or []}
    for name, value in wanted.items():
        if name not in have:
            yield f"parameter `{name}` is missing"
        elif value is not None and have[name].get("value") != value:
            yield f"parameter `{name}` has the default {have[name].get('value')!r} instead of {value!r}"
        else:
            yield ""


def _run(spec: Facts, cron: Facts | None, facts: Facts) -> Iterator[str]:
    if "timeout" in facts:
        wanted = math.ceil(facts["timeout"])
        found = spec.get("activeDeadlineSeconds")
        yield "" if found == wanted else f"the run may take {found} seconds instead of {wanted}"
    if "handlers" in facts:
        templates = {t["name"]: t for t in spec.get("templates") or []}
        steps = (templates.get(str(spec.get("onExit"))) or {}).get("steps") or []
        found = sum(len(step) for step in steps)
        yield "" if found >= facts["handlers"] else f"{found} handlers of the run's end instead of {facts['handlers']}"
    schedule = schedule_of(facts)
    dropped = isinstance(schedule, Continuous) or drops_ticks(schedule, facts.get("runs"))
    yield from _at_once(spec, facts, dropped)
    if cron is not None and schedule is not None:
        policy, wanted_policy = cron["spec"].get("concurrencyPolicy"), "Forbid" if dropped else "Allow"
        yield "" if policy == wanted_policy else f"concurrencyPolicy is {policy} instead of {wanted_policy}"
        late = cron["spec"].get("startingDeadlineSeconds")
        if schedule.skip_delayed_by is not None and late != max(1, int(schedule.skip_delayed_by)):
            yield f"startingDeadlineSeconds is {late} instead of {schedule.skip_delayed_by:g}"
        else:
            yield "" if isinstance(late, int) and late > 0 else "startingDeadlineSeconds is missing: late runs are lost"
        if schedule.paused or facts.get("paused"):
            yield "" if cron["spec"].get("suspend") is True else "it is not suspended, as it is in the source"


def _at_once(spec: Facts, facts: Facts, dropped: bool) -> Iterator[str]:
    runs = facts.get("runs")
    locks = spec.get("synchronization") or {}
    if facts.get("one_by_one") or (runs == 1 and not dropped):
        yield "" if locks.get("mutexes") else "no lock lets only one run be active"
    elif runs not in (None, 1, USUAL_RUNS):
        yield "" if locks.get("semaphores") else f"no lock lets only {runs} runs be active"


def _tasks(read: ReadWorkflow, facts: Facts) -> Iterator[str]:
    places = {task.id: task for _, task in reversed(list(read.nodes()))}
    for siblings in levels(facts["nodes"]):
        for node in siblings:
            task = places.get(node["id"])
            if task is None or not {"retry", "timeout"} & node.keys():
                continue
            own = list(_own_templates(read, task))
            if any("suspend" in t for t in own):
                continue
            if "retry" in node:
                yield _retry(node, own)
            if "timeout" in node:
                yield _timeout(node, own)


def _own_templates(read: ReadWorkflow, task: ReadTask) -> Iterator[Facts]:
    """The template that the task calls and those that stand for the same node inside of it."""
    for name, template in read.templates.items():
        notes = (template.get("metadata") or {}).get("annotations") or {}
        if name == task.template or task.id in (notes.get(SOURCE_ID), notes.get(GROUP_ID)):
            yield template


def _retry(node: Facts, own: list[Facts]) -> str:
    found = [t["retryStrategy"] for t in own if "retryStrategy" in t]
    wanted = node["retry"]
    if not any(str(r.get("limit")) == str(wanted["limit"]) for r in found):
        shown = ", ".join(str(r.get("limit")) for r in found) or "none"
        return f"`{node['id']}` has the retries {shown} instead of {wanted['limit']}"
    waits = [(r.get("backoff") or {}).get("duration", "0") for r in found]
    delay = str(math.ceil(wanted["delay"])) if wanted["delay"] > 0 else "0"
    return "" if delay in waits else f"`{node['id']}` waits {waits[0]} s before it is tried again instead of {delay} s"


def _timeout(node: Facts, own: list[Facts]) -> str:
    found = [t.get("activeDeadlineSeconds") for t in own]
    wanted = math.ceil(node["timeout"])
    by_runner = [t["activeDeadlineSeconds"] - START for t in own if "activeDeadlineSeconds" in t and _own_clock(t)]
    if wanted in (*found, *by_runner):
        return ""
    shown = ", ".join(str(seconds) for seconds in found if seconds is not None) or "any number of"
    return f"`{node['id']}` may take {shown} seconds instead of {wanted}"


def _own_clock(template: Facts) -> bool:
    """Whether the runner may end the task itself (its script, where the seconds stand, is compared as text)."""
    container = template.get("script") or template.get("container") or {}
    return any(mount.get("name") == "runtime" for mount in container.get("volumeMounts") or [])
