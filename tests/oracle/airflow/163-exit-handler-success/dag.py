"""A run that succeeds although a task failed: only the success handler of the run posts; a notifier class of the project's own."""
import json
import urllib.request
from datetime import datetime

from airflow.decorators import dag, task
from airflow.models import Variable


class Chat:
    def __init__(self, text, channel="#ops"):
        self.text = text
        self.channel = channel

    def __call__(self, context):
        text = self.text.format(dag=context["dag"].dag_id, day=context["ds"])
        body = json.dumps({"channel": self.channel, "text": text}).encode()
        request = urllib.request.Request(Variable.get("chat_address"), data=body, method="POST")
        urllib.request.urlopen(request, timeout=10).close()


@dag(
    dag_id="exit_handler_success",
    start_date=datetime(2024, 1, 1),
    schedule=None,
    on_success_callback=[Chat("{dag} done on {day}"), Chat("again", channel="#two")],
    on_failure_callback=Chat("{dag} failed"),
)
def build():
    @task(on_failure_callback=Chat("task of {dag} failed"))
    def shaky():
        raise KeyError("x")

    @task(trigger_rule="all_done", on_success_callback=Chat("cleaned", channel="#clean"))
    def clean():
        print("@@ clean=1")

    shaky() >> clean()


build()
