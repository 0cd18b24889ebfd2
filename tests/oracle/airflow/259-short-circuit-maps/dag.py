"""Short circuits, LatestOnly-like branches and gates above mapped tasks and mapped groups over known and computed items; tasks further below with lenient rules."""
from datetime import datetime

from airflow.decorators import dag, task, task_group
from airflow.operators.empty import EmptyOperator


@dag(schedule=None, start_date=datetime(2024, 1, 1))
def short_circuit_maps():
    @task.short_circuit
    def closed():
        return False

    @task.short_circuit(ignore_downstream_trigger_rules=False)
    def half():
        return []

    @task.branch
    def pick():
        return None

    @task
    def numbers():
        return [1, 2]

    @task
    def each(n):
        print(f"@@ n={n}")
        return n

    @task(trigger_rule="none_failed")
    def lenient(tag):
        print(f"@@ lenient={tag}")

    @task(trigger_rule="all_done")
    def done(tag):
        print(f"@@ done={tag}")

    @task_group
    def pair(n):
        @task
        def first(n):
            return n

        @task
        def second(n):
            print(f"@@ second={n}")

        second(first(n))

    items = numbers()
    for name, gate in {"c": closed(), "h": half(), "p": pick()}.items():
        known = each.override(task_id=f"{name}_known").expand(n=[1, 2])
        computed = each.override(task_id=f"{name}_computed").expand(n=items)
        group = pair.override(group_id=f"{name}_group").expand(n=[3, 4])
        gate >> [known, computed, group]
        known >> EmptyOperator(task_id=f"{name}_next") >> lenient.override(task_id=f"{name}_lenient")(name)
        computed >> done.override(task_id=f"{name}_done")(name)


short_circuit_maps()
