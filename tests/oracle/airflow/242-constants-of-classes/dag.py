"""Constants that are no JSON, as arguments, in templates, and as the task's own params."""
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator

VALUES = {
    "time": time(5, 30), "date": date(2024, 2, 29), "moment": datetime(2024, 2, 29, 12), "span": timedelta(hours=30),
    "decimal": Decimal("1.50"), "path": Path("/data/in"), "inf": float("-inf"), "tuple": (1, (2.0, None)),
    "set": {3}, "bytes": b"\x00\xff", "pairs": {1: "a", (2, 3): True},
}  # fmt: skip


def show(*args, **kwargs):
    for name in VALUES:
        print(f"@@ {name}={kwargs[name]!r}")
    print(f"@@ args={args!r}")


def nested(value, params=None):
    print(f"@@ nested={value!r}")
    print(f"@@ params={dict(params)!r}")


with DAG("constants_of_classes", start_date=datetime(2024, 1, 1), schedule=None,
         user_defined_macros={"VALUES": VALUES, "one": {1: (2,)}}) as dag:  # fmt: skip
    PythonOperator(task_id="show", python_callable=show, op_args=[time(1), Path("x"), {2: Decimal("1")}], op_kwargs=VALUES)
    PythonOperator(task_id="nested", python_callable=nested, op_args=[[VALUES["span"], {"p": Path("y"), "t": time(2)}]],
                   params={"deep": {"a": [1, None, 2.5]}, "list": ["x"]})  # fmt: skip
    names = ["time", "date", "moment", "span", "decimal", "path", "inf", "tuple", "pairs", "bytes"]
    BashOperator(task_id="texts", bash_command="; ".join(f'echo "@@ {n}={{{{ VALUES.{n} }}}}"' for n in names)
                 + '; echo "@@ one={{ one }}"; echo "@@ p={{ params.deep }} {{ params.deep.a[1] }}"',
                 params={"deep": {"a": [1, None, 2.5]}})  # fmt: skip
