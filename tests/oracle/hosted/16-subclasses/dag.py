"""Subclasses of providers' operators and of the team's base class: super, mixins, files in nested fields, outputs."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.exceptions import AirflowFailException
from airflow.models import BaseOperator
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import BranchPythonOperator, PythonOperator
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

from team_base import TeamBase, TeamError, Timed


class Shell(Timed, BashOperator):
    template_fields = (*BashOperator.template_fields, "word")
    label = "shell"

    def __init__(self, word, **kwargs):
        super().__init__(bash_command="echo '@@ said={{ params.word }}'; echo \"$WORD {{ ds }}\"", append_env=True, **kwargs)
        self.word = word

    def execute(self, context):
        self.env = {"WORD": self.word.strip()}
        return super().execute(context).upper()


class Call(Timed, PythonOperator):
    label = "call"

    def execute(self, context):
        self.op_kwargs = {**self.op_kwargs, "extra": context["dag_run"].conf["n"]}
        return super().execute(context)


class Choose(BranchPythonOperator):
    def execute(self, context):
        print(f"@@ choose={self.op_args}")
        return super().execute(context)


class Names(SQLExecuteQueryOperator):
    """Turns rows into a list of names."""

    def execute(self, context):
        rows = super().execute(context)
        context["ti"].xcom_push(key="count", value=len(rows))
        return [row[0] for row in rows]


class Table(TeamBase):
    def run(self, context):
        print(f"@@ settings={self.settings}")
        print(f"@@ sql={self.sql}")
        return {"size": self.size, "deep": self.settings.get("deep")}


class Sized(Table):
    default_size = 9

    def run(self, context):
        return {**super().run(context), "sized": True}


class Broken(TeamBase):
    def run(self, context):
        if context["ti"].try_number < 2:
            raise TeamError("once")
        raise AirflowFailException("for good")


class Several(BaseOperator):
    def __init__(self, value, **kwargs):
        super().__init__(**kwargs)
        self.value = value

    def execute(self, context):
        self.xcom_push(context, key="own", value=[self.value]) if hasattr(self, "xcom_push") else context["ti"].xcom_push(key="own", value=[self.value])
        return {"a": self.value, "b": [self.value, None]}


class Slow(BaseOperator):
    def execute(self, context):
        import time

        try:
            time.sleep(60)
        finally:
            print("@@ slow=ended")

    def on_kill(self):
        print("@@ slow=killed")


def show(ti):
    for task in ("shell", "call", "names", "table", "sized", "silent", "several"):
        value = ti.xcom_pull(task_ids=task)
        print(f"@@ {task}={sorted(value.items()) if isinstance(value, dict) else value!r}")
    print(f"@@ keys={ti.xcom_pull(task_ids='names', key='count')} {ti.xcom_pull(task_ids='several', key='own')}")
    print(f"@@ parts={ti.xcom_pull(task_ids='several', key='a')} {ti.xcom_pull(task_ids='several', key='b')}")


with DAG(
    "hosted_subclasses", start_date=datetime(2024, 1, 1), schedule=None, params={"word": "green"},
    template_searchpath=[__file__.rpartition("/")[0] + "/sql"],
):
    shell = Shell(task_id="shell", word=" {{ ds_nodash }} ")
    call = Call(task_id="call", python_callable=lambda *args, extra, ds: [*args, extra, ds], op_args=["{{ params.word }}"])
    choose = Choose(task_id="choose", python_callable=lambda name: name, op_args=["{{ 'left' if params.word == 'green' else 'right' }}"])
    choose >> [EmptyOperator(task_id="left"), EmptyOperator(task_id="right")]
    names = Names(task_id="names", conn_id="subclass_db", sql="names.sql")
    table = Table(task_id="table", sql=["nested.sql", "drop {{ ds }}"], settings={"deep": ["{{ ds }}", {"k": ("{{ params.word }}", 1)}], "{{ ds }}": 2})
    sized = Sized(task_id="sized", sql="nested.sql", settings={"file": "nested.sql"})
    broken = Broken(task_id="broken", retries=3, retry_delay=timedelta(seconds=0))
    silent = Table(task_id="silent", do_xcom_push=False)
    several = Several(task_id="several", value="v", multiple_outputs=True)
    slow = Slow(task_id="slow", execution_timeout=timedelta(seconds=2))
    [shell, call, names, table, sized, silent, several] >> PythonOperator(task_id="show", python_callable=show)
