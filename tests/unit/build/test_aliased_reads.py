"""Reads of variables and connections under other names."""

from __future__ import annotations

from typing import Any

import pytest

from migrate.ir import exprs


def uses(read: Any, text: str) -> tuple[set[str], list[str]]:
    body = f"{text}\nwith DAG('d', start_date=datetime(2024, 1, 1), schedule=None):\n"
    found = read(body + "    PythonOperator(task_id='t', python_callable=work)\n")
    code = found.task("t").action.code
    names = {u.name for u in code.uses if isinstance(u, exprs.VariableRef | exprs.ConnectionRef)}
    return names, found.codes()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "from airflow.providers.postgres.hooks.postgres import PostgresHook as PG\ndef work(): return PG('wh')",
            {"wh"},
        ),
        (
            "from airflow.providers.postgres.hooks.postgres import PostgresHook as PG\ndef work(): return PG()",
            {"postgres_default"},
        ),
        ("from airflow.hooks.filesystem import FSHook\ndef work(): return FSHook('files').get_path()", {"files"}),
        (
            (
                "from airflow.providers.apache.kafka.hooks.produce import KafkaProducerHook\n"
                "def work(): return KafkaProducerHook(kafka_config_id='bus')"
            ),
            {"bus"},
        ),
        (
            (
                "from airflow.providers.postgres.hooks.postgres import PostgresHook\n"
                "class Mine(PostgresHook):\n    default_conn_name = 'mine'\ndef work(): return Mine()"
            ),
            {"mine"},
        ),
        (
            (
                "from functools import partial\nfrom airflow.models import Variable\n"
                "def work(): return partial(Variable.get, 'x')()"
            ),
            {"x"},
        ),
        ("from airflow.models import Variable\ndef work(): return list(map(Variable.get, ['a', 'b']))", {"a", "b"}),
    ],
)
def test_names_are_found(read: Any, text: str, names: set[str]) -> None:
    found, codes = uses(read, text)
    assert found == names
    assert "VAR004" not in codes


def test_a_getter_under_another_name_is_told(read: Any) -> None:
    _, codes = uses(read, "from airflow.models import Variable\ndef work():\n    g = Variable.get\n    return g('x')\n")
    assert "VAR004" in codes


def test_an_item_of_the_context_under_another_name(read: Any) -> None:
    text = "def work(**context):\n    dr = context['dag_run']\n    return dr.get_task_instances()\n"
    assert "PY003" in uses(read, text)[1]


def test_more_code_than_is_looked_at(read: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("parsers.airflow.callables.reach._MOST_PIECES", 2)
    text = "def a(): return b()\ndef b(): return c()\ndef c(): return 1\ndef work(): return a()\n"
    assert "PY011" in uses(read, text)[1]


def test_a_raw_f_string_that_goes_on_after_a_backslash(read: Any) -> None:
    text = 'N = 1\ndef work():\n    return rf"a\\\nb{N}\\d"\n'
    found = read(
        f"{text}\nwith DAG('d', start_date=datetime(2024, 1, 1), schedule=None):\n"
        "    PythonOperator(task_id='t', python_callable=work)\n"
    )
    space: dict[str, Any] = {}
    exec(found.task("t").action.code.source, space)
    assert space["work"]() == "a\\\nb1\\d"
