"""Task groups: plain ones are only names; fanned-out ones nest."""

from __future__ import annotations

from migrate.diagnostics.building import MixedGroupRules
from migrate.ir.workflow import Group, Task, TriggerRule
from parsers.airflow.build.edges import enters, group_edges, nest_of
from parsers.airflow.build.mapping import fan_out
from parsers.airflow.context import DagContext
from parsers.airflow.evaluator.values import GroupObject, TaskObject, XComArg

_WITH_A_SUCCESS = {
    TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS: TriggerRule.NONE_FAILED,
    TriggerRule.ONE_SUCCESS: TriggerRule.ALL_DONE,
    TriggerRule.ONE_DONE: TriggerRule.ALL_DONE,
}
"""What a rule asks of the other upstreams when one has succeeded: those outside of a group that has started have."""


def nest(context: DagContext, built: dict[str, Task | Group]) -> tuple[Task | Group, ...]:
    """The tasks in order of creation; those of a fanned-out group inside a group node at the place of the first."""
    return _level(context, built, [])


def _level(context: DagContext, built: dict[str, Task | Group], around: list[GroupObject]) -> tuple[Task | Group, ...]:
    nodes: list[Task | Group] = []
    done: set[str] = set()
    for task_id, task in built.items():
        chain = nest_of(context.dag.tasks[task_id].group)
        if chain[: len(around)] != around:
            continue
        if len(chain) == len(around):
            nodes.append(task)
            continue
        group = chain[len(around)]
        if group.id is not None and group.id not in done:
            done.add(group.id)
            nodes.append(_group(context, built, group, [*around, group]))
    return tuple(nodes)


def _group(context: DagContext, built: dict[str, Task | Group], group: GroupObject, around: list[GroupObject]) -> Group:
    assert group.id is not None and group.mapping is not None
    tasks = [task for task in context.dag.tasks.values() if group in nest_of(task.group)]
    entering = [built[task.task_id] for task in tasks if enters(context, group, task)]
    rules = list(dict.fromkeys(task.rule for task in entering))
    if len(rules) > 1:
        shown = ", ".join(rule.value for rule in rules)
        context.report(MixedGroupRules, group.span, group=group.id, rules=shown)
    rule = rules[0] if len(rules) == 1 else TriggerRule.ALL_SUCCESS
    if rule is TriggerRule.ALL_SUCCESS:
        for task in entering:
            if task.rule in _WITH_A_SUCCESS:
                built[task.id] = task.model_copy(update={"rule": _WITH_A_SUCCESS[task.rule]})
    tooltip = group.arguments.get("tooltip")
    return Group(
        id=group.id,
        span=group.span or context.dag.span,
        call_site=group.call_site,
        upstream=group_edges(context, group, tasks),
        rule=rule,
        fan_out=fan_out(context, group, group.mapping),
        nodes=_level(context, built, around),
        operator="task_group",
        outputs_from=_returned(group),
        doc=tooltip.value if tooltip is not None and isinstance(tooltip.value, str) and tooltip.value else None,
    )


def _returned(group: GroupObject) -> str | None:
    value = group.returned
    if isinstance(value, XComArg) and value.task is not None:
        return value.task.task_id
    return value.task_id if isinstance(value, TaskObject) else None
