"""Two assets: each is a DAG of one task."""

from airflow.sdk import asset


@asset(uri="s3://shop/orders", schedule="@daily")
def orders():
    return {"rows": 3}


@asset(uri="s3://shop/report", schedule=None)
def report(context, orders):
    print(context["ds"], orders)
