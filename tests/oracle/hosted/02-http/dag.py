"""HTTP operators, sensors and hooks, with a mapping and without one."""

from datetime import datetime

from airflow import DAG
from airflow.exceptions import AirflowSkipException
from airflow.operators.python import PythonOperator
from airflow.providers.http.hooks.http import HttpHook
from airflow.providers.http.operators.http import HttpOperator
from airflow.providers.http.sensors.http import HttpSensor


def show(ti, **_):
    for task in ("post", "get", "retried"):
        print(f"@@ {task}={ti.xcom_pull(task_ids=task)}")


def by_hook(endpoint, ds):
    hook = HttpHook(method="GET", http_conn_id="hosted_http")
    found = hook.run(f"{endpoint}/{ds}", data={"a": "1 2"}).json()
    print(f"@@ path={found['path']}")
    print(f"@@ query={found['query']}")
    print(f"@@ authorization={found['headers'].get('authorization')}")
    return found["query"]


class Counting(HttpOperator):
    """A subclass of a provider's operator with its own work around `execute`."""

    template_fields = (*HttpOperator.template_fields, "title")

    def __init__(self, title, **kwargs):
        super().__init__(**kwargs)
        self.title = title

    def execute(self, context):
        text = super().execute(context)
        print(f"@@ {self.title}={len(text)} {context['ds']}")
        return {"title": self.title, "length": len(text)}


class OrSkip(HttpOperator):
    def execute(self, context):
        try:
            return super().execute(context)
        except Exception as error:
            raise AirflowSkipException("not there") from error


with DAG("hosted_http", start_date=datetime(2024, 1, 1), schedule=None):
    post = HttpOperator(
        task_id="post",
        http_conn_id="hosted_http",
        endpoint="echo/{{ ds_nodash }}",
        method="POST",
        data='{"day": "{{ ds }}", "quote": "a\\"b"}',
        headers={"Content-Type": "application/json", "X-Run": "{{ dag.dag_id }}"},
        response_check=lambda response: response.json()["method"] == "POST",
        response_filter=lambda response: [response.json()["body"], response.json()["headers"]["x-run"]],
    )
    get = HttpOperator(
        task_id="get", http_conn_id="hosted_plain", endpoint="echo", method="GET", data={"n": "{{ 1 + 1 }}"},
        response_filter=lambda r: r.json()["query"],
    )
    retried = HttpOperator(
        task_id="retried", http_conn_id="hosted_plain", endpoint="after/1?status=503&k=r", method="GET",
        retries=2, retry_delay=0, response_filter=lambda r: r.json()["looks"],
    )
    refused = HttpOperator(
        task_id="refused", http_conn_id="hosted_plain", endpoint="text", method="GET",
        response_check=lambda response: "three" in response.text,
    )
    paged = HttpOperator(
        task_id="paged", http_conn_id="hosted_plain", endpoint="page/1", method="GET",
        pagination_function=lambda r: {"endpoint": f"page/{r.json()['next']}"} if r.json()["next"] else None,
        response_filter=lambda responses: [n for r in responses for n in r.json()["items"]],
    )
    ready = HttpSensor(
        task_id="ready", http_conn_id="hosted_plain", endpoint="after/2?k=ready", poke_interval=0.3, timeout=60,
        response_check=lambda response: response.json()["looks"] == 3,
    )
    asleep = HttpSensor(
        task_id="asleep", http_conn_id="hosted_plain", endpoint="after/1?k=asleep&status=500", poke_interval=1,
        timeout=60, mode="reschedule", response_error_codes_allowlist=["404", "500"],
    )
    never = HttpSensor(
        task_id="never", http_conn_id="hosted_plain", endpoint="status/404", poke_interval=0.5, timeout=1.2,
        soft_fail=True,
    )
    hook = PythonOperator(task_id="hook", python_callable=by_hook, op_args=["echo"])
    counting = Counting(
        task_id="counting", title="n{{ ds_nodash }}", http_conn_id="hosted_plain", endpoint="text", method="GET"
    )
    skipping = OrSkip(task_id="skipping", http_conn_id="hosted_plain", endpoint="status/500", method="GET")
    [post, get, retried] >> PythonOperator(task_id="show", python_callable=show)
    ready >> paged
