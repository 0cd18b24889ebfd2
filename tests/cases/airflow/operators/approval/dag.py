"""Questions to people."""

from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.hitl import ApprovalOperator, HITLBranchOperator, HITLEntryOperator, HITLOperator
from airflow.sdk import DAG

with DAG("questions", schedule=None, start_date=pendulum.datetime(2025, 1, 1, tz="UTC")) as dag:
    ask = HITLOperator(
        task_id="ask",
        subject="Which region?",
        options=["eu", "us"],
        defaults=["eu"],
        response_timeout=timedelta(hours=4),
    )
    entry = HITLEntryOperator(task_id="entry", subject="Say something", params={"text": ""})
    allow = ApprovalOperator(task_id="allow", subject="Publish {{ ds }}?", body="The numbers look **good**.")
    strict = ApprovalOperator(task_id="strict", subject="Really?", fail_on_reject=True)
    route = HITLBranchOperator(task_id="route", subject="Where to?", options=["left", "right"], options_mapping={"left": "go_left", "right": "go_right"})
    ask >> entry >> allow >> strict >> route >> [EmptyOperator(task_id="go_left"), EmptyOperator(task_id="go_right")]
