"""Each pass on a small workflow: what its docstring promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emitters.argo.plan import Plan
from migrate.ir import exprs as e
from migrate.ir.actions import Container, Hosted
from migrate.ir.workflow import (
    Branch,
    FanOut,
    Group,
    KwargsList,
    Limits,
    LiteralItems,
    Param,
    Retry,
    TriggerRule,
)

After = Callable[[Any, str], Plan]


def call(plan: Plan, name: str, body: str = "main") -> Any:
    return plan.body(body).call(name)


def out(task: str, key: str = "return_value") -> e.OutputRef:
    return e.OutputRef(task=task, key=key)


def test_outputs_are_what_somebody_reads(make: Any, after: After) -> None:
    reader = make.python("b", "a", kwargs=(("x", out("a")), ("y", out("a", "count"))))
    plan = after(make.workflow(make.python("a"), reader), "outputs")
    assert [t.pushes for t in plan.workflow.tasks()] == [("return_value", "count"), ()]


def test_groups_are_templates_of_their_own(make: Any, after: After) -> None:
    group = Group(id="g", span=make.span, nodes=(make.noop("c"), make.noop("d", "c")), upstream=())
    plan = after(make.workflow(make.noop("a"), group), "groups")
    assert [b.name for b in plan.bodies] == ["main", "g"]
    assert plan.body("g").parent == ("main", "g")
    assert [c.name for c in plan.body("g").calls] == ["c", "d"]


@pytest.mark.parametrize(
    ("rule", "inner", "told"),
    [
        (TriggerRule.ALL_SUCCESS, {"self_skip": True}, True),
        (TriggerRule.NONE_SKIPPED, {"rule": TriggerRule.ONE_FAILED}, True),
        (TriggerRule.NONE_FAILED, {"self_skip": True}, False),
        (TriggerRule.ALL_SUCCESS, {}, False),
    ],
)
def test_a_skip_inside_of_a_fanned_out_group_is_told(
    make: Any, write: Any, rule: TriggerRule, inner: dict[str, Any], told: bool
) -> None:
    items = FanOut(items=LiteralItems(items=({"x": 1}, {"x": 2})))
    group = Group(id="g", span=make.span, nodes=(make.noop("c"), make.python("d", "c", **inner)), fan_out=items)
    written = write(make.workflow(group, make.noop("end", "g", rule=rule)))
    assert ("DAG005" in {d.code for d in written.sink.all()}) is told


def test_join_rules_short_form_for_what_cannot_be_skipped(make: Any, after: After) -> None:
    plan = after(make.workflow(make.noop("a"), make.noop("b"), make.noop("c", "a", "b")), "join_rules")
    assert call(plan, "c").depends == "a.Succeeded && b.Succeeded"
    assert call(plan, "c").certain == {"a", "b"}


def test_a_run_state_stands_where_argo_would_judge_otherwise(make: Any, after: After) -> None:
    watcher = make.noop("watch", "a", rule=TriggerRule.ONE_FAILED)
    plan = after(make.workflow(make.noop("a"), watcher), "join_rules")
    assert call(plan, "af-run-state").depends == "(watch.Succeeded || watch.Skipped)"
    plain = after(make.workflow(make.noop("a"), make.noop("b", "a")), "join_rules")
    assert [c.name for c in plain.body("main").calls] == ["a", "b"]


def test_teardown_is_ignored_by_the_run_state(make: Any, after: After) -> None:
    teardown = make.noop("t", "w", "s", rule=TriggerRule.ALL_DONE_SETUP_SUCCESS, role="teardown", fails_run=False)
    plan = after(make.workflow(make.noop("s", role="setup"), make.noop("w", "s"), teardown), "join_rules")
    state = call(plan, "af-run-state").depends
    assert state.startswith("w.Succeeded && (t.Succeeded || t.Failed")


def test_branch_children_test_the_answer(make: Any, after: After) -> None:
    choose = make.python("choose", mode="choose", branch=Branch(kind="choose"))
    nodes = (choose, make.noop("a", "choose"), make.noop("b", "choose"), make.noop("j", "a", "b", "choose"))
    plan = after(make.workflow(*nodes), "branches")
    assert call(plan, "a").when == ("'a' in fromJSON(tasks['choose'].outputs.parameters.branch)",)
    assert "['j', 'a', 'b']" in call(plan, "j").when[-1]
    assert call(plan, "j").depends.startswith("af-follow-j.Skipped || (")


def test_branch_may_answer_with_a_task_from_elsewhere_above_the_child(make: Any, after: After) -> None:
    choose = make.python("choose", "first", mode="choose", branch=Branch(kind="choose"))
    nodes = (make.noop("first"), choose, make.noop("side", "first"), make.noop("a", "choose", "side"))
    when = call(after(make.workflow(*nodes), "branches"), "a").when[-1]
    assert "['a', 'side']" in when


def test_branch_spares_instances_that_are_there_before(make: Any, after: After) -> None:
    choose = make.python("choose", mode="choose", branch=Branch(kind="choose", spares_known_items=True))
    known = make.python("known", "choose", fan_out=FanOut(items=LiteralItems(items=({"x": 1},)), fixed=True))
    later = make.python("later", "choose", fan_out=FanOut(items=KwargsList(value=out("choose"))))
    plan = after(make.workflow(choose, known, later), "branches")
    assert call(plan, "known").when == ()
    assert call(plan, "later").when


def test_a_gate_reaches_every_descendant_but_teardowns(make: Any, after: After) -> None:
    gate = make.python("g", mode="gate", branch=Branch(kind="gate", ignore_rules=True))
    done = make.noop("z", "y", rule=TriggerRule.ALL_DONE)
    down = make.noop("t", "z", role="teardown", rule=TriggerRule.ALL_DONE_SETUP_SUCCESS)
    plan = after(make.workflow(gate, make.noop("y", "g"), done, down), "branches")
    assert call(plan, "y").when == ("tasks['g'].outputs.parameters.go != 'false'",)
    assert "go" in call(plan, "z").when[0]
    assert call(plan, "t").when == ()


def test_literal_items(make: Any, after: After) -> None:
    items = FanOut(items=LiteralItems(items=({"x": 1}, {"x": 2})))
    plan = after(make.workflow(make.python("m", kwargs=(("x", e.ItemRef(path=("x",))),), fan_out=items)), "data_flow")
    assert call(plan, "m").loop.items == ({"i": 0, "kw": {"x": 1}}, {"i": 1, "kw": {"x": 2}})
    assert call(plan, "m").arguments == {"af-item": "{{item}}"}


def test_items_of_run_time_are_built_before(make: Any, after: After) -> None:
    items = FanOut(items=KwargsList(value=out("a")))
    mapped = make.python("m", "a", kwargs=(("x", e.ItemRef(path=("x",))),), fan_out=items)
    plan = after(make.workflow(make.python("a"), mapped), "data_flow")
    assert call(plan, "m").depends == "af-expand-m.Succeeded"
    assert call(plan, "m").loop.param == "{{tasks.af-expand-m.outputs.parameters.items}}"
    assert call(plan, "af-expand-m").depends == "a.Succeeded"


@pytest.mark.parametrize(("order", "width", "waits"), [("sequential", None, ["b-1"]), ("chunks", 2, ["b-0", "b-1"])])
def test_items_in_order(make: Any, after: After, order: Any, width: int | None, waits: list[str]) -> None:
    items = LiteralItems(items=({"x": 1}, {"x": 2}, {"x": 3}))
    fan = FanOut(items=items, order=order, width=width)
    body = Group(
        id="b", span=make.span, nodes=(make.python("t", kwargs=(("x", e.ItemRef(of="b", path=("x",))),)),), fan_out=fan
    )
    plan = after(make.workflow(body), "data_flow")
    assert list(call(plan, "b-2", "b-each").waits) == waits
    assert call(plan, "b-1", "b-each").arguments["af-item"] == '{"i":1,"kw":{"x":2}}'
    assert call(plan, "t", "b").arguments == {"af-item": "{{inputs.parameters.af-item}}"}


def test_items_in_order_of_run_time_call_themselves(make: Any, after: After) -> None:
    fan = FanOut(items=KwargsList(value=out("a")), order="sequential")
    body = Group(id="b", span=make.span, nodes=(make.noop("t"),), fan_out=fan, upstream=make.noop("x", "a").upstream)
    plan = after(make.workflow(make.python("a"), body), "data_flow")
    assert call(plan, "next", "b-each").template == "b-each"
    assert call(plan, "next", "b-each").depends == "each.Succeeded"
    assert call(plan, "rest", "b-each").template == "b-each"
    assert call(plan, "rest", "b-each").depends == "next.Succeeded"
    assert len(plan.body("b-each").calls) == 3


def test_results_of_items_in_order_of_run_time_are_one_list(make: Any, after: After) -> None:
    fan = FanOut(items=KwargsList(value=out("a")), order="sequential")
    body = Group(id="b", span=make.span, nodes=(make.python("t"),), fan_out=fan, upstream=make.noop("x", "a").upstream)
    last = make.python("c", "b", kwargs=(("x", out("t")),))
    plan = after(make.workflow(make.python("a"), body, last), "data_flow")
    ((name, source),) = plan.body("b-each").outputs.items()
    assert f"fromJSON(tasks['next'].outputs?.parameters?.['{name}'] ?? '[]')" in source.expression
    assert f"fromJSON(tasks['rest'].outputs?.parameters?.['{name}'] ?? '[]')" in source.expression


def test_values_are_guarded_unless_the_producer_surely_succeeded(make: Any, after: After) -> None:
    sure = make.python("b", "a", kwargs=(("x", out("a")),))
    unsure = make.python("c", "a", kwargs=(("x", out("a")),), rule=TriggerRule.ALL_DONE)
    plan = after(make.workflow(make.python("a"), sure, unsure), "data_flow")
    assert call(plan, "b").arguments == {"a": "{{tasks.a.outputs.parameters.return-value}}"}
    assert call(plan, "c").arguments == {"a": "{{= (tasks['a'].outputs?.parameters?.['return-value'] ?? 'null') }}"}


def test_values_cross_nested_templates(make: Any, after: After) -> None:
    group = Group(id="g", span=make.span, nodes=(make.python("p"),))
    other = Group(
        id="h",
        span=make.span,
        nodes=(make.python("r", kwargs=(("x", out("p")),)),),
        upstream=make.noop("x", "g").upstream,
    )
    plan = after(make.workflow(group, other), "data_flow")
    assert plan.body("g").outputs["p-return-value"].parameter == "{{tasks.p.outputs.parameters.return-value}}"
    assert call(plan, "h").arguments == {"g-p-return-value": "{{tasks.g.outputs.parameters.p-return-value}}"}
    assert call(plan, "r", "h").arguments == {"p": "{{inputs.parameters.g-p-return-value}}"}


def test_a_reader_waits_for_the_task_whose_value_it_reads(make: Any, after: After) -> None:
    reader = make.python("b", kwargs=(("x", out("a")),))
    plan = after(make.workflow(make.python("a"), reader), "data_flow")
    assert call(plan, "b").depends == "(a.Succeeded || a.Failed || a.Errored || a.Omitted)"


def test_what_argo_cannot_compute_is_rendered_before(make: Any, after: After) -> None:
    text = e.Template(text="{% for x in y %}{{ x }}{% endfor %}")
    pod = make.noop("c", "a").model_copy(update={"action": Container(image=e.Literal(value="busybox:1"), args=(text,))})
    plan = after(make.workflow(make.noop("a"), pod), "data_flow")
    assert call(plan, "c").depends == "af-render-c.Succeeded"
    assert next(iter(call(plan, "c").arguments.values())).startswith("{{tasks.af-render-c.outputs.parameters.")


def test_an_unknown_value_becomes_a_failing_step(make: Any, write: Any) -> None:
    pod = make.noop("c").model_copy(
        update={
            "action": Container(
                image=e.Literal(value="busybox:1"), args=(e.Opaque(why="made by a service", text="f()"),)
            )
        }
    )
    written = write(make.workflow(pod))
    assert "OUT011" in written.codes()
    assert "f()" in written.files["workflow-template.yaml"]


def test_retries_deadlines_and_pools(make: Any, write: Any) -> None:
    task = make.python(
        "a", retry=Retry(limit=2, delay=60, factor=2, max_delay=600), timeout=90.5, limits=Limits(pool="db")
    )
    written = write(make.workflow(task))
    template = written.named("a")
    assert template["retryStrategy"] == {
        "limit": "2",
        "retryPolicy": "Always",
        "expression": "lastRetry.exitCode != '100'",
        "backoff": {"duration": "60", "factor": 2, "cap": "600"},
    }
    assert template["activeDeadlineSeconds"] == 691  # the runner itself ends it at 90.5
    assert template["synchronization"] == {"semaphores": [{"configMapKeyRef": {"name": "airflow-pools", "key": "db"}}]}
    assert written.emitted.needs.pools == {"db"}


def test_google_pods_wait_for_their_identity(make: Any, write: Any) -> None:
    action = Container(image=e.Literal(value="x:1"), service="gke")
    task = make.noop("a").model_copy(update={"action": action})
    assert "initContainers" not in write(make.workflow(task)).named("a")
    template = write(make.workflow(task), gke_workload_identity=True).named("a")
    assert template["initContainers"][0]["name"] == "wait-metadata"


def test_an_action_without_template_is_never_dropped(make: Any, write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from emitters.argo import registry

    monkeypatch.delitem(registry.BUILDERS, Hosted)
    task = make.noop("a").model_copy(update={"action": Hosted(cls="x.Y")})
    written = write(make.workflow(task))
    assert "OUT010" in written.codes()
    assert "exit 64" in written.files["workflow-template.yaml"] or "64" in str(written.named("a"))


def test_parameters_are_checked_first_where_that_is_asked_for(make: Any, write: Any) -> None:
    param = Param(name="n", value=3, schema={"type": "integer", "minimum": 1})
    workflow = make.workflow(make.noop("a"), make.noop("b", "a"), params=(param,))
    plain, checked = write(workflow), write(workflow, params={"check": True})
    assert "PAR002" in plain.codes()
    assert "depends" not in plain.task("a")
    assert checked.task("a")["depends"] == "af-check-params.Succeeded"
    assert "PAR002" not in checked.codes()
    assert checked.template["spec"]["arguments"]["parameters"][1]["value"] == "3"


def test_a_workflow_called_as_a_task_is_one_task(make: Any, write: Any) -> None:
    group = Group(id="part", span=make.span, operator="SubDagOperator", nodes=(make.noop("part.one"),))
    written = write(make.workflow(group))
    assert written.named("part")["metadata"]["annotations"] == {"migrate.source/id": "part"}
    assert written.named("part-one")["metadata"]["annotations"] == {"migrate.source/inner-id": "part.one"}
