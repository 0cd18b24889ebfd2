"""Params of every type with schemas, overridden by the run's conf; as Python values, in templates, through dag_run.conf."""
import json
from datetime import datetime

from airflow.decorators import task
from airflow.models.param import Param
from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG(
    "params_types",
    start_date=datetime(2024, 1, 1),
    schedule=None,
    params={
        "num": Param(1, type="integer", minimum=0, maximum=10),
        "real": Param(2.5, type="number"),
        "flag": Param(True, type="boolean"),
        "arr": Param([1], type="array"),
        "obj": Param({"a": 1}, type=["object", "null"]),
        "text": Param("t", type="string", minLength=1, maxLength=100),
        "maybe": Param("m", type=["null", "string"]),
        "choice": Param("b", enum=["a", "b", 3]),
        "day": Param("2024-02-03", type="string", format="date"),
        "plain": [1, 2],
        "untyped": Param(5),
        "none": None,
    },
) as dag:

    @task
    def show(params=None, dag_run=None):
        for name in sorted(params):
            print(f"@@ {name}=" + json.dumps(params[name]))
        print("@@ conf=" + json.dumps(dag_run.conf, sort_keys=True))

    s = show()
    BashOperator(
        task_id="bash",
        bash_command="""
echo "@@ num={{ params.num + 1 }} real={{ params['real'] * 2 }} flag={{ 'yes' if params.flag else 'no' }}"
echo '@@ arr={{ params.arr | tojson }} obj={{ params.obj.deep.er[0] }}'
echo '@@ maybe={{ params.maybe }} none={{ params.none }} choice={{ params.choice }}'
echo "@@ conf={{ dag_run.conf['num'] }} {{ dag_run.conf.get('zz', 'dflt') }} {{ dag_run.conf.extra }}"
echo "@@ unt={{ params.untyped }} plain={{ params.plain }} day={{ params.day }}"
""",
        params={"local": "l", "untyped": 6},
    )

    @task
    def args(n, t):
        print(f"@@ n={n!r} {type(n).__name__} t={t!r}")

    args("{{ params.num }}", "{{ params.text }}")
    args.override(task_id="dag_param")(dag.param("num"), dag.param("nope", default="d"))
