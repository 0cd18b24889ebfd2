"""Workflows, tasks and groups.

A workflow's body is a sequence of nodes (tasks and groups) with edges between siblings. Airflow's plain task groups are
only `Task.group` (a name path); a `Group` node is a real nesting: a fanned-out group, or a Digdag parent task.
Task ids are the source's full ids and unique in the workflow, nested ones included.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Annotated
from typing import Literal as Lit

from pydantic import Field

from migrate.ir.actions import Action, BundledFile, ProjectFiles
from migrate.ir.base import Json, Model
from migrate.ir.exprs import Expr
from migrate.ir.schedule import Schedule
from migrate.source import Span


class TriggerRule(str, Enum):
    """When a task runs, given the states of its direct upstreams (`airflow/utils/trigger_rule.py`)."""

    ALL_SUCCESS = "all_success"
    ALL_FAILED = "all_failed"
    ALL_DONE = "all_done"
    ALL_DONE_MIN_ONE_SUCCESS = "all_done_min_one_success"
    ALL_DONE_SETUP_SUCCESS = "all_done_setup_success"
    ALL_SKIPPED = "all_skipped"
    ONE_SUCCESS = "one_success"
    ONE_FAILED = "one_failed"
    ONE_DONE = "one_done"
    NONE_FAILED = "none_failed"
    NONE_FAILED_MIN_ONE_SUCCESS = "none_failed_min_one_success"
    NONE_SKIPPED = "none_skipped"
    ALWAYS = "always"


class Edge(Model):
    """An upstream (sibling node) of a node. origin: explicit, data (a value flows), setup, order (Digdag file order)."""

    node: str
    origin: Lit["explicit", "data", "setup", "order"] = "explicit"
    label: str | None = None


class Retry(Model):
    """limit: further tries after the first. Seconds. factor > 1: exponential."""

    limit: int = 0
    delay: float = 300
    factor: float = 1
    max_delay: float | None = None


class Branch(Model):
    """This task decides what below it runs.

    kind `choose`: direct children not named in its answer are skipped; `gate`: all are when the answer is false.
    ignore_rules: the gate skips every descendant, whatever its rule. spares_known_items: it does not skip nodes that
    are fanned out over known items, whose instances exist before it decides.
    """

    kind: Lit["choose", "gate"]
    ignore_rules: bool = False
    spares_known_items: bool = False


class Limits(Model):
    """Concurrency: pool and slots, instances at once in one run / over all runs, priority, worker queue."""

    pool: str | None = None
    pool_slots: int = 1
    per_run: int | None = None
    over_all_runs: int | None = None
    priority: int | None = None
    queue: str | None = None


class Handler(Model):
    """Something that runs when a task or run reaches a state. `source`: the callback as written, for people."""

    event: Lit["success", "failure", "retry", "execute", "skipped", "deadline"]
    action: Action
    span: Span
    source: str = ""


class LiteralItems(Model):
    """Items known at conversion: mappings from argument name to value, in order of their index."""

    kind: Lit["items"] = "items"
    items: tuple[dict[str, Json], ...]


class Axes(Model):
    """Cross product of lists that are there when the run is; the first axis is the slowest. A mapping counts as a list
    of its [key, value] pairs."""

    kind: Lit["axes"] = "axes"
    axes: tuple[tuple[str, Expr], ...]


class KwargsList(Model):
    """A list of mappings from argument name to value that is there when the run is."""

    kind: Lit["kwargs-list"] = "kwargs-list"
    value: Expr


class Count(Model):
    """0 .. n-1, bound to `name`; the number may only be there when the run is."""

    kind: Lit["count"] = "count"
    name: str
    count: Expr


class RangeItems(Model):
    """Slices of a number range (Digdag `for_range>`): items {from, to, index} bound to `name`."""

    kind: Lit["range"] = "range"
    name: str
    start: Expr
    stop: Expr
    step: Expr | None = None
    slices: Expr | None = None


Items = Annotated[LiteralItems | Axes | KwargsList | Count | RangeItems, Field(discriminator="kind")]


class FanOut(Model):
    """One instance of the node per item. order: parallel; sequential (stop at the first failure); chunks of `width`.
    fixed: how many there are is known before the run, so that the source makes the instances when the run starts."""

    items: Items
    fixed: bool = False
    order: Lit["parallel", "sequential", "chunks"] = "parallel"
    width: int | None = None
    span: Span | None = None


class Node(Model):
    """What tasks and groups have in common."""

    id: str
    span: Span
    call_site: Span | None = None
    """Where the helper or loop that made it was called, when that is another place."""
    upstream: tuple[Edge, ...] = ()
    rule: TriggerRule = TriggerRule.ALL_SUCCESS
    condition: Expr | None = None
    """Runs only if true, else counts as skipped."""
    fan_out: FanOut | None = None
    retry: Retry = Retry()
    handlers: tuple[Handler, ...] = ()
    doc: str | None = None
    name: str | None = None


class Task(Node):
    """One task. `operator` is the source's class or operator name, for people and for `inspect`."""

    kind: Lit["task"] = "task"
    operator: str
    action: Action
    group: str | None = None
    branch: Branch | None = None
    self_skip: bool = False
    """It may decide by itself, while running, that it counts as skipped."""
    role: Lit["work", "setup", "teardown"] = "work"
    setups: tuple[str, ...] = ()
    """Setups whose result this task needs although they are no direct upstreams."""
    fails_run: bool = True
    """A failed teardown fails the run only if true."""
    timeout: float | None = None
    limits: Limits = Limits()
    depends_on_past: bool = False
    wait_for_downstream: bool = False
    keeps_result: bool = True
    """Its return value is kept for others (false: whoever asks for it gets nothing)."""
    pushes: tuple[str, ...] = ("return_value",)
    """Keys of values it may produce that somebody reads; filled by `needed_outputs`."""
    produces: tuple[str, ...] = ()
    """Data sets / assets it updates."""
    pod: dict[str, Json] = Field(default_factory=dict)
    """Kubernetes overrides that the source gave for its worker pod (executor_config), camelCase PodSpec."""
    owner: str | None = None
    source_text: str = ""
    export: tuple[tuple[str, Expr], ...] = ()


class Group(Node):
    """A nested body with its own retry, condition, fan-out and handlers.

    `outputs_from`: node whose return value is the group's (None: no value).
    export: parameters set for everything below (Digdag).
    """

    kind: Lit["group"] = "group"
    nodes: tuple[Annotated[Task | Group, Field(discriminator="kind")], ...] = ()
    operator: str = ""
    export: tuple[tuple[str, Expr], ...] = ()
    outputs_from: str | None = None


Group.model_rebuild()

PLACEHOLDER = "tasks-not-converted"
"""Id of the step that stands in a workflow whose tasks were lost."""
AnyNode = Annotated[Task | Group, Field(discriminator="kind")]


class Param(Model):
    """A run parameter. value: its default; required: there is none. schema: JSON Schema keywords as given."""

    name: str
    value: Json = None
    required: bool = False
    description: str = ""
    schema_: dict[str, Json] = Field(default_factory=dict, alias="schema")

    model_config = Model.model_config | {"populate_by_name": True}


class Deadline(Model):
    """A time by which the run should be over, which is not converted: as written."""

    time: str


class Workflow(Model):
    """One workflow of the source system. `system` and `generation`: `airflow` `2.11`, `digdag` `0.10`."""

    id: str
    span: Span
    system: str
    generation: str = ""
    nodes: tuple[AnyNode, ...] = ()
    schedule: Schedule | None = None
    params: tuple[Param, ...] = ()
    timeout: float | None = None
    max_active_runs: int | None = None
    max_active_tasks: int | None = None
    fail_fast: bool = False
    handlers: tuple[Handler, ...] = ()
    retry: Retry = Retry()
    deadline: Deadline | None = None
    description: str = ""
    doc: str | None = None
    tags: tuple[str, ...] = ()
    owner: str | None = None
    email: tuple[str, ...] = ()
    paused: bool | None = None
    depends_on_past: bool = False
    max_consecutive_failures: int | None = None
    native_templates: bool = False
    files: tuple[BundledFile, ...] = ()
    project: ProjectFiles | None = None
    export: tuple[tuple[str, Expr], ...] = ()
    run_id_pattern: str | None = None

    def tasks(self) -> Iterator[Task]:
        """All tasks, nested ones included, in order."""
        for node in walk_nodes(self.nodes):
            if isinstance(node, Task):
                yield node


def walk_nodes(nodes: tuple[Task | Group, ...]) -> Iterator[Task | Group]:
    """Nodes and everything nested in them, parents first."""
    for node in nodes:
        yield node
        if isinstance(node, Group):
            yield from walk_nodes(node.nodes)
