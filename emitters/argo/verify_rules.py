"""Proof of the rules of one workflow from its manifest and its facts."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from emitters.argo.language import EvaluationError, ParseError, evaluate, evaluate_depends
from emitters.argo.readback import ReadTask, ReadWorkflow
from emitters.argo.rule_model import LOST, RUN, SKIP, expected
from emitters.argo.verify_graph import levels

PHASE = {"success": "Succeeded", "failed": "Failed", "upstream_failed": "Omitted", "skipped": "Skipped"}
LIMIT = 5000
"""Mixes of states that are tried per task; above, every state with every other in pairs."""


def rule_problems(read: ReadWorkflow, facts: Mapping[str, Any]) -> tuple[int, list[str], list[str]]:
    """(number of state mixes tried, problems, what is not part of the proof)."""
    places = {task.id: (dag, task) for dag, task in reversed(list(read.nodes()))}
    order_only = facts["system"] == "digdag"
    tried = 0
    problems: list[str] = []
    left: list[str] = []
    for siblings in levels(facts["nodes"]):
        by_id = {n["id"]: n for n in siblings}
        for node in siblings:
            if node["id"] not in places or not node.get("upstream"):
                continue
            if not isinstance(node.get("condition", {}), dict):
                left.append(f"condition of `{node['id']}`")
                continue
            table = _Table(read, *places[node["id"]], node, by_id, places, order_only)
            count, found = table.run()
            tried += count
            problems += found
            if table.in_pairs:
                left.append(f"`{node['id']}`: of its {len(table.upstream)} upstreams only pairs of states were tried")
    return tried, problems, left


class _Table:
    """The truth table of one task."""

    def __init__(
        self,
        read: ReadWorkflow,
        dag: str,
        task: ReadTask,
        node: Mapping[str, Any],
        by_id: Mapping[str, Mapping[str, Any]],
        places: Mapping[str, tuple[str, ReadTask]],
        order_only: bool,
    ) -> None:
        self.read, self.dag, self.task, self.node = read, dag, task, node
        self.by_id = by_id
        self.names = {i: places[i][1].name for i in by_id if i in places}
        self.upstream = [u for u in node["upstream"] if u in by_id]
        self.setups = [s for s in node.get("setups", ()) if s in by_id and s not in self.upstream]
        self.rule = "none_failed" if order_only and node["rule"] == "all_success" else node["rule"]
        self.order_only = order_only
        self.in_pairs = False
        self.condition: Mapping[str, Any] = node.get("condition") or {}
        self.answer = self.condition.get("value")

    def run(self) -> tuple[int, list[str]]:
        """Tries all mixes, under every answer to the node's condition; stops at the first problem."""
        count, problems = self._mixed()
        for other in self._other_answers() if not problems else ():
            self.answer = other
            more, problems = self._mixed()
            count += more
            if problems:
                return count, [f"{problems[0]} (its condition being {json.dumps(other)})"]
        return count, problems

    def _other_answers(self) -> list[Any]:
        """Answers under which the node must not run."""
        return [a for a in (True, False, None) if a is not self.answer] if self.condition else []

    def _mixed(self) -> tuple[int, list[str]]:
        count = 0
        for states in self._mixes():
            count += 1
            want = self._expected(states)
            try:
                got = self._outcome(states)
                closed = self._closed_gate_problem(states, want)
                if closed:
                    return count, [closed]
            except (EvaluationError, ParseError) as problem:
                return count, [f"`{self.node['id']}`: {problem}"]
            if got != want and not self._known(states, want, got):
                mix = ", ".join(f"{i} {s}" for i, s in states.items())
                return count, [f"`{self.node['id']}` ({self.rule}) with {mix}: {got} instead of {want}"]
        return count, []

    def _closed_gate_problem(self, states: Mapping[str, str], want: str) -> str:
        """A branch or gate among the upstreams that follows nothing, or everything else, must skip the task; one that
        follows just this task must not."""
        for gate in self.upstream:
            branch = self.by_id[gate].get("branch")
            if not branch or states[gate] != "success" or want == LOST:
                continue
            if branch.get("spares") and self.node.get("fixed"):
                continue
            against: list[list[str]] = [[]] if branch["kind"] == "gate" else [[], self._elsewhere()]
            for answer in against:
                got = self._outcome(states, gate, answer)
                if got != SKIP:
                    return f"`{self.node['id']}` is not skipped when `{gate}` decides against it ({got})"
            got = self._outcome(states, gate, [self.node["id"]])
            if got != want and not self._known(states, want, got):
                return f"`{self.node['id']}`: {got} instead of {want} when `{gate}` decides for it"
        return ""

    def _elsewhere(self) -> list[str]:
        """Nodes that a branch may follow without coming to this one."""
        above, waiting = set(), [self.node["id"]]
        while waiting:
            current = waiting.pop()
            if current not in above and current in self.by_id:
                above.add(current)
                waiting.extend(self.by_id[current].get("upstream", ()))
        return [i for i in self.by_id if i not in above]

    def _mixes(self) -> Iterator[dict[str, str]]:
        """States of direct upstreams and needed setups that can come to be."""
        subjects = [*self.upstream, *self.setups]
        choices = [self._possible(i) for i in subjects]
        size = 1
        for c in choices:
            size *= len(c)
        if size <= LIMIT:
            for mix in itertools.product(*choices):
                yield dict(zip(subjects, mix, strict=True))
            return
        self.in_pairs = True
        plain = [c[0] for c in choices]
        for i, j in itertools.combinations(range(len(subjects)), 2):
            for one, two in itertools.product(choices[i], choices[j]):
                mix = (*plain[:i], one, *plain[i + 1 : j], two, *plain[j + 1 :])
                yield dict(zip(subjects, mix, strict=True))

    def _possible(self, i: str) -> list[str]:
        node, states = self.by_id[i], ["success", "failed"]
        if node.get("upstream"):
            states.append("upstream_failed")
        if self._may_be_skipped(i):
            states.append("skipped")
        if node.get("self_skip"):
            states.append("self-skipped")
        return states

    def _may_be_skipped(self, i: str) -> bool:
        """Skipped can be told from the manifest: the task has a `when`, or is a loop over a list of run time."""
        name = self.names.get(i)
        task = self.read.dags[self.dag].get(name or "")
        return task is not None and bool(task.when or (task.looped and not task.raw.get("withItems")))

    def _expected(self, states: Mapping[str, str]) -> str:
        plain = {i: "skipped" if s == "self-skipped" else s for i, s in states.items()}
        flags = [self.by_id[u].get("role") == "setup" for u in self.upstream]
        found = expected(self.rule, [plain[u] for u in self.upstream], flags)
        asked = str(self.condition.get("task"))
        if self.condition and found == RUN and (self._not_met() or states.get(asked, "success") != "success"):
            found = SKIP
        for setup in self.setups:
            if plain[setup] in ("failed", "upstream_failed"):
                return LOST
            if plain[setup] == "skipped" and found == RUN:
                found = SKIP
        return found

    def _not_met(self) -> bool:
        return self.answer is not self.condition["value"]

    def _outcome(self, states: Mapping[str, str], gate: str = "", answer: Sequence[str] = ()) -> str:
        """What Argo does with the task. Branches and gates follow everything, but for `gate`, which gives `answer`."""
        phases: dict[str, str] = {}
        values: dict[str, Any] = {}
        above = self.read.ancestors(self.dag, self.task.name)
        for name, task in self.read.dags[self.dag].items():
            state = states.get(task.id, "success")
            phases[name] = "Succeeded" if self._hidden(task, state) else PHASE.get(state, "Succeeded")
            if name in above:
                values[name] = self._node(task, state, answer if task.id == gate else list(self.by_id))
        return self._decide(self.task, phases, values)

    def _decide(self, task: ReadTask, phases: dict[str, str], values: dict[str, Any]) -> str:
        for name in task.upstream:
            helper = self.read.dags[self.dag].get(name)
            if helper is not None and not helper.id:
                outcome = self._decide(helper, phases, values)
                phases[name] = {RUN: "Succeeded", SKIP: "Skipped", LOST: "Omitted"}[outcome]
                values[name] = {"status": phases[name], "outputs": {"parameters": {}}}
        ended = {n: phases[n] == "Succeeded" for n in phases}
        if task.depends and not evaluate_depends(task.depends, phases, any_succeeded=ended):
            return LOST
        if task.when and evaluate(task.when, {"tasks": values}) is not True:
            return SKIP
        return RUN

    @staticmethod
    def _hidden(task: ReadTask, state: str) -> bool:
        """A loop over known items of which every instance is skipped: Argo shows it as Succeeded, with no outputs."""
        return state == "skipped" and bool(task.raw.get("withItems"))

    def _node(self, task: ReadTask, state: str, answer: Sequence[str]) -> dict[str, Any]:
        node = self.by_id.get(task.id, {})
        if self._hidden(task, state):
            return {"status": "Succeeded", "outputs": {"parameters": "[]"}}
        found: dict[str, Any] = {"status": PHASE.get(state, "Succeeded")}
        outputs: dict[str, Any] = {}
        if state in ("success", "self-skipped"):
            outputs = {"branch": json.dumps(list(answer)), "go": "true" if answer else "false"}
            word = "skipped" if state == "self-skipped" else "success"
            if task.id == self.condition.get("task"):
                outputs[self.condition["output"]] = json.dumps(self.answer)
            outputs["af-state"] = f'["{word}"]' if node.get("loop") else word
        if outputs or state in ("skipped", "upstream_failed"):
            found["outputs"] = {"parameters": outputs}
        return found

    def _known(self, states: Mapping[str, str], want: str, got: str) -> bool:
        """The difference that finding DAG013 names."""
        return self.rule == "one_success" and "self-skipped" in states.values() and (want, got) == (LOST, SKIP)
