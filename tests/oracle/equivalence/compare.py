"""Compares observed runs with recorded ones, by the rules of the cases' README."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from cases import Case, Run
from observed import Instance, ObservedRun, prints, value

VOLATILE = re.compile(r"<now>|<address>")


@dataclass(frozen=True)
class Difference:
    """One difference: which task (`""`: the run), what, expected, got."""

    workflow: str
    task: str
    what: str
    expected: Any
    got: Any

    def __str__(self) -> str:
        return f"{self.workflow} {self.task or '(run)'}: {self.what}: expected {self.expected!r}, got {self.got!r}"


def compare_run(run: Run, got: ObservedRun) -> list[Difference]:
    """All differences of one run."""
    facts = run.facts
    out: list[Difference] = []

    def differ(task: str, what: str, expected: Any, actual: Any) -> None:
        out.append(Difference(run.workflow, task, what, expected, actual))

    if got.timed_out:
        differ("", "end", "an end", f"still running: {got.message}")
    if facts["state"] != got.state:
        differ("", "final state", facts["state"], f"{got.state} {got.message}".strip())
    either = facts.get("either_state", {})
    mask = run_id_mask(run, got)
    for task in facts["tasks"]:
        key = (task["task_id"], task["map_index"])
        name = task["task_id"] if task["map_index"] < 0 else f"{task['task_id']}[{task['map_index']}]"
        instance = got.instances.get(key) or not_started(task, got)
        if instance is None:
            differ(name, "state", task["state"], "no such instance")
            continue
        allowed = either.get(task["task_id"], [task["state"]])
        if instance.state not in allowed:
            differ(name, "state", task["state"], f"{instance.state} {instance.message}".strip())
            continue
        if task.get("tries", 0) != instance.tries and instance.state == task["state"]:
            differ(name, "tries", task.get("tries", 0), instance.tries)
        compare_values(task, instance, mask, lambda what, e, a, name=name: differ(name, what, e, a))
        compare_prints(task, instance, mask, lambda what, e, a, name=name: differ(name, what, e, a))
    known = {(t["task_id"], t["map_index"]) for t in facts["tasks"]}
    kept_whole = {(t["task_id"], -1) for t in facts["tasks"] if not_started(t, got)}
    for key in sorted(set(got.instances) - known - kept_whole):
        differ(f"{key[0]}[{key[1]}]", "instance", "none", got.instances[key].state)
    compare_order(facts, got, differ)
    return out


def not_started(task: dict[str, Any], got: ObservedRun) -> Instance | None:
    """The one node that stands for all instances of a mapped task that was never started (Airflow makes instances of
    literal items at once, Argo when the task starts)."""
    whole = got.instances.get((task["task_id"], -1))
    alike = whole is not None and not task.get("tries", 0) and whole.state == task["state"] != "success"
    return whole if alike and task["map_index"] >= 0 else None


def run_id_mask(run: Run, got: ObservedRun) -> dict[str, str]:
    """Texts that stand for the run itself, on both sides."""
    return {str(run.facts["run_id"]): "<run>", got.name: "<run>"}


def masked(item: Any, mask: dict[str, str]) -> Any:
    """A value with run ids replaced."""
    if isinstance(item, str):
        for text, mark in mask.items():
            item = item.replace(text, mark)
        return item
    if isinstance(item, list):
        return [masked(x, mask) for x in item]
    if isinstance(item, dict):
        return {masked(k, mask): masked(v, mask) for k, v in item.items()}
    return item


def recorded_forms(tagged: dict[str, Any]) -> list[Any]:
    """How the recorder writes a date or a duration: as itself, and as Airflow 2 shows it within another value."""
    ((tag, item),) = tagged.items()
    if tag == "$date":
        return [{"$datetime": item}, f"datetime.date@version=2({item})"]
    if tag == "$timedelta" and isinstance(item, int | float):
        text = str(timedelta(seconds=item))
        return [{"$type": "timedelta", "str": text}, f"datetime.timedelta@version=2({float(item)})"]
    return []


def same(expected: Any, got: Any) -> bool:
    """JSON equality that tells 1 from true, and lets volatile marks stand for anything. Values that JSON has no form
    for may be written in either tool's way."""
    if isinstance(got, dict) and len(got) == 1 and expected in recorded_forms(got):
        return True
    if isinstance(expected, str) and VOLATILE.search(expected):
        pattern = ".*".join(re.escape(p) for p in VOLATILE.split(expected))
        return isinstance(got, str) and re.fullmatch(pattern, got, re.DOTALL) is not None
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if isinstance(expected, list):
        return isinstance(got, list) and len(expected) == len(got) and all(map(same, expected, got))
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and expected.keys() == got.keys()
            and all(same(v, got[k]) for k, v in expected.items())
        )
    return bool(expected == got)


def compare_values(task: dict[str, Any], instance: Instance, mask: dict[str, str], differ: Any) -> None:
    """Return value and other keys, where the converted workflow declares them."""
    declared = instance.outputs
    if "return-value" in declared:
        expected, got = masked(task.get("return_value"), mask), masked(value(declared["return-value"]), mask)
        if not same(expected, got) and not (instance.state != "success" and got is None):
            differ("return value", expected, got)
    for key, expected in task.get("xcom", {}).items():
        name = "xcom-" + re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")
        if key == "skipmixin_key" or name not in declared:
            continue
        expected, got = masked(expected, mask), masked(value(declared[name]), mask)
        if not same(expected, got):
            differ(f"value {key}", expected, got)


def compare_prints(task: dict[str, Any], instance: Instance, mask: dict[str, str], differ: Any) -> None:
    """`@@` lines per try, in order."""
    got = [prints(log) for log in instance.logs]
    expected = task.get("prints") or [[] for _ in got]
    expected, got = masked(expected, mask), masked(got, mask)
    if len(expected) != len(got) or not all(same(e, g) for e, g in zip(expected, got, strict=True)):
        differ("prints", expected, got)


def compare_order(facts: dict[str, Any], got: ObservedRun, differ: Any) -> None:
    """Guaranteed orders: b starts after every instance of a has ended."""

    def started(task: str, index: int | None = None) -> list[Instance]:
        return [i for (t, n), i in got.instances.items() if t == task and i.starts and (index is None or n == index)]

    for before, after in facts["order"].get("after", []):
        check_pair(before, after, started(before), started(after), differ)
    for before, after in facts["order"].get("after_same_index", []):
        for index in sorted({i.index for i in started(after)}):
            check_pair(before, after, started(before, index), started(after, index), differ)


def check_pair(before: str, after: str, first: list[Instance], second: list[Instance], differ: Any) -> None:
    """Every start in `second` is at or after every end in `first`."""
    if first and second and min(min(i.starts) for i in second) < max(max(i.ends) for i in first) - 0.001:
        differ(after, "order", f"after {before}", "started before it had ended")


def compare_files(case: Case, folder: Path) -> list[Difference]:
    """Files that the run left behind: lines as a multiset; wording after `reason=` ignored."""
    out = []
    for name, expected in case.out_files.items():
        path = folder / name
        got = path.read_text() if path.exists() else None
        if lines(expected) != lines(got):
            out.append(Difference(case.main, "", f"file {name}", expected, got))
    return out


def lines(text: str | None) -> Counter[str] | None:
    """The multiset of lines with reasons cut."""
    return None if text is None else Counter(re.sub(r"reason=.*", "reason=", line) for line in text.splitlines())
