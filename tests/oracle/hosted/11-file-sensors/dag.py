"""FileSensor in both modes, by pattern, with a time limit, as a subclass; sensors of the TaskFlow kind."""

import os
from datetime import datetime

from airflow import DAG
from airflow.decorators import task
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator
from airflow.sensors.base import PokeReturnValue
from airflow.sensors.python import PythonSensor

try:
    from airflow.providers.standard.sensors.filesystem import FileSensor
except ImportError:
    from airflow.sensors.filesystem import FileSensor


def write(day):
    for name in (f"ready-{day}", "many/one.csv", "many/two.csv"):
        path = os.path.join(os.environ["OUT"], name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(day)


class Named(FileSensor):
    """A project's sensor that looks for a marker beside the file."""

    template_fields = (*FileSensor.template_fields, "marker")

    def __init__(self, *, marker, **kwargs):
        super().__init__(**kwargs)
        self.marker = marker

    def poke(self, context):
        found = super().poke(context)
        print(f"@@ named={found} {self.marker}")
        return found


with DAG("hosted_file_sensors", start_date=datetime(2024, 1, 1), schedule=None, default_args={"fs_conn_id": "hosted_fs"}):
    written = PythonOperator(task_id="written", python_callable=write, op_args=["{{ ds }}"])
    poke = FileSensor(task_id="poke", filepath="ready-{{ ds }}", poke_interval=0.5)
    released = FileSensor(task_id="released", filepath="ready-{{ ds }}", poke_interval=1, mode="reschedule")
    pattern = FileSensor(task_id="pattern", filepath="many/*.csv", poke_interval=0.5)
    folder = FileSensor(task_id="folder", filepath="many", poke_interval=0.5)
    deep = FileSensor(task_id="deep", filepath="**/two.csv", recursive=True, poke_interval=0.5)
    named = Named(task_id="named", filepath="ready-{{ ds }}", marker="m {{ ds_nodash }}", poke_interval=0.5)
    none = FileSensor(task_id="none", filepath="missing", poke_interval=0.5, timeout=1, soft_fail=True)
    late = FileSensor(task_id="late", filepath="missing", poke_interval=0.5, timeout=1, retries=1, retry_delay=0)

    @task.sensor(poke_interval=0.5, timeout=30, mode="poke")
    def counted(name, ds=None):
        path = os.path.join(os.environ["OUT"], name)
        with open(path, "a") as f:
            f.write("x")
        print(f"@@ counted={os.path.getsize(path)} {ds}")
        return PokeReturnValue(is_done=os.path.getsize(path) >= 2, xcom_value={"at": ds})

    @task.sensor(poke_interval=1, timeout=30, mode="reschedule")
    def plain(found):
        print(f"@@ plain={found}")
        return bool(found)

    asked = PythonSensor(
        task_id="asked", python_callable=lambda day, templates_dict: templates_dict["day"] == day, op_args=["{{ ds }}"],
        templates_dict={"day": "{{ ds }}"}, poke_interval=1,
    )
    written >> [poke, released, pattern, folder, deep, named, none, late, asked]
    plain(counted("file_sensors.counted"))
    none >> BashOperator(task_id="after_none", bash_command="echo no")
    [poke, released] >> BashOperator(task_id="after", bash_command="echo '@@ after=1'")
