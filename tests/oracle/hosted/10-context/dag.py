"""What a hosted operator finds in its context and in itself."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.decorators import task
from airflow.models import BaseOperator
from airflow.operators.bash import BashOperator
from airflow.operators.python import get_current_context
from airflow.utils.task_group import TaskGroup

try:
    from airflow.sdk import BaseOperatorLink
except ImportError:
    from airflow.models.baseoperatorlink import BaseOperatorLink


class DocsLink(BaseOperatorLink):
    name = "Docs"

    def get_link(self, operator, *, ti_key):
        return f"https://docs.example/{operator.task_id}"


class Report(BaseOperator):
    template_fields = ("texts",)
    operator_extra_links = (DocsLink(),)

    def __init__(self, texts, **kwargs):
        super().__init__(**kwargs)
        self.texts = texts

    def execute(self, context):
        for name in ("ds", "ds_nodash", "ts", "ts_nodash", "logical_date", "data_interval_start", "data_interval_end"):
            print(f"@@ {name}={context[name]}")
        ti, dag, run = context["ti"], context["dag"], context["dag_run"]
        print(f"@@ ti={ti.task_id} {ti.dag_id} {ti.map_index} {ti.try_number}")
        print(f"@@ same={context['task'] is self} {context['task_instance'] is ti} {ti.task.task_id}")
        print(f"@@ self={self.task_id} {self.owner} {self.retries} {self.pool} {self.trigger_rule}")
        print(f"@@ task_type={self.task_type} {self.operator_name}")
        print(f"@@ dag={dag.dag_id} {sorted(dag.tags)} {self.dag_id}")
        print(f"@@ run={run.run_id == context['run_id']} {run.conf} {run.dag_id}")
        print(f"@@ params={dict(context['params'])}")
        print(f"@@ current={get_current_context()['ds']}")
        print(f"@@ macros={context['macros'].ds_add(context['ds'], -1)}")
        print(f"@@ relations={sorted(self.upstream_task_ids)} {sorted(self.downstream_task_ids)}")
        print(f"@@ link={self.operator_extra_links[0].get_link(self, ti_key=None)}")
        self.log.info("a line for the log %s", 1)
        for text in self.texts:
            print(f"@@ text={text}")
        print(f"@@ first={ti.xcom_pull(task_ids='steps.first')}")
        print(f"@@ render={self.render_template('{{ ds }}-{{ params.size }}', context)}")
        return {"until": (context["logical_date"] + timedelta(days=1)).isoformat()}


with DAG(
    "hosted_context", start_date=datetime(2024, 1, 1), schedule=None, tags=["b", "a"], params={"size": 3, "name": "x"},
    default_args={"owner": "team", "retries": 1, "retry_delay": timedelta(seconds=0)},
    user_defined_macros={"shout": lambda text: text.upper(), "unit": "kg"},
    user_defined_filters={"twice": lambda text: text * 2},
):
    with TaskGroup("steps"):
        first = BashOperator(task_id="first", bash_command="echo '{{ unit }}'")
        report = Report(
            task_id="report",
            texts=[
                "{{ shout(ds) }} {{ 'ab' | twice }} {{ unit }}",
                "{{ ti.xcom_pull(task_ids='steps.first') }} {{ task.task_id }} {{ dag_run.conf['given'][1] }}",
                "{{ params.name }} {{ data_interval_end | ds }} {{ (logical_date + macros.timedelta(hours=1)) | ts }}",
            ],
        )
        first >> report

    @task
    def last(found):
        print(f"@@ last={found}")

    last(report.output)
