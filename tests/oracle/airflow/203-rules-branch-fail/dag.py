"""Rules below branches, short circuits and failures together: diamonds, groups, joins of joins, one_done and one_failed beside skips."""
from datetime import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import BranchPythonOperator, PythonOperator, ShortCircuitOperator
from airflow.utils.task_group import TaskGroup
from airflow.utils.trigger_rule import TriggerRule as R

with DAG("rules_branch_fail", start_date=datetime(2024, 1, 1), schedule=None) as dag:

    def e(name, rule=R.ALL_SUCCESS):
        return EmptyOperator(task_id=name, trigger_rule=rule)

    start = e("start")
    branch = BranchPythonOperator(task_id="branch", python_callable=lambda: ["left", "mid.top"])
    left = PythonOperator(task_id="left", python_callable=lambda: 1 / 0)
    right = BashOperator(task_id="right", bash_command="true")
    with TaskGroup("mid") as mid:
        top = e("top")
        inner_branch = BranchPythonOperator(task_id="inner_branch", python_callable=lambda **_: "mid.yes")
        yes, no = e("yes"), BashOperator(task_id="no", bash_command="true")
        top >> inner_branch >> [yes, no]
        join = e("join", R.NONE_FAILED_MIN_ONE_SUCCESS)
        [yes, no] >> join
    start >> branch >> [left, right, top]
    below = {}
    for rule in R:
        value = rule.value
        if value in ("dummy", "none_failed_or_skipped", "all_done_min_one_success", "all_done_setup_success"):
            continue
        below[value] = e(f"r_{value}", rule)
        [left, right, mid] >> below[value]
    e("fin_done", "all_done") << list(below.values())
    e("fin_any", "one_success") << [below["all_failed"], below["none_skipped"], right]
    e("fin_min", "none_failed_min_one_success") << [below["one_failed"], below["one_done"], right]
    e("fin_skipped", "all_skipped") << [right, no]

    sc = ShortCircuitOperator(task_id="sc", python_callable=lambda: False, ignore_downstream_trigger_rules=False)
    sc >> e("s1", "all_done") >> e("s2")
    sc >> e("s3") >> e("s4", "none_failed")
    [sc, left] >> e("s5", "one_failed")
    sc2 = ShortCircuitOperator(task_id="sc2", python_callable=lambda: 0, trigger_rule="one_failed")
    left >> sc2 >> e("t1") >> e("t2", "always")
    e("t1x", "none_failed") << [sc2, start]
    sc3 = ShortCircuitOperator(task_id="sc3", python_callable=lambda: True)
    right >> sc3 >> e("u1", "all_done")
