# A DAG from the days of Airflow 1.10 that nobody has touched since.
from datetime import datetime, timedelta

from airflow import DAG
from airflow.models import Variable
from airflow.operators.bash_operator import BashOperator
from airflow.operators.dummy_operator import DummyOperator
from airflow.operators.python_operator import PythonOperator

from common.alerts import slack_alert

default_args = {
    "owner": "bi",
    "depends_on_past": False,
    "start_date": datetime(2019, 5, 1),
    "email": ["bi@example.com"],
    "email_on_failure": True,
    "email_on_retry": False,
    "retries": 3,
    "retry_delay": timedelta(minutes=2),
    "retry_exponential_backoff": True,
    "max_retry_delay": timedelta(minutes=30),
    "on_failure_callback": slack_alert,
}

RECIPIENTS = Variable.get("report_recipients", default_var="bi@example.com")

dag = DAG(
    "legacy_report",
    default_args=default_args,
    schedule_interval="30 5 * * 1-5",
    catchup=True,
    max_active_runs=1,
    concurrency=4,
)


def build_report(execution_date, **kwargs):
    week = execution_date.isocalendar()[1]
    print("report for week %d, first run: %s" % (week, kwargs["ds"]))
    return "report-%s.csv" % kwargs["ds_nodash"]


start = DummyOperator(task_id="start", dag=dag)

build = PythonOperator(task_id="build", python_callable=build_report, provide_context=True, dag=dag)

send = BashOperator(
    task_id="send",
    bash_command="echo sending {{ ti.xcom_pull('build') }} to %s on {{ yesterday_ds }}" % RECIPIENTS,
    dag=dag,
)

clean = BashOperator(task_id="clean_up", bash_command="rm -f /tmp/report-*.csv", trigger_rule="all_done", dag=dag)

start.set_downstream(build)
send.set_upstream(build)
send >> clean
