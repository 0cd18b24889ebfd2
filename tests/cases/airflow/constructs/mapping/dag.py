"""Mapped tasks and groups: literal lists, results of other tasks, zip, map, reduce."""
from datetime import datetime

from airflow.decorators import dag, task, task_group
from airflow.operators.bash import BashOperator


@dag(dag_id="mapping", start_date=datetime(2024, 1, 1), schedule="@daily", catchup=False)
def build():
    @task
    def numbers():
        return [1, 2, 3]

    @task
    def names():
        return ["a", "b", "c"]

    @task(max_active_tis_per_dagrun=1)
    def add(x, y):
        return x + y

    @task
    def total(values):
        print(sum(values))

    @task_group
    def per_file(path):
        @task
        def read(path):
            return len(path)

        @task
        def keep(size):
            print(size)

        keep(read(path))

    n = numbers()
    sums = add.partial(y=10).expand(x=n)
    total(sums)
    total.override(task_id="zipped").expand(values=n.zip(names()))
    total.override(task_id="doubled").expand(values=n.map(lambda v: [v, v]))
    BashOperator.partial(task_id="each").expand(bash_command=["echo 1", "echo 2"])
    BashOperator.partial(task_id="settings").expand_kwargs([{"bash_command": "echo 1", "env": {"A": "1"}}])
    per_file.expand(path=["x.csv", "y.csv"])


build()
