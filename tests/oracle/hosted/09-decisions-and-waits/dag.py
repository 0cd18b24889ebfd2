"""Own branches, gates, sensors in both modes, and operators that hand their wait to a trigger."""

import os
from datetime import datetime, timedelta

from airflow import DAG
from airflow.exceptions import AirflowFailException, AirflowSkipException
from airflow.models import BaseOperator
from airflow.operators.bash import BashOperator
from airflow.operators.branch import BaseBranchOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import PythonOperator, ShortCircuitOperator
from airflow.sensors.base import BaseSensorOperator, PokeReturnValue

from own_triggers import After


def count(name):
    path = os.path.join(os.environ["OUT"], name)
    with open(path, "a") as f:
        f.write("x")
    return os.path.getsize(path)


class ByDay(BaseBranchOperator):
    def __init__(self, wanted, **kwargs):
        super().__init__(**kwargs)
        self.wanted = wanted

    def choose_branch(self, context):
        return self.wanted if context["logical_date"].day == 10 else "other"


class Gate(ShortCircuitOperator):
    def execute(self, context):
        print("@@ gate=asked")
        return super().execute(context)


class Double(PythonOperator):
    def execute(self, context):
        return super().execute(context) * 2


class Looks(BaseSensorOperator):
    def __init__(self, name, needed, **kwargs):
        super().__init__(**kwargs)
        self.name = name
        self.needed = needed

    def poke(self, context):
        n = count("decisions." + self.name)
        print(f"@@ look={n}")
        if self.needed == "skip":
            raise AirflowSkipException("no")
        if self.needed == "fail":
            raise AirflowFailException("no")
        if self.needed == "error" and n < 2:
            raise ValueError("broken")
        return PokeReturnValue(is_done=self.needed == "error" or n >= self.needed, xcom_value={"n": n})


class Hands(BaseOperator):
    def __init__(self, seconds, **kwargs):
        super().__init__(**kwargs)
        self.seconds = seconds

    def execute(self, context):
        print("@@ hands=over")
        self.defer(trigger=After(self.seconds, "first"), method_name="again", kwargs={"level": 1})

    def again(self, context, event, level):
        print(f"@@ again={event} {level} {context['ds']}")
        if level < 2:
            self.defer(trigger=After(0.1, "second"), method_name="again", kwargs={"level": level + 1})
        return event["note"]


class TooLong(BaseOperator):
    def execute(self, context):
        self.defer(trigger=After(60, "never"), method_name="execute_complete", timeout=timedelta(seconds=1))

    def execute_complete(self, context, event=None):
        return event


with DAG("hosted_decisions", start_date=datetime(2024, 1, 1), schedule=None):
    route = ByDay(task_id="route", wanted=["this", "both"])
    this, both, other = (EmptyOperator(task_id=name) for name in ("this", "both", "other"))
    join = EmptyOperator(task_id="join", trigger_rule="none_failed_min_one_success")
    route >> [this, both, other] >> join
    closed = Gate(task_id="closed", python_callable=lambda: 0)
    opened = Gate(task_id="opened", python_callable=lambda ds: ds, ignore_downstream_trigger_rules=False)
    closed >> EmptyOperator(task_id="below") >> EmptyOperator(task_id="far", trigger_rule="all_done")
    opened >> EmptyOperator(task_id="beside")
    double = Double(task_id="double", python_callable=lambda n, ds: [n, ds], op_kwargs={"n": 3})
    poke = Looks(task_id="poke", name="poke", needed=2, poke_interval=0.2, mode="poke")
    released = Looks(task_id="released", name="released", needed=2, poke_interval=1, mode="reschedule")
    soft = Looks(task_id="soft", name="soft", needed=99, poke_interval=0.6, timeout=1, soft_fail=True)
    timed = Looks(task_id="timed", name="timed", needed=99, poke_interval=0.6, timeout=1, retries=2, retry_delay=0)
    skip = Looks(task_id="skip", name="skip", needed="skip", poke_interval=1)
    fail = Looks(task_id="fail", name="fail", needed="fail", poke_interval=1, retries=2, retry_delay=0)
    error = Looks(task_id="error", name="error", needed="error", poke_interval=1, retries=2, retry_delay=0)
    hands = Hands(task_id="hands", seconds=0.2)
    too_long = TooLong(task_id="too_long")
    after = BashOperator(
        task_id="after",
        bash_command="echo '@@ after={{ ti.xcom_pull(\"hands\") }} {{ ti.xcom_pull(\"double\") }} {{ ti.xcom_pull(\"released\") }} {{ ti.xcom_pull(\"error\") }}'",
    )
    [hands, double, released, error] >> after
    soft >> EmptyOperator(task_id="after_soft")
    too_long >> EmptyOperator(task_id="after_long")
