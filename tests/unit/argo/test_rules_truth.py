"""Every trigger rule over every mix of upstream states: what our `depends` and `when` say, against the rule itself.

The model of the rules below is written from their definition (`ti_deps/deps/trigger_rule_dep.py`), not from our code.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from emitters.argo.language import evaluate, evaluate_depends
from emitters.argo.rules import Upstream, join
from migrate.ir.workflow import TriggerRule

STATES = ("success", "failed", "upstream_failed", "skipped", "self-skipped")
PHASES = {
    "success": "Succeeded",
    "failed": "Failed",
    "upstream_failed": "Omitted",
    "skipped": "Skipped",
    "self-skipped": "Succeeded",
}


def model(rule: TriggerRule, states: tuple[str, ...], setups: tuple[bool, ...] = ()) -> str:
    """What becomes of a task: run, skipped or upstream_failed."""
    ok = states.count("success")
    failed, above = states.count("failed"), states.count("upstream_failed")
    skipped = states.count("skipped") + states.count("self-skipped")
    bad, n = failed + above, len(states)
    run, skip, lost = "run", "skipped", "upstream_failed"
    if rule is TriggerRule.ALL_SUCCESS:
        return lost if bad else skip if skipped else run
    if rule is TriggerRule.ALL_FAILED:
        return skip if ok or skipped else run
    if rule is TriggerRule.ALL_DONE or rule is TriggerRule.ALWAYS:
        return run
    if rule is TriggerRule.ALL_SKIPPED:
        return skip if ok or bad else run
    if rule is TriggerRule.ONE_SUCCESS:
        return run if ok else skip if skipped == n else lost
    if rule is TriggerRule.ONE_FAILED:
        return run if bad else skip
    if rule is TriggerRule.ONE_DONE:
        return run if ok or failed else skip
    if rule is TriggerRule.NONE_FAILED:
        return lost if bad else run
    if rule is TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS:
        return lost if bad else skip if skipped == n else run
    if rule is TriggerRule.NONE_SKIPPED:
        return skip if skipped else run
    if rule is TriggerRule.ALL_DONE_MIN_ONE_SUCCESS:
        return run if ok and not skipped else skip if skipped else lost
    assert rule is TriggerRule.ALL_DONE_SETUP_SUCCESS
    of_setups = [s for s, setup in zip(states, setups, strict=True) if setup]
    if not of_setups or "success" in of_setups:
        return run
    return skip if all(s in ("skipped", "self-skipped") for s in of_setups) else lost


def ours(rule: TriggerRule, upstreams: list[Upstream], states: tuple[str, ...]) -> str:
    """What Argo makes of our texts."""
    made = join(rule, upstreams)
    phases = {u.name: PHASES[s] for u, s in zip(upstreams, states, strict=True)}
    if made.depends and not evaluate_depends(made.depends, phases):
        return "upstream_failed"
    if made.when and not evaluate(
        made.when, {"tasks": {u.name: node(u, s) for u, s in zip(upstreams, states, strict=True)}}
    ):
        return "skipped"
    return "run"


def node(upstream: Upstream, state: str) -> dict[str, Any]:
    """A finished node as `when` sees it."""
    found: dict[str, Any] = {"status": PHASES[state]}
    if state in ("success", "self-skipped") and upstream.self_skip:
        found["outputs"] = {"parameters": {"af-state": "success" if state == "success" else "skipped"}}
    elif state == "skipped" and upstream.self_skip:
        found["outputs"] = {"parameters": {"af-state": "skipped"}}
    return found


def known_difference(rule: TriggerRule, states: tuple[str, ...]) -> bool:
    """The case that finding DAG013 names."""
    beside = {"failed", "upstream_failed"} & set(states)
    return rule is TriggerRule.ONE_SUCCESS and "success" not in states and "self-skipped" in states and bool(beside)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("rule", [r for r in TriggerRule if r is not TriggerRule.ALL_DONE_SETUP_SUCCESS])
def test_rule_over_all_states(rule: TriggerRule, count: int) -> None:
    """Upstreams that may do anything."""
    upstreams = [Upstream(f"u-{i}", skippable=True, self_skip=True) for i in range(count)]
    for states in itertools.product(STATES, repeat=count):
        if not known_difference(rule, states):
            assert ours(rule, upstreams, states) == model(rule, states), states


@pytest.mark.parametrize("rule", [r for r in TriggerRule if r is not TriggerRule.ALL_DONE_SETUP_SUCCESS])
def test_short_forms(rule: TriggerRule) -> None:
    """Upstreams of every kind beside each other: what cannot happen is left out of the texts, nothing else."""
    kinds = [(s, d) for s in (False, True) for d in (False, True)]
    for chosen in itertools.product(kinds, repeat=3):
        upstreams = [Upstream(f"u{i}", skippable=s, self_skip=d) for i, (s, d) in enumerate(chosen)]
        possible = [
            [x for x in STATES if (x != "skipped" or u.skippable) and (x != "self-skipped" or u.self_skip)]
            for u in upstreams
        ]
        for states in itertools.product(*possible):
            if not known_difference(rule, states):
                assert ours(rule, upstreams, states) == model(rule, states), (chosen, states)


@pytest.mark.parametrize("rule", [r for r in TriggerRule if r is not TriggerRule.ALL_DONE_SETUP_SUCCESS])
def test_loop_that_hides_its_skips(rule: TriggerRule) -> None:
    """Argo shows a loop as Succeeded, without outputs, when every instance was skipped by `when`."""
    loop, other = Upstream("m", True, True, mapped=True, hides_skips=True), Upstream("u", True)
    made = join(rule, [loop, other])
    for of_loop, of_other in itertools.product(STATES, STATES[:4]):
        if known_difference(rule, ("self-skipped" if of_loop == "skipped" else of_loop, of_other)):
            continue
        hidden = of_loop == "skipped"
        loop_node: dict[str, Any] = {"status": "Succeeded" if hidden else PHASES[of_loop]}
        if of_loop in ("success", "self-skipped"):
            word = "success" if of_loop == "success" else "skipped"
            loop_node["outputs"] = {"parameters": {"af-state": json.dumps([word, word])}}
        elif of_loop != "upstream_failed":
            loop_node["outputs"] = {"parameters": "[]"}
        phases = {"m": loop_node["status"], "u": PHASES[of_other]}
        some = {"m": of_loop in ("success", "self-skipped"), "u": of_other == "success"}
        nodes = {"tasks": {"m": loop_node, "u": node(other, of_other)}}
        got = "run"
        if made.depends and not evaluate_depends(made.depends, phases, any_succeeded=some):
            got = "upstream_failed"
        elif made.when and evaluate(made.when, nodes) is not True:
            got = "skipped"
        assert got == model(rule, (of_loop, of_other)), (of_loop, of_other)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_teardown_rule(count: int) -> None:
    """all_done_setup_success: what counts is the setups among the upstreams."""
    for flags in itertools.product((False, True), repeat=count):
        upstreams = [Upstream(f"u{i}", skippable=True, self_skip=False, setup=f) for i, f in enumerate(flags)]
        for states in itertools.product(STATES[:4], repeat=count):
            expected = model(TriggerRule.ALL_DONE_SETUP_SUCCESS, states, flags)
            assert ours(TriggerRule.ALL_DONE_SETUP_SUCCESS, upstreams, states) == expected, (flags, states)


def test_needed_setup_reaches_a_tolerant_task() -> None:
    """An indirect setup keeps even an all_done task from running."""
    setup = Upstream("s", skippable=True)
    made = join(TriggerRule.ALL_DONE, [Upstream("w")], [setup])
    assert not evaluate_depends(made.depends, {"w": "Failed", "s": "Failed"})
    assert evaluate_depends(made.depends, {"w": "Failed", "s": "Skipped"})
    assert not evaluate(made.when, {"tasks": {"s": {"status": "Skipped"}}})


def test_plain_chain_is_short() -> None:
    """The common case reads as a person would write it."""
    made = join(TriggerRule.ALL_SUCCESS, [Upstream("a"), Upstream("b")])
    assert (made.depends, made.when) == ("a.Succeeded && b.Succeeded", "")


ENDS = ("success", "failed", "self-skipped")
MIXES = [tuple(c) for n in (1, 2, 3) for c in itertools.combinations_with_replacement(ENDS, n)]


@pytest.mark.parametrize("rule", [r for r in TriggerRule if r is not TriggerRule.ALL_DONE_SETUP_SUCCESS])
@pytest.mark.parametrize("mix", MIXES)
@pytest.mark.parametrize("self_skip", [False, True])
def test_instances_of_a_mapped_upstream(rule: TriggerRule, mix: tuple[str, ...], self_skip: bool) -> None:
    """The instances of one fanned-out upstream count like so many upstreams."""
    if known_difference(rule, mix) or ("self-skipped" in mix and not self_skip):
        return
    upstream = Upstream("m", skippable=True, self_skip=self_skip, mapped=True)
    made = join(rule, [upstream])
    ended = ["skipped" if s == "self-skipped" else "success" for s in mix if s != "failed"]
    phase = "Failed" if "failed" in mix else "Succeeded"
    outputs: Any = {"af-state": json.dumps(ended)} if ended else "[]"
    tasks = {"m": {"status": phase, "outputs": {"parameters": outputs}}}
    if made.depends and not evaluate_depends(made.depends, {"m": phase}, any_succeeded={"m": bool(ended)}):
        found = "upstream_failed"
    else:
        found = "run" if not made.when or evaluate(made.when, {"tasks": tasks}) else "skipped"
    assert found == model(rule, mix)
