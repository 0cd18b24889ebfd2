"""Tasks: rules, retries, limits, groups, branches, setups, defaults."""

from __future__ import annotations

from typing import Any

import pytest

from migrate.ir.workflow import Axes, Group, KwargsList, LiteralItems, TriggerRule


def test_bash_and_python_in_order_with_edges(read: Any) -> None:
    found = read("""
    def work(x): return x
    with DAG("d", start_date=datetime(2024, 1, 1), schedule="0 3 * * *") as d:
        a = BashOperator(task_id="a", bash_command="echo {{ ds }}")
        b = PythonOperator(task_id="b", python_callable=work, op_args=[a.output])
        a >> b
    """)
    assert [t.id for t in found.workflow.tasks()] == ["a", "b"]
    assert [(e.node, e.origin) for e in found.task("b").upstream] in ([("a", "explicit")], [("a", "data")])
    assert found.task("a").pushes == ("return_value",)
    assert found.task("b").pushes == ()
    assert found.task("a").action.kind == "shell"
    assert found.codes() == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [(rule.value, rule) for rule in TriggerRule]
    + [("dummy", TriggerRule.ALWAYS), ("none_failed_or_skipped", TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS)],
)
def test_every_trigger_rule(read: Any, given: str, expected: TriggerRule) -> None:
    found = read(f"""
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        EmptyOperator(task_id="a") >> EmptyOperator(task_id="b", trigger_rule="{given}")
    """)
    assert found.task("b").rule is expected


def test_trigger_rule_as_enum_member_and_unknown(read: Any) -> None:
    found = read("""
    from airflow.utils.trigger_rule import TriggerRule
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        EmptyOperator(task_id="a", trigger_rule=TriggerRule.ALL_DONE)
    """)
    assert found.task("a").rule is TriggerRule.ALL_DONE


def test_retries_limits_and_timeouts(read: Any) -> None:
    found = read("""
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None, default_args={"retries": 2, "owner": "me"}):
        BashOperator(task_id="plain", bash_command="x")
        BashOperator(task_id="own", bash_command="x", retries=5, retry_delay=timedelta(minutes=1),
            retry_exponential_backoff=True, max_retry_delay=timedelta(hours=1), execution_timeout=timedelta(seconds=90),
            pool="p", pool_slots=2, max_active_tis_per_dag=3, max_active_tis_per_dagrun=1, priority_weight=7, queue="q")
    """)
    plain, own = found.task("plain"), found.task("own")
    assert (plain.retry.limit, plain.retry.delay, plain.retry.factor, plain.owner) == (2, 300, 1, "me")
    assert (own.retry.limit, own.retry.delay, own.retry.factor, own.retry.max_delay) == (5, 60, 2, 3600)
    assert own.timeout == 90
    limits = own.limits
    assert (limits.pool, limits.pool_slots, limits.over_all_runs, limits.per_run, limits.priority, limits.queue) == (
        "p", 2, 3, 1, 7, "q",
    )  # fmt: skip


def test_groups_are_names_and_edges_reach_their_ends(read: Any) -> None:
    found = read("""
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        a = EmptyOperator(task_id="a")
        with TaskGroup("g") as g:
            x = EmptyOperator(task_id="x")
            y = EmptyOperator(task_id="y")
        z = EmptyOperator(task_id="z")
        a >> g >> z
    """)
    assert [(t.id, t.group) for t in found.workflow.tasks()] == [
        ("a", None), ("g.x", "g"), ("g.y", "g"), ("z", None),
    ]  # fmt: skip
    assert sorted(e.node for e in found.task("z").upstream) == ["g.x", "g.y"]


def test_labels(read: Any) -> None:
    found = read("""
    from airflow.utils.edgemodifier import Label
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        EmptyOperator(task_id="a") >> Label("why") >> EmptyOperator(task_id="b")
    """)
    assert [(e.node, e.label) for e in found.task("b").upstream] == [("a", "why")]


def test_branches_and_gates(read: Any) -> None:
    found = read("""
    from airflow.operators.latest_only import LatestOnlyOperator
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        BranchPythonOperator(task_id="b", python_callable=lambda: "x")
        ShortCircuitOperator(task_id="s", python_callable=lambda: True)
        ShortCircuitOperator(task_id="t", python_callable=lambda: True, ignore_downstream_trigger_rules=False)
        LatestOnlyOperator(task_id="l")
    """)
    kinds = {t.id: (t.branch.kind, t.branch.ignore_rules) for t in found.workflow.tasks()}
    assert kinds == {"b": ("choose", False), "s": ("gate", True), "t": ("gate", False), "l": ("gate", False)}


def test_self_skip(read: Any) -> None:
    found = read("""
    from airflow.exceptions import AirflowSkipException
    def helper(): raise AirflowSkipException
    def skips(): helper()
    def never(): return 1
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        PythonOperator(task_id="skips", python_callable=skips)
        PythonOperator(task_id="never", python_callable=never)
        BashOperator(task_id="codes", bash_command="exit 99")
        BashOperator(task_id="none", bash_command="exit 1")
    """)
    assert {t.id: t.self_skip for t in found.workflow.tasks()} == {
        "skips": True, "never": False, "codes": True, "none": False,
    }  # fmt: skip


def test_indirect_setups(read: Any) -> None:
    found = read("""
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        up = EmptyOperator(task_id="up").as_setup()
        w1 = EmptyOperator(task_id="w1")
        w2 = EmptyOperator(task_id="w2")
        after = EmptyOperator(task_id="after")
        down = EmptyOperator(task_id="down").as_teardown(setups=up)
        up >> w1 >> w2 >> down
        w2 >> after
    """)
    assert found.task("w2").setups == ("up",)
    assert found.task("w1").setups == ()
    assert found.task("after").setups == ()
    assert (found.task("up").role, found.task("down").role, found.task("down").fails_run) == (
        "setup",
        "teardown",
        False,
    )
    assert found.task("down").rule is TriggerRule.ALL_DONE_SETUP_SUCCESS


def test_literal_expansion_is_a_cross_product_in_map_index_order(read: Any) -> None:
    found = read("""
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        @task
        def f(x, y): ...
        f.expand(x=[1, 2], y=["a", "b"])
    """)
    items = found.task("f").fan_out.items
    assert isinstance(items, LiteralItems)
    assert items.items == (
        {"x": 1, "y": "a"}, {"x": 1, "y": "b"}, {"x": 2, "y": "a"}, {"x": 2, "y": "b"},
    )  # fmt: skip


def test_expansion_over_results(read: Any) -> None:
    found = read("""
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        @task
        def up(): return [1]
        @task
        def f(x): ...
        u = up()
        f.expand(x=u)
        f.override(task_id="kw").expand_kwargs(u)
        f.override(task_id="m").expand(x=u.map(lambda v: v + 1))
        f.override(task_id="z").expand(x=u.zip([1, 2]))
    """)
    assert isinstance(found.task("f").fan_out.items, Axes)
    assert isinstance(found.task("kw").fan_out.items, KwargsList)
    mapped = found.task("m").fan_out.items.axes[0][1]
    assert (mapped.kind, mapped.op) == ("transformed", "map")
    assert "v + 1" in mapped.code
    assert found.task("z").fan_out.items.axes[0][1].op == "zip"
    assert found.task("up").pushes == ("return_value",)


def test_mapped_group_nests_and_lifts_edges(read: Any) -> None:
    found = read("""
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        @task
        def first(x): return x
        @task
        def second(y): return y
        @task
        def total(ys): ...
        @task_group
        def g(x):
            return second(first(x))
        total(g.expand(x=[1, 2]))
    """)
    group = found.workflow.nodes[0]
    assert isinstance(group, Group)
    assert [n.id for n in group.nodes] == ["g.first", "g.second"]
    assert group.outputs_from == "g.second"
    assert [e.node for e in found.task("total").upstream] == ["g"]
    assert [e.node for e in found.task("g.second").upstream] == ["g.first"]
    inner = found.task("g.second").action.args[0]
    assert (inner.task, inner.index) == ("g.first", "same")


def test_classic_operator_over_dictionaries(read: Any) -> None:
    found = read("""
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        BashOperator.partial(task_id="e", bash_command="echo $A").expand(env=[{"A": "1"}, {"A": "2"}])
    """)
    env = dict(found.task("e").action.env)
    assert env["A"].path == ("env", "A")


def test_names_known_at_run_time_only_are_hosted(read: Any) -> None:
    found = read("""
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        @task
        def jobs(): return [{"bash_command": "x"}]
        BashOperator.partial(task_id="r").expand_kwargs(jobs())
    """)
    action = found.task("r").action
    assert action.kind == "hosted"
    assert dict(action.arguments)["**"].kind == "item"
    assert "HST001" in found.codes()


def test_unread_arguments_are_reported_once(read: Any) -> None:
    found = read("""
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None, strange=1,
             default_args={"owner": "x", "nobody_reads_it": 2}):
        BashOperator(task_id="a", bash_command="x", post_execute=print)
        BashOperator(task_id="b", bash_command="x")
    """)
    shown = found.texts("OPS003")
    assert any("post_execute" in text for text in shown)
    assert [d.task for d in found.sink.all() if d.code == "OPS006"] in ([None], [])


def test_params_with_schema(read: Any) -> None:
    found = read("""
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None, params={
        "plain": 3, "p": Param("a", type="string", enum=["a", "b"], description="which"),
        "needed": Param(type="integer"), "nothing": None}):
        EmptyOperator(task_id="a")
    """)
    params = {p.name: p for p in found.workflow.params}
    assert params["plain"].value == 3
    assert (params["p"].value, params["p"].description, params["p"].schema_["enum"]) == ("a", "which", ["a", "b"])
    assert params["needed"].required
    assert not params["nothing"].required


def test_handlers(read: Any) -> None:
    found = read("""
    def alarm(context): print(context["ti"])
    def other(context): ...
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None, on_failure_callback=alarm):
        BashOperator(task_id="a", bash_command="x", on_failure_callback=[alarm, other], on_success_callback=other,
                     email="me@example.com", email_on_retry=False)
    """)
    task = found.task("a")
    assert [(h.event, h.action.kind) for h in task.handlers] == [
        ("failure", "python"), ("failure", "python"), ("success", "python"), ("failure", "notify"),
    ]  # fmt: skip
    assert [h.event for h in found.workflow.handlers] == ["failure"]
    assert "def alarm" in task.handlers[0].action.code.source


def test_sub_dag_is_a_nested_group(read: Any) -> None:
    found = read("""
    from airflow.operators.subdag import SubDagOperator
    def inner():
        with DAG("d.part", start_date=datetime(2024, 1, 1), schedule_interval=None) as s:
            BashOperator(task_id="one", bash_command="x") >> BashOperator(task_id="two", bash_command="x")
        return s
    with DAG("d", start_date=datetime(2024, 1, 1), schedule_interval=None):
        EmptyOperator(task_id="a") >> SubDagOperator(task_id="part", subdag=inner()) >> EmptyOperator(task_id="z")
    """)
    assert [n.id for n in found.workflow.nodes] == ["a", "part", "z"]
    group = found.workflow.nodes[1]
    assert isinstance(group, Group)
    assert [(n.id, [e.node for e in n.upstream]) for n in group.nodes] == [
        ("part.one", []), ("part.two", ["part.one"]),
    ]  # fmt: skip
    assert [e.node for e in found.task("z").upstream] == ["part"]


def test_pushes_are_what_somebody_reads(read: Any) -> None:
    found = read("""
    def push(ti): ti.xcom_push(key="k", value=1); ti.xcom_push(key="unused", value=2)
    def pull(ti): print(ti.xcom_pull(task_ids="p", key="k"))
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        PythonOperator(task_id="p", python_callable=push) >> PythonOperator(task_id="q", python_callable=pull)
    """)
    assert found.task("p").pushes == ("k",)
    assert [(u.task, u.key) for u in found.task("q").action.code.uses] == [("p", "k")]


def test_pod_override(read: Any) -> None:
    found = read("""
    from kubernetes.client import models as k8s
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        BashOperator(task_id="a", bash_command="x", executor_config={"pod_override": k8s.V1Pod(
            metadata=k8s.V1ObjectMeta(labels={"a": "b"}),
            spec=k8s.V1PodSpec(node_selector={"disk": "ssd"}, containers=[k8s.V1Container(name="base",
                resources=k8s.V1ResourceRequirements(requests={"cpu": "1"}))]))})
    """)
    assert found.task("a").pod == {
        "nodeSelector": {"disk": "ssd"},
        "containers": [{"name": "base", "resources": {"requests": {"cpu": "1"}}}],
        "metadata": {"labels": {"a": "b"}},
    }


def test_what_must_be_supplied_is_told(read: Any) -> None:
    found = read(
        """
    import os
    def f():
        import requests
        return os.environ["BASE"] + os.getenv("MORE", "x")
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        PythonOperator(task_id="t", python_callable=f)
    """
    )
    assert found.texts("VAR003") == ["the environment variables BASE, MORE of the old workers must be supplied"]


def test_failed_items_are_missing_in_the_third_generation(read: Any) -> None:
    text = """
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        @task
        def one(x): return x
        @task(trigger_rule="all_done")
        def total(xs): ...
        total(one.expand(x=[1, 2]))
    """
    assert "MAP002" in read(text, airflow_version="3.1").codes()
    assert "MAP002" not in read(text, airflow_version="2.11").codes()


def test_templates_in_mapped_items(read: Any) -> None:
    found = read("""
    from airflow.models import BaseOperator
    class Own(BaseOperator):
        template_fields = ("text",)
        def __init__(self, text, plain="", **kwargs):
            super().__init__(**kwargs)
        def execute(self, context): ...
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        @task
        def up(): return [{"x": "{{ ds }}"}]
        @task
        def f(x): ...
        @task_group
        def g(x): f(x)
        f.expand_kwargs(up())
        g.expand(x=["{{ ds }}"])
        Own.partial(task_id="own").expand(text=["{{ ds }}"], plain=["{{ ds }}"])
        Own.partial(task_id="uneven").expand_kwargs([{"text": "{{ ds }}"}, {"text": "b", "plain": "c"}])
    """)
    assert found.task("f").action.star_kwargs.templates
    axes = dict(found.task("own").fan_out.items.axes)
    assert axes["plain"].value == ["{{ ds }}"]
    assert axes["text"].kind == "list"
    group = next(n for n in found.workflow.nodes if isinstance(n, Group))
    assert dict(group.fan_out.items.axes)["x"].value == ["{{ ds }}"]
    assert dict(found.task("uneven").action.arguments)["**"].kind == "item"
    items = [dict(item.items) for item in found.task("uneven").fan_out.items.value.items]
    assert [{k: v.value for k, v in item.items()} for item in items] == [
        {"text": "{{ ds }}"}, {"text": "b", "plain": "c"},
    ]  # fmt: skip


def test_items_know_their_index_and_how_many_they_are(read: Any) -> None:
    found = read("""
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        a = BashOperator(task_id="a", bash_command="x")
        BashOperator.partial(task_id="m").expand(bash_command=["echo {{ ti.map_index }}", "echo {{ ds }}", "z{{ ti.map_index }}"])
        BashOperator.partial(task_id="n").expand(env=a.output)
    """)
    fan_out = found.task("m").fan_out
    texts = [item.items[0][1] for item in fan_out.items.value.items]
    assert [getattr(text, "value", None) for text in texts] == ["echo 0", None, "z2"]
    assert fan_out.fixed
    assert not found.task("n").fan_out.fixed


def test_rules_in_a_mapped_group_count_what_the_group_waited_for(read: Any) -> None:
    found = read("""
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        @task
        def items(): return [1]
        @task
        def one(x): return x
        @task_group
        def grp(x):
            one(x) >> one.override(task_id="join", trigger_rule="none_failed_min_one_success")(x)
        grp.expand(x=items())
    """)
    assert found.task("grp.join").rule is TriggerRule.NONE_FAILED
