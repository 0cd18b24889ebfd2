"""A workflow on its way to manifests: templates that call templates, still tied to the nodes they come from.

`passes` turn a `Plan` into a fuller `Plan`; `build` writes it down without deciding anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from emitters.argo import manifest as m
from emitters.argo.context import TemplateContext
from emitters.argo.site import Site
from migrate.config import Config
from migrate.diagnostics.base import Sink
from migrate.ir.workflow import Group, Task, Workflow, walk_nodes
from migrate.output import Needs

ROOT = "main"


@dataclass(frozen=True)
class Loop:
    """One instance of a call per item: literal `items`, or a list that the expression `param` yields."""

    items: tuple[Any, ...] | None = None
    param: str | None = None


@dataclass(frozen=True)
class Call:
    """A task of a dag template.

    name: Argo name. template: what it calls. node: the source node it stands for (None: a helper of ours). waits: names
    of the calls that `depends` names. certain: calls that have surely succeeded when this one starts. when: expression
    clauses, all of which must hold. after: ids of nodes whose end it also waits for, because it reads their values.
    """

    name: str
    template: str
    node: Task | Group | None = None
    waits: tuple[str, ...] = ()
    certain: frozenset[str] = frozenset()
    depends: str = ""
    when: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    arguments: Mapping[str, str] = field(default_factory=dict)
    loop: Loop | None = None
    hooks: Mapping[str, m.Hook] = field(default_factory=dict)
    comment: str = ""

    @property
    def id(self) -> str:
        """Source id; empty for a helper."""
        return self.node.id if self.node is not None else ""


@dataclass(frozen=True)
class Body:
    """A dag template. parent: (name of the body, name of the call) that calls it; None for the root.

    inputs: parameter -> default text (None: the caller gives it). outputs: parameter -> output it forwards.
    """

    name: str
    calls: tuple[Call, ...] = ()
    node: Task | Group | None = None
    parent: tuple[str, str] | None = None
    inputs: Mapping[str, str | None] = field(default_factory=dict)
    outputs: Mapping[str, m.ValueFrom] = field(default_factory=dict)
    parallelism: int | None = None
    retry: m.RetryStrategy | None = None
    comment: str = ""
    sequence: bool = False
    """It runs the instances of its node in order; it is not an instance itself."""
    item_texts: Mapping[str, str] = field(default_factory=dict)
    """Call -> the text of its item, where that is not simply `{{item}}`."""

    def call(self, name: str) -> Call:
        """The call of that name. Raises KeyError."""
        for call in self.calls:
            if call.name == name:
                return call
        raise KeyError(name)

    def with_call(self, call: Call) -> Body:
        """The body with the call of the same name replaced."""
        return replace(self, calls=tuple(call if c.name == call.name else c for c in self.calls))


@dataclass(frozen=True)
class Leaf:
    """A template that runs something, with the context it was built in."""

    template: m.Template
    ctx: TemplateContext
    comment: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    """(body, call) of the calls that use it."""
    helper: bool = False
    """It is a step of ours; it stands for no node of the source."""


@dataclass(frozen=True)
class Plan:
    """Everything about one workflow's objects. names: source node id -> Argo name."""

    workflow: Workflow
    slug: str
    names: Mapping[str, str]
    bodies: tuple[Body, ...] = ()
    leaves: tuple[Leaf, ...] = ()
    parameters: tuple[m.Parameter, ...] = ()
    """Parameters of the workflow."""
    on_exit: str | None = None
    extra: tuple[m.Template, ...] = ()
    """Further templates, at the end."""
    synchronization: m.Synchronization | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of the workflow's spec."""
    needs: Needs = field(default_factory=Needs)
    common_code: frozenset[str] = frozenset()
    """Code of tasks that is kept once, in ConfigMap `<slug>-src`."""

    def body(self, name: str) -> Body:
        """The body of that name. Raises KeyError."""
        for body in self.bodies:
            if body.name == name:
                return body
        raise KeyError(name)

    def with_body(self, body: Body) -> Plan:
        """The plan with the body of the same name replaced, or added."""
        if any(b.name == body.name for b in self.bodies):
            return replace(self, bodies=tuple(body if b.name == body.name else b for b in self.bodies))
        return replace(self, bodies=(*self.bodies, body))

    def all_calls(self) -> Iterator[tuple[Body, Call]]:
        """Every call with the body it stands in."""
        for body in self.bodies:
            for call in body.calls:
                yield body, call


@dataclass(frozen=True)
class PassContext:
    """What passes may use besides the plan."""

    config: Config
    site: Site
    sink: Sink


Pass = Callable[[Plan, PassContext], Plan]


def place_of(plan: Plan, source_id: str) -> tuple[Body, Call] | None:
    """The call that stands for a source node: for a task that is wrapped, the innermost one."""
    found = None
    for body, call in plan.all_calls():
        if call.node is not None and call.node.id == source_id:
            found = (body, call)
    return found


def chain_of(plan: Plan, body: Body) -> list[Body]:
    """The bodies from the root down to this one."""
    chain = [body]
    while chain[0].parent is not None:
        chain.insert(0, plan.body(chain[0].parent[0]))
    return chain


def node_ids(workflow: Workflow) -> list[str]:
    """Ids of all nodes, nested ones included."""
    return [n.id for n in walk_nodes(workflow.nodes)]
