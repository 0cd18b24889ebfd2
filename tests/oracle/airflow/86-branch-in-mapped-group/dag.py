"""A branch inside a mapped group: each copy takes its own way; a join in the group and a reduce outside."""
from datetime import datetime

from airflow.decorators import dag, task, task_group


@dag(dag_id="branch_in_mapped_group", start_date=datetime(2024, 1, 1), schedule=None)
def build():
    @task
    def numbers():
        return [1, 2, 3]

    @task_group
    def each(n):
        @task.branch
        def choose(x):
            return "each.odd" if x % 2 else ["each.even"]

        @task
        def odd(x):
            print(f"@@ odd={x}")
            return x * 10

        @task
        def even(x):
            print(f"@@ even={x}")
            return x * 100

        @task(trigger_rule="none_failed_min_one_success")
        def join(x):
            print(f"@@ join={x}")
            return f"j{x}"

        o, e = odd(n), even(n)
        choose(n) >> [o, e]
        j = join(n)
        [o, e] >> j
        return j

    @task
    def total(xs):
        print(f"@@ total={list(xs)}")

    total(each.expand(n=numbers()))


build()
