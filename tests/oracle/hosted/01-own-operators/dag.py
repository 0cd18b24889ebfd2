"""The project's own operators and sensors, a subclass of a provider's operator, and one without a mapping."""
import os
from datetime import datetime

from airflow import DAG
from airflow.models import BaseOperator, Variable
from airflow.operators.bash import BashOperator
from airflow.sensors.base import BaseSensorOperator, PokeReturnValue

from hosted_helpers import shout


class Greet(BaseOperator):
    template_fields = ("name", "rows")

    def __init__(self, name, rows=None, **kwargs):
        super().__init__(**kwargs)
        self.name = name + " on {{ ds }}"
        self.rows = rows

    def execute(self, context):
        print("@@ greet=" + shout(self.name) + f" {self.rows} {Variable.get('hosted_word')}")
        context["ti"].xcom_push(key="extra", value={"n": [1, 2]})
        return {"name": self.name, "try": context["ti"].try_number}


class Flaky(BaseOperator):
    def execute(self, context):
        path = os.path.join(os.environ["OUT"], "hosted.flaky")
        with open(path, "a") as f:
            f.write("x")
        if os.path.getsize(path) < 2:
            raise RuntimeError("first try")
        print(f"@@ flaky={os.path.getsize(path)}")


class ThirdLook(BaseSensorOperator):
    def __init__(self, name, **kwargs):
        super().__init__(**kwargs)
        self.name = name

    def poke(self, context):
        path = os.path.join(os.environ["OUT"], "hosted." + self.name)
        with open(path, "a") as f:
            f.write("x")
        print(f"@@ look={os.path.getsize(path)}")
        return PokeReturnValue(is_done=os.path.getsize(path) >= 3, xcom_value=self.name)


class LoudBash(BashOperator):
    def execute(self, context):
        value = super().execute(context)
        return value.upper()


with DAG("hosted_custom", start_date=datetime(2024, 1, 1), schedule=None, params={"p": 7}) as dag:
    greet = Greet(task_id="greet", name="ann {{ params.p }}", rows=[1, "{{ ds_nodash }}"])
    flaky = Flaky(task_id="flaky", retries=1, retry_delay=0)
    third = ThirdLook(task_id="third", name="third", poke_interval=0.2, timeout=60)
    never = ThirdLook(task_id="never", name="never", poke_interval=5, timeout=1, soft_fail=True)
    loud = LoudBash(task_id="loud", bash_command="echo '@@ loud={{ ti.xcom_pull(task_ids=\"greet\")[\"name\"] }}'; echo done")
    after = BashOperator(
        task_id="after",
        bash_command="echo '@@ after={{ ti.xcom_pull(task_ids=\"loud\") }} {{ ti.xcom_pull(\"third\") }} {{ ti.xcom_pull(\"greet\", key=\"extra\")[\"n\"][1] }}'",
    )
    greet >> loud >> after
    third >> after
