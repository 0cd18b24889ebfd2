"""The context in every way: parameters, kwargs, get_current_context in helpers, templates_dict, macros in code, params by task, run facts."""
from datetime import datetime, timedelta, timezone

from airflow import DAG
from airflow.decorators import task
from airflow.operators.python import PythonOperator, get_current_context


def helper(key):
    return get_current_context()[key]


def deep():
    context = get_current_context()
    ti = context["ti"]
    ti.xcom_push(key="from_deep", value=helper("ds"))
    return f"{context['dag'].dag_id}.{context['task'].task_id}.{ti.task_id}.{ti.dag_id}"


def facts(**context):
    names = ["ds", "ds_nodash", "ts", "ts_nodash", "ts_nodash_with_tz"]
    print("@@ names=" + " ".join(str(context[n]) for n in names))
    print(f"@@ start={context['data_interval_start'].isoformat()} {context['data_interval_end'].strftime('%j')}")
    print(f"@@ run={context['dag_run'].run_type.value if hasattr(context['dag_run'].run_type, 'value') else context['dag_run'].run_type}")
    print(f"@@ logical={context['logical_date'] == context['dag_run'].logical_date} {context['logical_date'].tzinfo is not None} {context['logical_date'] + timedelta(days=1):%Y-%m-%d}")
    print(f"@@ params={context['params']['p']} {context['params']['own']} {dict(context['params']) == context['params'].dump() if hasattr(context['params'], 'dump') else True}")
    print(f"@@ task={context['task'].owner} {context['task'].retries} {context['task'].trigger_rule} {sorted(context['task'].upstream_task_ids)} {context['task'].pool}")
    print(f"@@ dag={context['dag'].dag_id} {sorted(context['dag'].tags)} {context['dag'].timezone.name}")
    print(f"@@ ti={context['ti'].try_number} {context['ti'].map_index} {context['ti'].max_tries} {context['task_instance'] is context['ti']}")
    print(f"@@ macros={context['macros'].ds_add(context['ds'], 5)} {context['test_mode']}")
    print(f"@@ now={(datetime.now(timezone.utc) - context['ti'].start_date) < timedelta(hours=1)}")
    print(f"@@ conf={context['dag_run'].conf.get('a', {}).get('b')} {context.get('nothing', 'default')} {'ds' in context}")


def plain(ds, ts, params, dag_run, ti, task, dag, macros, extra="e", *, run_id, logical_date, **rest):
    print(f"@@ plain={ds} {ts} {params['p']} {dag_run.conf} {ti.task_id} {task.task_id} {dag.dag_id} {extra} {run_id == ti.run_id} {logical_date:%H} {'conf' in rest} {macros.random is not None}")


def template(templates_dict=None, **context):
    print(f"@@ template={templates_dict} {context['templates_dict'] == templates_dict}")


with DAG(
    "context_ways",
    start_date=datetime(2024, 1, 1),
    schedule=None,
    tags=["b", "a"],
    params={"p": 1, "own": None},
    default_args={"owner": "me", "retries": 1, "retry_delay": 1},
) as dag:
    d = PythonOperator(task_id="deep", python_callable=deep)
    f = PythonOperator(task_id="facts", python_callable=facts, params={"own": "task"}, trigger_rule="none_failed")
    p = PythonOperator(task_id="plain", python_callable=plain, op_kwargs={"extra": "{{ dag.tags | sort | join('-') }}"})
    PythonOperator(task_id="template", python_callable=template, templates_dict={"a": ["{{ ds }}", {"b": "{{ params.p }}"}], "n": None, "i": 3})

    @task
    def flow(value, key: str = "x", ti=None, **kwargs):
        print(f"@@ flow={value} {key} {ti.xcom_pull(task_ids='deep', key='from_deep')} {sorted(k for k in kwargs if k in ('ds', 'params', 'key'))} {helper('ds')}")

    d >> f >> p
    flow(d.output)
