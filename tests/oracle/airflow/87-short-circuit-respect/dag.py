"""Short circuits: with ignore_downstream_trigger_rules off only direct children are skipped by it; falsy values; in a group."""
from datetime import datetime

from airflow import DAG
from airflow.decorators import task
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import ShortCircuitOperator
from airflow.utils.task_group import TaskGroup

with DAG("short_circuit_respect", start_date=datetime(2024, 1, 1), schedule=None) as dag:
    gate = ShortCircuitOperator(task_id="gate", python_callable=lambda: [], ignore_downstream_trigger_rules=False)
    a = BashOperator(task_id="a", bash_command="echo '@@ a=1'")
    b = BashOperator(task_id="b", bash_command="echo '@@ b=1'", trigger_rule="all_done")
    c = BashOperator(task_id="c", bash_command="echo '@@ c=1'", trigger_rule="none_failed")
    gate >> a >> [b, c]

    @task.short_circuit
    def hard(value):
        return value

    @task
    def say(x):
        print(f"@@ say={x}")
        return x

    with TaskGroup("stopped"):
        h = hard.override(task_id="zero")(0)
        h >> say.override(task_id="s1")("s1") >> say.override(task_id="s2", trigger_rule="all_done")("s2")
    with TaskGroup("goes"):
        h = hard.override(task_id="text")("go")
        s = say.override(task_id="takes")(h)
        h >> s
    independent = say.override(task_id="independent")("i")
    both = say.override(task_id="both", trigger_rule="all_done")("both")
    [independent, h] >> both
    soft = hard.override(task_id="soft", ignore_downstream_trigger_rules=False)(None)
    soft >> EmptyOperator(task_id="skipped") >> say.override(task_id="runs", trigger_rule="all_done")("runs")
