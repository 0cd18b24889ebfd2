"""Branches: by class with choose_branch, by day of week, by label and group id, skipping to the end, short circuits with and without rules below, in a group, branch over a mapped task."""
from datetime import datetime

from airflow import DAG
from airflow.decorators import task
from airflow.operators.branch import BaseBranchOperator
from airflow.operators.datetime import BranchDateTimeOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import BranchPythonOperator, PythonOperator, ShortCircuitOperator
from airflow.operators.weekday import BranchDayOfWeekOperator
from airflow.utils.edgemodifier import Label
from airflow.utils.task_group import TaskGroup
from airflow.utils.weekday import WeekDay


class PickBranch(BaseBranchOperator):
    template_fields = ("which",)

    def __init__(self, which, **kwargs):
        super().__init__(**kwargs)
        self.which = which

    def choose_branch(self, context):
        print(f"@@ which={self.which} {context['params']['go']}")
        return [self.which, "also"] if context["params"]["go"] else None


def done(task_id, rule="all_success"):
    return EmptyOperator(task_id=task_id, trigger_rule=rule)


with DAG("branch_kinds", start_date=datetime(2024, 1, 1), schedule=None, params={"go": True}) as dag:
    pick = PickBranch(task_id="pick", which="{{ 'left' if params.go else 'right' }}")
    left, right, also = done("left"), done("right"), done("also")
    pick >> Label("l") >> left
    pick >> Label("r") >> right
    pick >> also
    [left, right, also] >> done("joined", "none_failed_min_one_success")
    [left, right] >> done("joined_all", "all_success")

    day = BranchDayOfWeekOperator(
        task_id="day", follow_task_ids_if_true=["is_sunday"], follow_task_ids_if_false="not_sunday", week_day={WeekDay.SUNDAY, "Monday"}, use_task_logical_date=True
    )
    day >> [done("is_sunday"), done("not_sunday")]

    clock = BranchDateTimeOperator(
        task_id="clock",
        follow_task_ids_if_true="inside",
        follow_task_ids_if_false=["outside"],
        target_lower=datetime(2024, 3, 10, 5),
        target_upper=datetime(2024, 3, 10, 7),
        use_task_logical_date=True,
    )
    clock >> [done("inside"), done("outside")]

    with TaskGroup("grp") as grp:
        first = BranchPythonOperator(task_id="first", python_callable=lambda: ["grp.inner", "grp.x"])
        with TaskGroup("inner") as inner:
            done("i1") >> done("i2")
        x, y = done("x"), done("y")
        first >> [inner, x, y]
        [inner, x, y] >> done("end", "none_failed")
    grp >> done("after_grp")

    gate = ShortCircuitOperator(task_id="gate", python_callable=lambda: [], ignore_downstream_trigger_rules=True)
    gate >> done("g1") >> done("g2", "all_done")
    gate2 = ShortCircuitOperator(task_id="gate2", python_callable=lambda **c: c["params"]["go"] is None, ignore_downstream_trigger_rules=False)
    gate2 >> done("h1") >> [done("h2", "all_done"), done("h3", "none_failed")]
    gate3 = ShortCircuitOperator(task_id="gate3", python_callable=lambda: {"v": 1})
    gate3 >> PythonOperator(task_id="after3", python_callable=lambda ti: print(f"@@ v={ti.xcom_pull(task_ids='gate3')}"))

    @task.branch
    def route(values):
        print(f"@@ values={sorted(values)}")
        return "small" if max(values) < 5 else "large"

    @task
    def num(n):
        return n * 2

    @task
    def small():
        print("@@ small=1")

    @task
    def large():
        print("@@ large=1")

    route(num.expand(n=[1, 2])) >> [small(), large()]
