"""TaskFlow gates: short circuits with and without ignore_downstream_trigger_rules, a branch into a group and back, a sensor decorator with a value, run results by key."""
from datetime import datetime

from airflow.decorators import dag, task, task_group
from airflow.sensors.base import PokeReturnValue
from airflow.utils.trigger_rule import TriggerRule


@dag(schedule=None, start_date=datetime(2024, 1, 1), params={"mode": "weekly"})
def gates_and_ways():
    @task.sensor(poke_interval=1, timeout=60, mode="reschedule")
    def arrived(params=None, ti=None) -> PokeReturnValue:
        return PokeReturnValue(is_done=True, xcom_value={"files": ["a.csv", "b.csv"], "mode": params["mode"]})

    @task.short_circuit(ignore_downstream_trigger_rules=False)
    def enough(info):
        print(f"@@ enough={len(info['files'])}")
        return len(info["files"]) > 2

    @task.short_circuit
    def any_at_all(info):
        return info["files"]

    @task
    def soft(info):
        return "never"

    @task(trigger_rule=TriggerRule.NONE_FAILED)
    def after_soft():
        print("@@ after=soft")

    @task.branch
    def way(info):
        return {"daily": "small", "weekly": "large.prepare"}[info["mode"]]

    @task
    def small():
        print("@@ small=1")

    @task_group
    def large(info):
        @task
        def prepare():
            return 3

        @task
        def work(n, info):
            print(f"@@ work={n} {info['files'][n]}")
            return n * 10

        @task
        def done(values):
            return sum(values)

        @task
        def numbers(p):
            return list(range(p - 1))

        return done(work.partial(info=info).expand(n=numbers(prepare())))

    @task(trigger_rule="none_failed_min_one_success")
    def join(result=None, ti=None):
        print(f"@@ join={result} {ti.xcom_pull(task_ids='small')}")

    info = arrived()
    e = enough(info)
    e >> soft(info) >> after_soft()
    any_at_all(info) >> (w := way(info))
    s = small()
    big = large(info)
    w >> s >> join(big)
    w >> big


gates_and_ways()
