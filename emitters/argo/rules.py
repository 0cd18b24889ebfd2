"""Join rules: the states of a task's upstreams, to Argo's `depends` and `when`.

States coincide like this (docs/semantics.md): success = Succeeded, failed = Failed or Error, upstream_failed = Omitted
(`depends` was false), skipped = Skipped (`when` was false) or Succeeded with output `af-state` = `skipped` for a task
that skipped itself. So `depends` may be false only because of failures, and every decision to skip goes to `when`.

The rules are those of Airflow 2.11 and 3.1 (`ti_deps/deps/trigger_rule_dep.py`); the truth-table test enumerates them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from migrate.ir.workflow import TriggerRule

STATE_OUTPUT = "af-state"
BAD_STATES = "['Failed','Error','Omitted']"


@dataclass(frozen=True)
class Upstream:
    """A direct upstream as its consumer's rule sees it.

    name: Argo task name. skippable: it may end Skipped. self_skip: it may end Succeeded with `af-state` skipped.
    mapped: it is fanned out and has the `af-state` output per instance. setup: it is a setup task. hides_skips: it is
    shown as Succeeded, without outputs, when every instance was skipped before it started.
    """

    name: str
    skippable: bool = False
    self_skip: bool = False
    mapped: bool = False
    setup: bool = False
    hides_skips: bool = False


@dataclass(frozen=True)
class Join:
    """`depends` as Argo text; `when` as expression text without `{{= }}`. Empty: none."""

    depends: str = ""
    when: str = ""


def join(rule: TriggerRule, upstreams: Sequence[Upstream], needed_setups: Sequence[Upstream] = ()) -> Join:
    """What a task with this rule over these direct upstreams waits for and runs under.

    needed_setups: setups that are no direct upstreams but whose failure or skip reaches the task whatever its rule.
    """
    found = _RULES[rule](upstreams) if upstreams else Join()
    if not needed_setups:
        return found
    extra = _all_success(needed_setups)
    return Join(both(found.depends, extra.depends), both(found.when, extra.when))


def both(left: str, right: str) -> str:
    """The conjunction of two conditions, either of which may be empty."""
    if not left or not right:
        return left or right
    return f"{_group_or(left)} && {_group_or(right)}"


def needs_state_per_instance(rule: TriggerRule) -> bool:
    """Whether the rule counts instances of a fanned-out upstream, which then must write `af-state`."""
    return rule in _COUNTING


def done(u: Upstream) -> str:
    """The upstream has ended, in whatever state."""
    skipped = [f"{u.name}.Skipped"] if u.skippable else []
    ends = [f"{u.name}.Succeeded", f"{u.name}.Failed", f"{u.name}.Errored", *skipped, f"{u.name}.Omitted"]
    return f"({' || '.join(ends)})"


def success_or_skipped(u: Upstream) -> str:
    """The upstream did not fail."""
    return f"({u.name}.Succeeded || {u.name}.Skipped)" if u.skippable else f"{u.name}.Succeeded"


def status(u: Upstream) -> str:
    """The upstream's phase in a `when`."""
    return f"tasks['{u.name}'].status"


def _all_success(us: Sequence[Upstream]) -> Join:
    return Join(_and(map(success_or_skipped, us)), _and(all_ok(u) for u in us if u.skippable or u.self_skip))


def _all_failed(us: Sequence[Upstream]) -> Join:
    return Join(_and(map(done, us)), _and(map(all_bad, us)))


def _all_done(us: Sequence[Upstream]) -> Join:
    return Join(_and(map(done, us)))


def _all_done_min_one_success(us: Sequence[Upstream]) -> Join:
    some = [*map(_succeeded, us), *(f"{u.name}.Skipped" for u in us if u.skippable)]
    no_skip = [_not(some_skipped(u)) for u in us if u.skippable or u.self_skip]
    if not no_skip:
        return Join(both(_and(map(done, us)), _or(some)))
    return Join(both(_and(map(done, us)), _or(some)), _and([_or(map(some_ok, us)), *no_skip]))


def _all_done_setup_success(us: Sequence[Upstream]) -> Join:
    setups = [u for u in us if u.setup]
    if not setups:
        return _all_done(us)
    skipped = _and(f"{s.name}.Skipped" for s in setups) if all(s.skippable for s in setups) else ""
    some = _or([*map(_succeeded, setups), *([skipped] if skipped else [])])
    may_skip = all(s.skippable or s.self_skip for s in setups)
    return Join(both(_and(map(done, us)), some), _or(map(some_ok, setups)) if may_skip else "")


def _all_skipped(us: Sequence[Upstream]) -> Join:
    return Join(_and(map(done, us)), _and(map(all_skipped, us)))


def _one_success(us: Sequence[Upstream]) -> Join:
    skipped = [_and(f"{u.name}.Skipped" for u in us)] if all(u.skippable for u in us) else []
    may_skip = skipped or any(u.self_skip for u in us)
    depends = _or([*map(_succeeded, us), *skipped])
    return Join(depends, _or(map(some_ok, us)) if may_skip else "")


def _one_failed(us: Sequence[Upstream]) -> Join:
    return Join(_and(map(done, us)), _or(map(some_bad, us)))


def _one_done(us: Sequence[Upstream]) -> Join:
    return Join(_and(map(done, us)), _or(f"({some_ok(u)} || {status(u)} in ['Failed','Error'])" for u in us))


def _none_failed(us: Sequence[Upstream]) -> Join:
    return Join(_and(map(success_or_skipped, us)))


def _none_failed_min_one_success(us: Sequence[Upstream]) -> Join:
    may_skip = all(u.skippable or u.self_skip for u in us)
    return Join(_and(map(success_or_skipped, us)), _or(map(some_ok, us)) if may_skip else "")


def _none_skipped(us: Sequence[Upstream]) -> Join:
    return Join(_and(map(done, us)), _and(_not(some_skipped(u)) for u in us if u.skippable or u.self_skip))


_RULES: dict[TriggerRule, Callable[[Sequence[Upstream]], Join]] = {
    TriggerRule.ALL_SUCCESS: _all_success,
    TriggerRule.ALL_FAILED: _all_failed,
    TriggerRule.ALL_DONE: _all_done,
    TriggerRule.ALL_DONE_MIN_ONE_SUCCESS: _all_done_min_one_success,
    TriggerRule.ALL_DONE_SETUP_SUCCESS: _all_done_setup_success,
    TriggerRule.ALL_SKIPPED: _all_skipped,
    TriggerRule.ONE_SUCCESS: _one_success,
    TriggerRule.ONE_FAILED: _one_failed,
    TriggerRule.ONE_DONE: _one_done,
    TriggerRule.NONE_FAILED: _none_failed,
    TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS: _none_failed_min_one_success,
    TriggerRule.NONE_SKIPPED: _none_skipped,
    TriggerRule.ALWAYS: _all_done,
}

_COUNTING = frozenset(
    {
        TriggerRule.ALL_FAILED,
        TriggerRule.ALL_DONE_MIN_ONE_SUCCESS,
        TriggerRule.ALL_DONE_SETUP_SUCCESS,
        TriggerRule.ALL_SKIPPED,
        TriggerRule.ONE_SUCCESS,
        TriggerRule.ONE_DONE,
        TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
    }
)


# how many instances of one upstream are in a state; an upstream that is not mapped is its only instance ---------------


def all_ok(u: Upstream) -> str:
    """Every instance succeeded without skipping itself."""
    if not u.self_skip:
        return f"{status(u)} == 'Succeeded'"
    if u.mapped:
        return f"{status(u)} == 'Succeeded' && !any({_states(u)}, # == 'skipped')"
    return f"{status(u)} == 'Succeeded' && {_not(_soft(u))}"


def some_ok(u: Upstream) -> str:
    """At least one instance succeeded without skipping itself."""
    if not u.mapped:
        return all_ok(u)
    return f"{_has(u)} && any({_states(u)}, # != 'skipped')" if u.self_skip else _has(u)


def some_skipped(u: Upstream) -> str:
    """At least one instance counts as skipped."""
    skipped = f"{status(u)} == 'Skipped'"
    if not u.self_skip:
        return skipped
    known = f"({status(u)} == 'Succeeded' || {_has(u)})" if u.hides_skips else _has(u)
    soft = f"{known} && any({_states(u)}, # == 'skipped')" if u.mapped else _soft(u)
    return f"({skipped} || ({soft}))" if u.mapped else f"({skipped} || {soft})"


def all_skipped(u: Upstream) -> str:
    """Every instance counts as skipped."""
    skipped = f"{status(u)} == 'Skipped'"
    if not u.self_skip:
        return skipped
    if u.mapped:
        return f"({skipped} || ({status(u)} == 'Succeeded' && all({_states(u)}, # == 'skipped')))"
    return f"({skipped} || {_soft(u)})"


def some_bad(u: Upstream) -> str:
    """At least one instance failed, or the upstream was not run because of failures."""
    return f"{status(u)} in {BAD_STATES}"


def all_bad(u: Upstream) -> str:
    """Every instance failed, or the upstream was not run because of failures."""
    if not u.mapped:
        return some_bad(u)
    return f"({status(u)} == 'Omitted' || ({status(u)} in ['Failed','Error'] && {_not(_has(u))}))"


def _soft(u: Upstream) -> str:
    return f"(tasks['{u.name}'].outputs?.parameters?.['{STATE_OUTPUT}'] ?? '') == 'skipped'"


def _states(u: Upstream) -> str:
    if u.hides_skips:
        outputs = f"tasks['{u.name}'].outputs?.parameters"
        return f"(type({outputs}) == 'map' ? fromJSON({outputs}['{STATE_OUTPUT}']) : ['skipped'])"
    return f"fromJSON(tasks['{u.name}'].outputs?.parameters?.['{STATE_OUTPUT}'] ?? '[]')"


def _has(u: Upstream) -> str:
    """Some instance succeeded: only then the aggregate of outputs is a mapping."""
    return f"({status(u)} in ['Succeeded','Failed','Error'] && type(tasks['{u.name}'].outputs?.parameters) == 'map')"


def _succeeded(u: Upstream) -> str:
    return f"({u.name}.Succeeded || {u.name}.AnySucceeded)" if u.mapped else f"{u.name}.Succeeded"


def _and(parts: Iterable[str]) -> str:
    items = list(parts)
    return items[0] if len(items) == 1 else " && ".join(_group_or(p) for p in items)


def _or(parts: Iterable[str]) -> str:
    items = list(parts)
    return (
        items[0] if len(items) == 1 else " || ".join(f"({p})" if " && " in p and not wrapped(p) else p for p in items)
    )


def _not(text: str) -> str:
    if (text.endswith("== 'skipped'") and text.startswith("(tasks[")) or text.endswith("== 'Skipped'"):
        return f"{text.rpartition(' == ')[0]} != {text.rpartition(' == ')[2]}"
    return f"!{text}" if wrapped(text) else f"!({text})"


def _group_or(text: str) -> str:
    return f"({text})" if _top_level_or(text) else text


def _top_level_or(text: str) -> bool:
    depth = 0
    for i, ch in enumerate(text):
        depth += (ch in "([{") - (ch in ")]}")
        if depth == 0 and text.startswith(" || ", i):
            return True
    return False


def wrapped(text: str) -> bool:
    """The whole text stands in one pair of parentheses."""
    if not text.startswith("("):
        return False
    depth = 0
    for i, ch in enumerate(text):
        depth += (ch == "(") - (ch == ")")
        if depth == 0:
            return i == len(text) - 1
    return False
