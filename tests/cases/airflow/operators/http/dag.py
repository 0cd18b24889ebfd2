"""Talks to an order service."""

from datetime import datetime

from airflow import DAG
from airflow.providers.http.operators.http import SimpleHttpOperator
from airflow.providers.http.sensors.http import HttpSensor


def has_orders(response):
    return len(response.json()["orders"]) > 0


with DAG("order_service", schedule="@hourly", start_date=datetime(2024, 1, 1), catchup=False) as dag:
    ready = HttpSensor(
        task_id="ready",
        http_conn_id="orders_api",
        endpoint="health",
        request_params={"deep": "1"},
        response_check=lambda response: response.json()["ok"],
        poke_interval=20,
        timeout=600,
        soft_fail=True,
    )
    fetch = SimpleHttpOperator(
        task_id="fetch",
        http_conn_id="orders_api",
        endpoint="orders?day={{ ds }}",
        method="GET",
        headers={"Accept": "application/json"},
        response_check=has_orders,
        response_filter=lambda response: response.json()["orders"],
        log_response=True,
    )
    close = SimpleHttpOperator(
        task_id="close",
        http_conn_id="orders_api",
        endpoint="orders/close",
        data={"day": "{{ ds }}"},
        extra_options={"timeout": 30, "verify": False},
    )
    ready >> fetch >> close
