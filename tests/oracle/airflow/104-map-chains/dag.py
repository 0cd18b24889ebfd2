"""Expanding over the results of expanded tasks, groups over two arguments, expand_kwargs of a group, a reduce in the middle, empty lists."""
from datetime import datetime

from airflow.decorators import dag, task, task_group


@dag(dag_id="map_chains", start_date=datetime(2024, 1, 1), schedule=None)
def build():
    @task
    def first():
        return [3, 1, 2]

    @task
    def add(x, y):
        print(f"@@ add={x}+{y}")
        return x + y

    @task
    def total(xs):
        xs = list(xs)
        print(f"@@ total={xs} len={len(xs)}")
        return sum(xs)

    @task
    def split(n):
        return list(range(n))

    @task
    def none():
        return []

    a = add.partial(y=10).expand(x=first())
    b = add.override(task_id="second").partial(y=total(a)).expand(x=a)
    total.override(task_id="total_b")(b)
    c = add.override(task_id="third").expand(x=[1, 2], y=b)
    total.override(task_id="total_c")(c)

    @task_group
    def grp(x, y):
        s = add.override(task_id="s")(x, y)
        return add.override(task_id="t")(s, 1)

    total.override(task_id="total_g")(grp.expand(x=[1, 2], y=a))

    @task_group
    def kw(x, y="q"):
        @task
        def say(v, w):
            print(f"@@ say={v} {w}")

        say(x, y)

    kw.expand_kwargs([{"x": 1}, {"x": 2, "y": "z"}])
    e = add.override(task_id="nothing").partial(y=1).expand(x=none())
    total.override(task_id="total_none", trigger_rule="all_done")(e)
    total.override(task_id="strict_none")(e)


build()
