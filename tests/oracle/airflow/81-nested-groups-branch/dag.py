"""A branch inside nested groups that picks a nested group by its full id, with a join in the outer group and one outside."""
from datetime import datetime

from airflow.decorators import dag, task, task_group
from airflow.operators.empty import EmptyOperator


@dag(dag_id="nested_groups_branch", start_date=datetime(2024, 1, 1), schedule=None)
def build():
    @task
    def say(word):
        print(f"@@ say={word}")
        return word

    @task.branch
    def choose(which):
        return which

    @task_group
    def outer():
        picked = choose.override(task_id="pick")(["outer.left", "outer.right.deep"])

        @task_group
        def left():
            say.override(task_id="one")("l1") >> say.override(task_id="two")("l2")

        @task_group
        def right():
            say.override(task_id="shallow")("r1")

            @task_group
            def deep():
                say.override(task_id="one")("d1")
                say.override(task_id="two")("d2")

            deep()

        join = say.override(task_id="join", trigger_rule="none_failed_min_one_success")("joined")
        strict = say.override(task_id="strict")("strict")
        l, r = left(), right()
        picked >> [l, r]
        [l, r] >> join
        [l, r] >> strict

    @task_group
    def unpicked():
        say.override(task_id="x")("x") >> say.override(task_id="y", trigger_rule="none_failed")("y")

    other = choose.override(task_id="other")("end")
    end = EmptyOperator(task_id="end", trigger_rule="none_failed")
    o = outer()
    u = unpicked()
    o >> other >> [u, end]
    u >> end
    end >> say.override(task_id="finish", trigger_rule="all_done")("finish")


build()
