"""Questions about the graph of sibling nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from migrate.ir.workflow import Group, LiteralItems, Task, TriggerRule

Node = Task | Group

PASS_SKIPS_ON = frozenset(
    {
        TriggerRule.ALL_SUCCESS,
        TriggerRule.ONE_SUCCESS,
        TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
        TriggerRule.NONE_SKIPPED,
        TriggerRule.ALL_DONE_MIN_ONE_SUCCESS,
        TriggerRule.ALL_DONE_SETUP_SUCCESS,
    }
)
SKIP_BY_THEMSELVES = frozenset(
    {TriggerRule.ALL_FAILED, TriggerRule.ONE_FAILED, TriggerRule.ONE_DONE, TriggerRule.ALL_SKIPPED}
)


NEVER_LOST = frozenset(
    {
        TriggerRule.ALL_DONE,
        TriggerRule.ALWAYS,
        TriggerRule.ALL_FAILED,
        TriggerRule.ALL_SKIPPED,
        TriggerRule.ONE_FAILED,
        TriggerRule.ONE_DONE,
        TriggerRule.NONE_SKIPPED,
    }
)
"""Rules whose `depends` no failure makes false."""


class Siblings:
    """The nodes of one body and their edges. `skips_pass`: a skipped upstream counts as success (plain ordering)."""

    def __init__(self, nodes: Sequence[Node], *, skips_pass: bool = False) -> None:
        self.nodes: dict[str, Node] = {n.id: n for n in nodes}
        self.skips_pass = skips_pass
        self.up: dict[str, list[str]] = {
            n.id: [u for u in dict.fromkeys(e.node for e in n.upstream) if u in self.nodes] for n in nodes
        }
        self.down: dict[str, list[str]] = {i: [] for i in self.nodes}
        for node_id, ups in self.up.items():
            for u in ups:
                self.down[u].append(node_id)
        self.order = self._topological()
        self._skippable: dict[str, bool] | None = None

    def _topological(self) -> list[str]:
        """Upstreams first, otherwise in source order. Nodes on a cycle come last."""
        waiting = {i: len(self.up[i]) for i in self.nodes}
        ready = [i for i in self.nodes if not waiting[i]]
        out: list[str] = []
        for current in ready:
            out.append(current)
            for below in self.down[current]:
                waiting[below] -= 1
                if not waiting[below]:
                    ready.append(below)
        return out + [i for i in self.nodes if waiting[i] > 0]

    def rule(self, node_id: str) -> TriggerRule:
        """The join rule in force."""
        rule = self.nodes[node_id].rule
        return TriggerRule.NONE_FAILED if self.skips_pass and rule is TriggerRule.ALL_SUCCESS else rule

    def descendants(self, node_id: str) -> set[str]:
        """Everything below a node."""
        return _reach(self.down, node_id)

    def ancestors(self, node_id: str) -> set[str]:
        """Everything above a node."""
        return _reach(self.up, node_id)

    def skippable(self, node_id: str) -> bool:
        """Whether a node may end Skipped (mapping 2.3)."""
        if self._skippable is None:
            self._skippable = {}
            gated = self._gated()
            for i in self.order:
                self._skippable[i] = i in gated or self._may_skip(self.nodes[i], i)
        return self._skippable[node_id]

    def hides_skips(self, node_id: str) -> bool:
        """Whether a node is a loop of which Argo skips every instance, and then shows the loop itself as Succeeded
        (a loop over an empty list is Skipped)."""
        node = self.nodes[node_id]
        loop = isinstance(node, Task) and node.fan_out is not None and node.fan_out.order == "parallel"
        return loop and has_known_items(node) and not self.skips_pass and self.skippable(node_id)

    def soft_skip(self, node_id: str) -> bool:
        """Whether a node may skip itself while it runs and then reports that in its state output."""
        node = self.nodes[node_id]
        return isinstance(node, Task) and node.self_skip

    def gates(self, node_id: str) -> list[str]:
        """Branches and gates above that may skip this node, upstreams first."""
        above, out = self.ancestors(node_id), []
        for source in self.order:
            node = self.nodes[source]
            if source not in above or not isinstance(node, Task) or node.branch is None:
                continue
            if node.branch.spares_known_items and is_fixed(self.nodes[node_id]):
                continue
            everything = node.branch.kind == "gate" and node.branch.ignore_rules
            if source in self.up[node_id] or (everything and not is_teardown(self.nodes[node_id])):
                out.append(source)
        return out

    def may_fail_beside(self, node_id: str, gate: str) -> bool:
        """Whether a node may count as upstream_failed although this gate above it ended well and closed."""
        node = self.nodes[gate]
        closed = (
            self.descendants(gate) if isinstance(node, Task) and node.branch and node.branch.ignore_rules else set()
        )
        others = [u for u in self.up[node_id] if u != gate and u not in closed]
        return bool(others) and self.rule(node_id) not in NEVER_LOST

    def _gated(self) -> set[str]:
        out: set[str] = set()
        for i, node in self.nodes.items():
            if not isinstance(node, Task) or node.branch is None:
                continue
            reached = set(self.down[i])
            if node.branch.kind == "gate" and node.branch.ignore_rules:
                reached.update(b for b in self.descendants(i) if not is_teardown(self.nodes[b]))
            spares = node.branch.spares_known_items
            out.update(b for b in reached if not (spares and is_fixed(self.nodes[b])))
        return out

    def _may_skip(self, node: Node, i: str) -> bool:
        assert self._skippable is not None
        if node.condition is not None or may_be_empty(node) or self.rule(i) in SKIP_BY_THEMSELVES:
            return bool(self.up[i]) or node.condition is not None or may_be_empty(node)
        setups = [s for s in getattr(node, "setups", ()) if s in self.nodes]
        if any(self._skippable.get(s, True) or self.soft_skip(s) for s in setups):
            return True
        return self.rule(i) in PASS_SKIPS_ON and any(
            self._skippable.get(u, True) or self.soft_skip(u) for u in self.up[i]
        )


def may_be_empty(node: Node) -> bool:
    """Fanned out over a list that may have no items, which Argo shows as Skipped."""
    if node.fan_out is None:
        return False
    return not has_known_items(node)


def has_known_items(node: Node) -> bool:
    """Fanned out over items that are known at conversion."""
    items = node.fan_out.items if node.fan_out is not None else None
    return isinstance(items, LiteralItems) and bool(items.items)


def is_fixed(node: Node) -> bool:
    """Whether the instances of a node are there before the run starts."""
    return node.fan_out is not None and node.fan_out.fixed


def is_teardown(node: Node) -> bool:
    """A task that cleans up after others."""
    return isinstance(node, Task) and node.role == "teardown"


def is_setup(node: Node) -> bool:
    """A task that prepares something for others."""
    return isinstance(node, Task) and node.role == "setup"


def _reach(edges: Mapping[str, Sequence[str]], start: str) -> set[str]:
    seen: set[str] = set()
    stack = list(edges[start])
    while stack:
        current = stack.pop()
        if current not in seen:
            seen.add(current)
            stack.extend(edges[current])
    return seen
