"""`param_get>` and `param_set>`.

Rules (digdag-standards `operator/param/*.java`, digdag-core `WorkflowExecutor.java`, `TaskConfig.java`; seen in a run
with a Redis server): every key of the task is a parameter's, `_retry` and a command included, but those that Digdag
takes away before; null ones are passed over, lists and mappings are refused.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from migrate.diagnostics.digdag import FailsWhenItRuns, ParametersInConfigMap
from migrate.ir import actions as a
from migrate.ir import workflow as w
from parsers.digdag.catalog import operator
from parsers.digdag.scoped import scoped, scoped_task

if TYPE_CHECKING:
    from parsers.digdag.build import Builder
    from parsers.digdag.scope import Scope
    from parsers.digdag.tree import DigTask

TAKEN_AWAY = ("_export", "_after", "_background", "_check", "_error")
LONGEST_SAMPLE = 97
TEXT = (
    "[reference type, class com.google.common.base.Optional<java.lang.String><[simple type, class java.lang.String]>]"
)


@operator("param_get", "reads ConfigMap `digdag-params` from the pod")
def param_get(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
    """Stores what earlier runs kept."""
    return _kept(task, scope, node_id, builder, stores=True)


@operator("param_set", "writes ConfigMap `digdag-params` from the pod")
def param_set(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
    """Keeps parameters for later runs."""
    return _kept(task, scope, node_id, builder, stores=False)


def _kept(task: DigTask, scope: Scope, node_id: str, builder: Builder, *, stores: bool) -> w.Task:
    assert task.operator is not None
    keys = {k: v for k, v in task.config.items() if k not in TAKEN_AWAY}
    shown = builder.literals.hide(keys, set())
    fault = next((_refusal(k, shown[k]) for k, v in keys.items() if isinstance(v, dict | list)), "")
    if fault:
        builder.find(FailsWhenItRuns, task, error=fault)
        failing = a.Scoped(operation="fail", command=fault.replace("$", "$$"))
        return scoped_task(task, node_id, failing, scope, builder)
    builder.find(ParametersInConfigMap, task, operator=task.operator)
    action = scoped(task, scope, builder, task.operator, settings=keys, stores=stores)
    return scoped_task(task, node_id, action, scope, builder)


def _refusal(key: str, value: Any) -> str:
    """What Digdag says of a value that is no scalar."""
    kind = "object" if isinstance(value, dict) else "array"
    sample = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if len(sample) > LONGEST_SAMPLE + 2:
        sample = sample[:LONGEST_SAMPLE] + "..."
    return f"Expected {TEXT} for key '{key}' but got {sample} ({kind}) (config)"
