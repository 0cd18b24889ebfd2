"""Values that hosted operators give and take: every kind of JSON, and what JSON has no word for."""

from datetime import date, datetime, timedelta, timezone

from airflow import DAG
from airflow.models import BaseOperator
from airflow.operators.python import PythonOperator

WORDS = "quote \" ' back\\slash {{ not }} {% raw %} $(HOME) $$ `x` \u00e9\u4e2d\U0001f600\ttab\nnew"


class Give(BaseOperator):
    def __init__(self, value, **kwargs):
        super().__init__(**kwargs)
        self.value = value

    def execute(self, context):
        return self.value


class Take(BaseOperator):
    template_fields = ("value",)

    def __init__(self, value, **kwargs):
        super().__init__(**kwargs)
        self.value = value

    def execute(self, context):
        print(f"@@ took={type(self.value).__name__} {str(self.value)[:200]!r} {len(str(self.value))}")


class Big(BaseOperator):
    def execute(self, context):
        return {"text": "\u00e9" * 60000, "rows": [[n, str(n)] for n in range(2000)]}


class Moments(BaseOperator):
    def execute(self, context):
        ti = context["ti"]
        ti.xcom_push(key="day", value=date(2024, 2, 29).isoformat())
        ti.xcom_push(key="when", value=datetime(2024, 2, 29, 1, 2, 3, tzinfo=timezone.utc))
        ti.xcom_push(key="long", value=timedelta(hours=25, milliseconds=500).total_seconds())
        ti.xcom_push(key="pair", value=("a", 1))
        ti.xcom_push(key="some key: x/y", value={"k": [1]})
        return None


KINDS = {
    "text": WORDS,
    "empty": "",
    "digits": "007",
    "true_text": "true",
    "number": 9007199254740993,
    "fraction": 0.1,
    "yes": True,
    "no": False,
    "nothing": None,
    "zero": 0,
    "items": [1, "1", None, [True, {}], []],
    "mapping": {"a": {"b": [None]}, "0": "zero", "": "empty", WORDS: WORDS},
}


def show(ti):
    for kind in KINDS:
        value = ti.xcom_pull(task_ids=f"give_{kind}")
        print(f"@@ {kind}={type(value).__name__} {value == KINDS[kind]} {sorted(value.items()) if kind == 'mapping' else value!r}".replace("\n", "\\n"))
    for key in ("day", "when", "long", "pair", "some key: x/y", "return_value"):
        print(f"@@ {key}={ti.xcom_pull(task_ids='moments', key=key)!s}")
    many = ti.xcom_pull(task_ids=["give_yes", "give_items"])
    print(f"@@ many={list(many)}")
    big = ti.xcom_pull(task_ids="big")
    print(f"@@ big={len(big['text'])} {big['rows'][-1]}")


with DAG("hosted_values", start_date=datetime(2024, 1, 1), schedule=None):
    shown = PythonOperator(task_id="show", python_callable=show)
    for kind, value in KINDS.items():
        Give(task_id=f"give_{kind}", value=value) >> shown
    big = Big(task_id="big")
    moments = Moments(task_id="moments")
    [big, moments] >> shown
    for kind in ("text", "number", "items", "nothing"):
        take = Take(task_id=f"take_{kind}", value=shown.dag.get_task(f"give_{kind}").output)
    Take(task_id="take_template", value="{{ ti.xcom_pull('give_mapping')['a'] }} {{ ti.xcom_pull('give_fraction') + 1 }}")
    Take(task_id="take_key", value=moments.output["pair"])
