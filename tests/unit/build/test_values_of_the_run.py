"""Values that are written when the run is there, defaults of functions made in loops, and what pods do not have."""

from __future__ import annotations

from typing import Any

from migrate.ir import exprs


def test_json_and_repr_of_a_variable_are_written_in_the_pod(read: Any) -> None:
    found = read(
        "import json\nfrom airflow.models import Variable\nV = Variable.get('v')\n"
        "with DAG('d', start_date=datetime(2024, 1, 1), schedule=None):\n"
        "    BashOperator(task_id='j', bash_command=json.dumps({'a': V, 'b': 'é'}))\n"
        "    BashOperator(task_id='r', bash_command=str([V]))\n"
    )
    variable = exprs.VariableRef(name="v")
    dumped = found.task("j").action.script
    assert isinstance(dumped, exprs.Concat)
    assert dumped.parts[1] == exprs.Written(value=variable, form="json-ascii")
    assert dumped.parts[0] == exprs.Literal(value='{"a": ')
    assert dumped.parts[2] == exprs.Literal(value=', "b": "\\u00e9"}')
    listed = found.task("r").action.script
    assert isinstance(listed, exprs.Concat)
    assert listed.parts[1] == exprs.Written(value=variable, form="repr")


def test_defaults_of_functions_made_in_a_loop(read: Any) -> None:
    found = read(
        "with DAG('d', start_date=datetime(2024, 1, 1), schedule=None):\n"
        "    for word in ('a', 'b'):\n"
        "        @task(task_id=f'loop_{word}')\n"
        "        def looped(n=word):\n"
        "            return n\n"
        "        looped()\n"
    )
    for word in ("a", "b"):
        assert f"looped.__defaults__ = ({word!r},)" in found.task(f"loop_{word}").action.code.source


def test_a_member_of_an_enumeration_and_a_pendulum_time_inside_a_constant(read: Any) -> None:
    found = read(
        "import enum, pendulum\n"
        "class Color(enum.Enum):\n    RED = 'r'\n"
        "class Job:\n    def __init__(self, c, t):\n        self.c = c\n        self.t = t\n"
        "    def go(self):\n        return self.c\n"
        "with DAG('d', start_date=datetime(2024, 1, 1), schedule=None):\n"
        "    j = Job(Color.RED, pendulum.datetime(2024, 2, 3, tz='UTC'))\n"
        "    PythonOperator(task_id='t', python_callable=j.go)\n"
    )
    source = found.task("t").action.code.source
    assert "Color.RED" in source
    assert "pendulum.datetime(2024, 2, 3, 0, 0, 0, 0, tz=datetime.timezone.utc)" in source
    compile(source, "unit", "exec")


def test_history_of_runs_is_reported(read: Any) -> None:
    found = read(
        "def f(prev_start_date_success, **context):\n"
        "    return context['ti'].get_previous_ti(), context.get('prev_end_date_success')\n"
        "with DAG('d', start_date=datetime(2024, 1, 1), schedule=None):\n"
        "    PythonOperator(task_id='t', python_callable=f)\n"
    )
    assert found.codes() == ["PY003"]
