"""HTTP operators that need the provider's own code: authentication, pages, deferred requests, subclasses, mapping."""

from datetime import datetime

from airflow import DAG
from airflow.operators.python import PythonOperator
from airflow.providers.http.hooks.http import HttpHook
from airflow.providers.http.operators.http import HttpOperator
from airflow.providers.http.sensors.http import HttpSensor
from requests.auth import AuthBase


class TokenAuth(AuthBase):
    def __init__(self, login, password):
        self.token = f"{login}-{password}"

    def __call__(self, request):
        request.headers["X-Token"] = self.token
        return request


class Pages(HttpOperator):
    """Keeps only the sum of what it got."""

    def execute(self, context):
        found = super().execute(context)
        context["ti"].xcom_push(key="pages", value=len(found))
        return sum(found)


class Ready(HttpSensor):
    def poke(self, context):
        done = super().poke(context)
        print(f"@@ ready={done}")
        return done


def next_page(response):
    n = response.json()["next"]
    if n:
        return {"endpoint": f"page/{n}"}


def numbers(responses):
    return [n for r in responses for n in r.json()["items"]]


def show(ti):
    for task in ("pages", "token", "deferred", "kept"):
        print(f"@@ {task}={ti.xcom_pull(task_ids=task)!r}")
    print(f"@@ key={ti.xcom_pull(task_ids='pages', key='pages')}")
    print(f"@@ mapped={list(ti.xcom_pull(task_ids='mapped'))}")


def statuses(codes):
    hook = HttpHook(method="HEAD", http_conn_id="code_plain")
    return [hook.run(f"status/{code}", extra_options={"check_response": False}).status_code for code in codes]


with DAG("hosted_http_code", start_date=datetime(2024, 1, 1), schedule=None):
    pages = Pages(
        task_id="pages", http_conn_id="code_plain", endpoint="page/2", method="GET",
        pagination_function=next_page, response_filter=numbers,
    )
    token = HttpOperator(
        task_id="token", http_conn_id="code_http", endpoint="echo/{{ ds }}", method="PUT", auth_type=TokenAuth,
        data="day={{ ds }}", response_filter=lambda r: [r.json()["headers"].get("x-token"), r.json()["method"], r.json()["body"]],
    )
    options = HttpOperator(
        task_id="options", http_conn_id="code_plain", endpoint="status/418", method="GET",
        extra_options={"check_response": False}, log_response=True,
    )
    deferred = HttpOperator(
        task_id="deferred", http_conn_id="code_plain", endpoint="echo/deferred", method="POST", data='{"a": 1}',
        headers={"Content-Type": "application/json"}, deferrable=True, response_filter=lambda r: r.json()["body"],
    )
    waits = HttpSensor(
        task_id="waits", http_conn_id="code_plain", endpoint="after/1?k=waits", poke_interval=1, timeout=30,
        deferrable=True,
    )
    ready = Ready(
        task_id="ready", http_conn_id="code_plain", endpoint="after/1?k=ready", poke_interval=0.5, timeout=30,
        response_check=lambda response, ds: response.json()["looks"] == 2 and ds == "2024-03-10",
    )
    kept = HttpOperator(
        task_id="kept", http_conn_id="code_plain", endpoint="text", method="GET",
        response_check=lambda response, ti, params: ti.task_id == "kept" and not params,
        response_filter=lambda response, ds: f"{response.text.splitlines()[0]} {ds}",
    )
    wrong = HttpOperator(
        task_id="wrong", http_conn_id="code_plain", endpoint="status/404", method="GET", retries=1, retry_delay=0,
        auth_type=TokenAuth,
    )
    mapped = HttpOperator.partial(
        task_id="mapped", http_conn_id="code_plain", method="GET", response_filter=lambda r: r.json()["query"]["n"]
    ).expand(endpoint=["echo?n=1", "echo?n={{ ds_nodash }}"])
    hook = PythonOperator(task_id="hook", python_callable=statuses, op_args=[[200, 404, 503]])
    [pages, token, deferred, waits, ready, kept, mapped] >> PythonOperator(task_id="show", python_callable=show)
