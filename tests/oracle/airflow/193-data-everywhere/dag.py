"""Awkward values through params, conf, op_kwargs, env, templates, Bash and results."""
import json
import os
from datetime import date, datetime, timedelta, timezone

from airflow import DAG
from airflow.decorators import task
from airflow.models.param import Param
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator

NASTY = [
    "it's \"quoted\"",
    "line1\nline2\ttab\r",
    "{% raw %}{{ not_a_template }}{% endraw %}",
    "$(echo no) `echo no` $$ ${HOME} $1 \\n \\",
    "日本語 – naïve 🎉 \u200b",
    "",
    " lead and trail ",
    "null",
    "true",
    "1.0",
    "0x10",
    "- a: b #c",
    "{{ '{{' }} workflow.name {{ '}}' }}",
    "{{ '{{=1+1}}' }}",
]


def show(*values, **named):
    for value in values:
        print(f"@@ v={value!r}")
    for key in sorted(k for k in named if k.startswith("k_")):
        print(f"@@ {key}={named[key]!r}")
    return list(values)


with DAG(
    "data_everywhere",
    start_date=datetime(2024, 1, 1),
    schedule=None,
    params={
        "text": "a 'b' \"c\"\n$(d) $$ {{ ds }}",
        "number": Param(1.5, type="number", minimum=0),
        "flag": False,
        "nothing": None,
        "nested": {"list": [1, "2", None, True, {"deep": "é"}], "empty": {}, "e": []},
        "choice": Param("b", enum=["a", "b", "c"]),
        "big": 9007199254740993,
    },
) as dag:
    args = PythonOperator(task_id="args", python_callable=show, op_args=NASTY, op_kwargs={"k_all": {"n": NASTY[:4], "t": (1, "{{ ds }}")}})
    PythonOperator(
        task_id="times",
        python_callable=show,
        op_kwargs={
            "k_date": date(2024, 2, 29),
            "k_time": datetime(2024, 1, 2, 3, 4, 5, tzinfo=timezone.utc),
            "k_delta": timedelta(days=1, seconds=2),
            "k_set": {1},
            "k_none": None,
            "k_float": 1e22,
            "k_bytes": b"\x00ab",
            "k_neg": -0.0,
        },
    )
    BashOperator(
        task_id="env",
        bash_command="python3 - <<'X'\nimport os\nfor k in sorted(os.environ):\n    if k.startswith('Q_'):\n        print('@@ ' + k + '=' + repr(os.environ[k]))\nX",
        env={f"Q_{i:02}": text for i, text in enumerate(NASTY)} | {"Q_PARAM": "{{ params.text }}", "Q_JSON": "{{ params.nested | tojson }}"},
        append_env=True,
    )
    BashOperator(
        task_id="bash",
        bash_command="""
x='{{ params.choice }}'; y="$(printf '%s' "$x$x")"
echo "@@ y=$y $$_ ${y%%x} {{ params.number }} {{ params.flag }} {{ params.nothing }} {{ params.big }}" | sed "s/ $$_//"
echo '@@ nested={{ params.nested.list[4].deep }} {{ params.nested.list | length }} {{ params["nested"]["e"] }}'
cat <<'Z'
@@ here={{ params.text | replace("\n", "|") }}
Z
echo 'last "line" é $(x) {{ "{{" }}'
""",
    )

    @task
    def read(values, params=None, dag_run=None, ti=None):
        print(f"@@ same={values == [v for v in values]} {len(values)}")
        for key in sorted(params):
            print(f"@@ p_{key}={params[key]!r}")
        print(f"@@ conf={json.dumps(dag_run.conf, sort_keys=True)}")
        print(f"@@ bash={ti.xcom_pull(task_ids='bash')!r}")
        return {"back": values, "n": float(1), "d": date(2024, 1, 1), "inf": None}

    @task
    def again(value):
        print(f"@@ again={value['back'][1]!r} {value['n']!r} {value['d']!r}")

    r = read(args.output)
    dag.get_task("bash") >> r
    again(r)
