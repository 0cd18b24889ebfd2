"""Messages to people."""

from datetime import datetime

from airflow import DAG
from airflow.operators.email import EmailOperator
from airflow.providers.slack.operators.slack import SlackAPIFileOperator, SlackAPIPostOperator
from airflow.providers.slack.operators.slack_webhook import SlackWebhookOperator

with DAG("messages", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False) as dag:
    mail = EmailOperator(
        task_id="mail",
        to=["team@example.org", "boss@example.org"],
        cc="archive@example.org",
        subject="Report of {{ ds }}",
        html_content="<p>The report of {{ ds }} is ready.</p>",
    )
    hook = SlackWebhookOperator(
        task_id="hook",
        slack_webhook_conn_id="slack_alerts",
        message="Run {{ run_id }} is done",
        blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "*done* {{ ds }}"}}],
    )
    legacy = SlackWebhookOperator(task_id="legacy", http_conn_id="slack", webhook_token="T1/B2/abcdefghijkl", message="x")
    post = SlackAPIPostOperator(task_id="post", slack_conn_id="slack_api", channel="#data", text="{{ ds }} is done")
    upload = SlackAPIFileOperator(
        task_id="upload", slack_conn_id="slack_api", channels="#data", content="a,b\n1,2\n", title="rows", filetype="csv"
    )
    [mail, hook, legacy] >> post >> upload
