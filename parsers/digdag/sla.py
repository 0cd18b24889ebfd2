"""`sla:` of a workflow: a step beside its tasks waits for the moment. If the run is still going on then, the tasks
below `sla` run, and with `fail: true` the run ends as failed (nothing is stopped).

Rules: digdag-core `workflow/SlaCalculator.java`, `WorkflowExecutor.addSlaMonitorTasks`: the moment counts from the time
of the run; a `time` that is over by then means the next day; alert, failure and tasks start together.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from migrate.diagnostics.digdag import AlertIsPrinted, DeadlineWatched, DeadlineWithoutEffect
from migrate.ir import actions as a
from migrate.ir import exprs as e
from migrate.ir import workflow as w
from parsers.digdag.dig_yaml import DigMap
from parsers.digdag.errors import DigError
from parsers.digdag.tree import DigTask, boolean, compile_tasks

if TYPE_CHECKING:
    from parsers.digdag.build import Builder
    from parsers.digdag.scope import Scope

CLOCK = re.compile(r"([-+]?\d+):([-+]?\d+)(?::([-+]?\d+))?:*")
VIOLATION = "SLA violation"


def config_of(builder: Builder) -> DigMap | None:
    """The `sla:` of the workflow, if it has one."""
    config = builder.workflow.config
    found = config.get("sla")
    if found is not None and not isinstance(found, DigMap):
        raise DigError("start", "Parameter 'sla' must be an object", config.where("sla"))
    return found


def deadline(builder: Builder) -> w.Deadline | None:
    """A deadline that is not converted: that of a workflow which is tried again as a whole."""
    config = config_of(builder)
    if config is None:
        return None
    moment_of(config)
    if "_retry" not in builder.workflow.root.config:
        return None
    return w.Deadline(time=str(config.get("time") or config.get("duration") or ""))


def sla_nodes(builder: Builder, scope: Scope) -> tuple[w.Task | w.Group, ...]:
    """The nodes beside the tasks of the workflow; none without `sla:`."""
    config = config_of(builder)
    root = builder.workflow.root
    if config is None or "_retry" in root.config:
        return ()
    tasks = tasks_of(builder, config)
    if tasks is None:
        return ()
    span, name = root.config.where("sla"), f"{root.full_name}^sla"
    kind, seconds = moment_of(config)
    late = a.Scoped(operation="late", settings={kind: seconds}, zone=scope.zone)
    watch = step(builder, f"{name}~late", late)
    shown = str(config[kind])
    nodes: list[w.Task | w.Group] = []
    if switched(config, "alert", default=True):
        nodes.append(step(builder, f"{name}^alert", a.Scoped(operation="echo", command=VIOLATION)))
        builder.find(AlertIsPrinted, root, span, deadline=shown)
    if switched(config, "fail", default=False):
        nodes.append(step(builder, f"{name}^fail", a.Scoped(operation="fail", command=VIOLATION)))
    if tasks.children or tasks.operator:
        nodes.append(builder.node(tasks, scope))
    builder.find(DeadlineWatched, root, span, deadline=shown)
    condition = e.Compare(op="==", left=e.OutputRef(task=watch.id), right=e.Literal(value=True))
    edges = (w.Edge(node=watch.id, origin="order"),)
    return (watch, *(n.model_copy(update={"upstream": edges, "condition": condition}) for n in nodes))


def tasks_of(builder: Builder, config: DigMap) -> DigTask | None:
    """The tasks below `sla`. None, with a finding, where Digdag cannot compile them: that happens at the moment, and
    then it does nothing at all."""
    root = builder.workflow.root
    try:
        return compile_tasks(root.full_name, "^sla", config.without("time", "duration", "alert", "fail"), config.span)
    except DigError as error:
        builder.find(DeadlineWithoutEffect, root, error.span, error=error.message)
        return None


def switched(config: DigMap, key: str, *, default: bool) -> bool:
    """A boolean; what is none counts as the default."""
    try:
        return default if config.get(key) is None else boolean(config, key)
    except DigError:
        return default


def moment_of(config: DigMap) -> tuple[str, int]:
    """(`time` or `duration`, its seconds). Raises DigError for what Digdag refuses when a run starts."""
    given = [key for key in ("time", "duration") if config.get(key) is not None]
    if len(given) != 1:
        raise DigError("start", "SLA must be specified using either the 'time' or 'duration' option", config.span)
    match = CLOCK.fullmatch(str(config[given[0]]))
    if match is None:
        text = f"SLA {given[0]} option needs to be HH:MM or HH:MM:SS format: {config[given[0]]}"
        raise DigError("start", text, config.where(given[0]))
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return given[0], hours * 3600 + minutes * 60 + seconds


def step(builder: Builder, node_id: str, action: Any) -> w.Task:
    """A step of the watch."""
    root = builder.workflow.root
    return w.Task(id=node_id, span=root.config.where("sla"), operator=f"{action.operation}>", action=action)
