"""Branches whose answer is a task further down, above, a list with doubles, a tuple, a set of ids from an XCom, a group; joins with each lenient rule; a branch on a mapped result."""
from datetime import datetime

from airflow.decorators import dag, task, task_group
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import BranchPythonOperator


@dag(schedule=None, start_date=datetime(2024, 1, 1), params={"go": ["b", "b", "c"]})
def branches_and_answers():
    @task
    def note(tag):
        print(f"@@ note={tag}")
        return tag

    @task
    def numbers():
        return [1, 2, 3]

    @task
    def double(n):
        return n * 2

    @task.branch
    def by_list(params=None):
        return params["go"]

    @task.branch
    def by_total(values):
        return ("low_x",) if sum(values) < 10 else {"high_x"}

    start = EmptyOperator(task_id="start")
    one = by_list()
    abc = [note.override(task_id=k)(k) for k in "abc"]
    start >> one >> abc
    abc >> EmptyOperator(task_id="join_abc", trigger_rule="none_failed")
    deep = BranchPythonOperator(task_id="deep", python_callable=lambda: ["d2"])
    d1, d2, d3 = (EmptyOperator(task_id=f"d{n}") for n in (1, 2, 3))
    deep >> d1 >> d3
    deep >> d2 >> d3
    deep >> d3
    side, below = note.override(task_id="side")("side"), note.override(task_id="below", trigger_rule="none_failed_min_one_success")("below")
    odd = BranchPythonOperator(task_id="odd", python_callable=lambda: "side")
    side >> below
    odd >> [below, EmptyOperator(task_id="odd_other")]

    @task_group
    def grp():
        @task.branch
        def inner():
            return "grp.left"

        i = inner()
        left, right = note.override(task_id="left")("l"), note.override(task_id="right")("r")
        i >> [left, right] >> EmptyOperator(task_id="end", trigger_rule="one_success")

    to_group = BranchPythonOperator(task_id="to_group", python_callable=lambda ti: ti.xcom_pull(task_ids="ids"))
    ids = note.override(task_id="ids")("grp")
    ids >> to_group >> [grp(), EmptyOperator(task_id="no_group")]
    total = by_total(double.expand(n=numbers()))
    low, high = note.override(task_id="low_x")("low"), note.override(task_id="high_x")("high")
    total >> [low, high]
    [low, high] >> note.override(task_id="after_total", trigger_rule="one_success")("after")


branches_and_answers()
