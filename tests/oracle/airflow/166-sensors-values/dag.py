"""PythonSensor with a value, task.sensor, soft_fail, timeouts, modes, a mapped sensor, silent and never-fail ones."""
import os
from datetime import datetime, timedelta

from airflow.decorators import dag, task
from airflow.exceptions import AirflowSkipException
from airflow.sensors.base import PokeReturnValue
from airflow.sensors.bash import BashSensor
from airflow.sensors.python import PythonSensor
from airflow.sensors.time_delta import TimeDeltaSensor
from airflow.sensors.date_time import DateTimeSensor


def count(name):
    path = os.path.join(os.environ["OUT"], name)
    n = int(open(path).read()) + 1 if os.path.exists(path) else 1
    with open(path, "w") as f:
        f.write(str(n))
    return n


def third(name, ti):
    n = count(name)
    return PokeReturnValue(is_done=n >= 3, xcom_value={"n": n})


def breaks():
    raise ValueError("bad")


@dag(dag_id="sensors_values", start_date=datetime(2024, 1, 1), schedule=None)
def build():
    classic = PythonSensor(task_id="classic", python_callable=third, op_args=["classic"], poke_interval=1, timeout=60)

    @task.sensor(poke_interval=1, timeout=60, mode="reschedule")
    def wait(limit: int, ti=None) -> PokeReturnValue:
        n = count(f"{ti.task_id}{limit}")
        return PokeReturnValue(is_done=n >= limit, xcom_value=n)

    @task.sensor(poke_interval=1, timeout=2, soft_fail=True)
    def soft():
        return False

    @task.sensor(poke_interval=1, timeout=2)
    def hard() -> bool:
        return False

    @task.sensor(poke_interval=1, timeout=30)
    def left() -> bool:
        raise AirflowSkipException

    @task
    def show(a, b):
        print(f"@@ a={a} b={b}")

    @task(trigger_rule="all_done")
    def ended(name):
        print(f"@@ ended={name}")

    bash = BashSensor(task_id="bash", bash_command="test -e $OUT/seen || { touch $OUT/seen; exit 1; }", poke_interval=1, timeout=60)
    broken = PythonSensor(task_id="broken", python_callable=breaks, poke_interval=1, timeout=10, soft_fail=True)
    date = DateTimeSensor(task_id="date", target_time="{{ logical_date }}", poke_interval=1)
    w = wait(2)
    show(classic.output, w)
    [soft(), hard(), left(), bash, broken, date] >> ended("x")
    wait.override(task_id="mapped").expand(limit=[1, 2])


build()
