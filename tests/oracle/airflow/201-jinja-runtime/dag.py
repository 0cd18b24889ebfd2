"""Templates that only a run can render: loops, filters, macros, dates, XComs, nested fields, template files with includes and user filters."""
from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator


def rows():
    return [{"id": 3, "name": "c"}, {"id": 1, "name": "a b"}, {"id": 2, "name": "d'e"}]


def money(value, sign="€"):
    return f"{sign}{value:,.2f}"


def show(**kwargs):
    for key in sorted(k for k in kwargs if k.startswith("x_")):
        print(f"@@ {key}={kwargs[key]!r}")


with DAG(
    "jinja_runtime",
    start_date=datetime(2024, 1, 1),
    schedule=None,
    user_defined_macros={"shift": lambda d, n: d + timedelta(days=n), "LIMITS": {"a": [1, 2]}},
    user_defined_filters={"money": money},
    params={"days": 3, "names": ["x", "y"]},
    template_searchpath=None,
) as dag:
    r = PythonOperator(task_id="rows", python_callable=rows)
    PythonOperator(
        task_id="texts",
        python_callable=show,
        op_kwargs={
            "x_list": "{% for r in ti.xcom_pull(task_ids='rows') | sort(attribute='id') %}{{ r.id }}:{{ r['name'] | title }}{{ ', ' if not loop.last }}{% endfor %}",
            "x_map": "{{ ti.xcom_pull('rows') | map(attribute='name') | join('|') }}",
            "x_sel": "{{ ti.xcom_pull('rows') | selectattr('id', 'gt', 1) | map(attribute='id') | list }}",
            "x_sum": "{{ (ti.xcom_pull('rows') | sum(attribute='id')) * 1.5 | float }}",
            "x_money": "{{ 1234.5 | money }} {{ params.days | money('$') }}",
            "x_shift": "{{ shift(logical_date, params.days).strftime('%Y-%m-%d %H') }} {{ LIMITS.a[1] }}",
            "x_macros": "{{ macros.ds_add(ds, -params.days) }} {{ macros.ds_format(ds, '%Y-%m-%d', '%d/%m/%y') }} {{ macros.datetime(2024, 1, 1).isoformat() }} {{ macros.timedelta(hours=3) }}",
            "x_dates": "{{ logical_date.in_timezone('America/New_York') }} {{ logical_date.add(months=1).to_date_string() }} {{ logical_date | ds_nodash }} {{ data_interval_end | ts_nodash }} {{ logical_date.int_timestamp }}",
            "x_cond": "{{ 'weekend' if logical_date.day_of_week in (0, 6) else 'week' }} {{ logical_date.format('dddd DD MMM') }} {{ logical_date.start_of('month').isoformat() }}",
            "x_set": "{% set total = namespace(n=0) %}{% for n in range(params.days) %}{% set total.n = total.n + n %}{% endfor %}{{ total.n }}",
            "x_macro": "{% macro cell(a, b=2) %}[{{ a }}/{{ b }}]{% endmacro %}{{ cell(1) }}{{ cell(3, b=params.names | first) }}",
            "x_dag": "{{ dag.dag_id }} {{ task.task_id }} {{ ti.try_number }} {{ dag_run.conf.get('k', 'dflt') }} {{ task_instance_key_str[:22] }}",
            "x_deep": ["{{ ds }}", {"a {{ ds }}": "{{ params.names | tojson }}"}, ("{{ params.days + 1 }}",)],
            "x_white": "a{%- if true %}  b  {% endif -%}  c\n\n",
            "x_undef": "[{{ dag_run.conf.nothing }}] [{{ params.get('none', 'n') }}]",
            "x_filters": "{{ 'a,b,,c'.split(',') | reject('eq', '') | list | length }} {{ 'Hello World' | lower | replace(' ', '_') | truncate(8, true, '') }} {{ [3, 1, 2] | sort | last }} {{ '%05.1f' | format(3.14159) }} {{ 'x' ~ 1 ~ none }} {{ {'b': 1, 'a': 2} | dictsort }}",
            "x_group": "{% for k, g in ti.xcom_pull('rows') | groupby('id') %}{{ k }}{{ g | length }};{% endfor %}",
        },
    )
    BashOperator(task_id="file", bash_command="report.sh", params={"days": 5})
    BashOperator(
        task_id="script",
        bash_command="{% for n in params.names %}echo '@@ n={{ n }}-{{ loop.index }}'\n{% endfor %}",
    )
    r >> dag.get_task("texts") >> [dag.get_task("file"), dag.get_task("script")]
