"""Airflow 3 as its own documentation writes it: airflow.sdk, standard provider imports, chain forms, run_if, task.bash, params objects, Variable, setup."""
from __future__ import annotations

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator, ShortCircuitOperator
from airflow.sdk import (
    DAG,
    Asset,
    Label,
    Param,
    TaskGroup,
    Variable,
    chain,
    chain_linear,
    cross_downstream,
    dag,
    get_current_context,
    get_parsing_context,
    setup,
    task,
    task_group,
    teardown,
)

ORDERS = Asset(name="orders", uri="s3://bucket/orders", extra={"team": "x"})


@dag(
    schedule=None,
    start_date=pendulum.datetime(2024, 1, 1, tz="Europe/Berlin"),
    params={"limit": Param(3, type="integer", minimum=1, description="n"), "mode": Param("full", enum=["full", "part"])},
    render_template_as_native_obj=True,
    tags={"sdk"},
    max_active_tasks=4,
)
def sdk_style():
    @task
    def numbers(params: dict) -> list[int]:
        return list(range(params["limit"]))

    @task.run_if(lambda context: context["params"]["mode"] == "full", skip_message="part")
    @task
    def full(values: list[int]) -> dict[str, int]:
        print(f"@@ full={values}")
        return {"sum": sum(values), "count": len(values)}

    @task.skip_if(lambda context: context["params"]["mode"] == "full")
    @task.bash
    def part():
        return "echo '@@ part=1'"

    @task.bash
    def words(total):
        context = get_current_context()
        return f"echo '@@ total={total} {context['ds']}'; echo {Variable.get('greeting', default='none')}"

    @task(outlets=[ORDERS], trigger_rule="none_failed")
    def publish(total: int, *, outlet_events):
        outlet_events[ORDERS].extra = {"rows": total}
        print(f"@@ publish={total} {get_parsing_context().dag_id}")
        return Variable.get("settings", deserialize_json=True)

    native = PythonOperator(
        task_id="native",
        python_callable=lambda *args, **kw: print(f"@@ native={args!r} {kw['k']!r}"),
        op_args=["{{ params.limit }}", "{{ [1, params.limit] }}", "{{ ds }}", "{{ logical_date }}", "{{ params }}"],
        op_kwargs={"k": "{{ ti.xcom_pull(task_ids='full') }}"},
    )

    nums = numbers()
    result = full(nums)
    p = part()
    w = words(result["sum"])
    pub = publish(result["count"])

    @task_group(default_args={"retries": 0})
    def stage(n: int):
        @setup
        def open_it(n):
            print(f"@@ open={n}")
            return n

        @task
        def use(h):
            print(f"@@ use={h}")
            return h * 2

        @teardown
        def close_it(h):
            print(f"@@ close={h}")

        o = open_it(n)
        u = use(o)
        u >> close_it(o).as_teardown(setups=o)
        return u

    staged = stage(5)
    a, b, c, d = (EmptyOperator(task_id=f"e_{x}") for x in "abcd")
    chain(p, Label("then"), [a, b], [c, d])
    chain_linear([a, b], EmptyOperator(task_id="lin"), [staged, w])
    chain(result, native, pub)


sdk_style()
