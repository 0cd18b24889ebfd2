"""Templates over the objects of a run: ti, task, dag, dag_run, conn, var with defaults, params of task and DAG, inlets of text; in Bash, Python and a mapped task."""
from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator

LINES = {
    "ti": "{{ ti.task_id }} {{ ti.dag_id }} {{ ti.try_number }} {{ ti.map_index }} {{ task_instance.task_id }} {{ ti.max_tries }}",
    "task": "{{ task.task_id }} {{ task.owner }} {{ task.retries }} {{ task.pool }} {{ task.trigger_rule }} {{ task.upstream_task_ids | sort | join('+') }} {{ task.depends_on_past }}",
    "dag": "{{ dag.dag_id }} {{ dag.tags | sort }} {{ dag.description }} {{ dag.timezone.name }}",
    "run": "{{ dag_run.dag_id }} {{ dag_run.conf.a.b[1] }} {{ dag_run.logical_date | ds }} {{ dag_run.external_trigger is defined }} {{ run_id.startswith('manual') or run_id != '' }}",
    "var": "{{ var.value.plain }} {{ var.value.get('nope', 'fallback') }} {{ var.json.settings.hosts[0].name }} {{ var.json.get('nope', {'x': 1}).x }} {{ var.value.get('plain') | length }}",
    "conn": "{{ conn.store.host }}:{{ conn.store.port }} {{ conn.store.login }} {{ conn.store.schema }} {{ conn.store.conn_type }} {{ conn.store.extra_dejson.region }} {{ conn.get('missing', 'none') }}",
    "prm": "{{ params.mine }} {{ params['both'] }} {{ params.get('no', 'dflt') }} {{ params | length }}",
    "tests": "{{ params.mine is string }} {{ params.num is number }} {{ dag_run.conf.zzz is defined }} {{ ds is match('x') if false else 'skip' }} {{ none is none }} {{ 7 is odd }} {{ 'a' in 'cat' }}",
    "flt": "{{ 'x_y-z' | replace('_', ' ') | capitalize }} {{ [1, [2]] | string }} {{ 3.7 | int }} {{ '4' | float + 1 }} {{ {'b': 1} | tojson }} {{ 'abc' | first }}{{ [] | default('e', true) }} {{ 'a b' | urlencode }} {{ 12345.678 | round(1) }} {{ ' t ' | trim }} {{ 'ab' | list }} {{ [3, 1] | sort(reverse=true) }} {{ ['a', 'a'] | unique | list }} {{ 'w1 w2' | wordcount }} {{ [1, 2, 3] | batch(2) | list }}",
}


def show(**kwargs):
    for name in sorted(LINES):
        print(f"@@ {name}={kwargs['x_' + name]}")


with DAG(
    "facts_of_the_run",
    schedule=None,
    start_date=datetime(2024, 1, 1),
    description="shows facts",
    tags=["t2", "t1"],
    params={"both": "dag", "num": 5},
    default_args={"owner": "data", "retries": 2, "retry_delay": timedelta(seconds=1)},
    catchup=False,
    max_active_runs=3,
) as dag:
    first = BashOperator(task_id="first", bash_command="echo \"@@ first={{ ti.task_id }}\"")
    py = PythonOperator(task_id="py", python_callable=show, op_kwargs={f"x_{k}": v for k, v in LINES.items()}, params={"mine": "m", "both": "task"}, pool="default_pool")
    sh = BashOperator(task_id="sh", bash_command="\n".join(f"echo '@@ {k}={v}'" for k, v in LINES.items() if k not in ("var", "flt", "tests")), params={"mine": "s"}, trigger_rule="all_done")
    mapped = BashOperator.partial(task_id="mapped", params={"mine": 1}).expand(bash_command=["echo '@@ m={{ ti.map_index }} {{ params.mine }} {{ params.both }} {{ task.task_id }}'", "echo '@@ n={{ ds_nodash }}'"])
    first >> [py, sh] >> mapped
