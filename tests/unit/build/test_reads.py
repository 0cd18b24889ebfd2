"""What the code of a callable reads: its pod is given exactly that, wherever in the project the code stands."""

from __future__ import annotations

from typing import Any

import pytest

from migrate.ir.exprs import ConnectionRef, EnvRef, OutputRef, VariableRef

LIB = {"lib/__init__.py": ""}


@pytest.fixture
def reads(read: Any) -> Any:
    """`reads(text, callable, files)` -> (names by kind, findings); the task `t` runs the callable after `before`."""

    def of(text: str, callable_text: str, files: dict[str, str] | None = None, **arguments: str) -> Any:
        given = "".join(f", {name}={value}" for name, value in arguments.items())
        body = f"{text}\nwith DAG('d', start_date=datetime(2024, 1, 1), schedule=None):\n"
        body += "    before = PythonOperator(task_id='before', python_callable=lambda: 1)\n"
        body += f"    t = PythonOperator(task_id='t', python_callable={callable_text}{given})\n    before >> t\n"
        found = read(body, files={**LIB, **(files or {})})
        uses = found.task("t").action.code.uses
        names = {
            "variables": sorted(u.name for u in uses if isinstance(u, VariableRef)),
            "connections": sorted(u.name for u in uses if isinstance(u, ConnectionRef)),
            "environment": sorted(u.name for u in uses if isinstance(u, EnvRef)),
            "outputs": sorted(u.task for u in uses if isinstance(u, OutputRef)),
        }
        return {kind: found_names for kind, found_names in names.items() if found_names}, found

    return of


def test_code_of_other_modules_is_followed(reads: Any) -> None:
    files = {
        "lib/db.py": """
            import os
            from airflow.models import Variable
            from airflow.hooks.base import BaseHook
            from lib.more import deep
            BUCKET = os.environ["AT_IMPORT"]
            def fetch(): return inner(), deep()
            def inner(): return Variable.get("inner_variable")
            def unused(): return BaseHook.get_connection("unused")
            """,
        "lib/more.py": """
            from airflow.hooks.base import BaseHook
            def deep(): return BaseHook.get_connection("deep").host
            """,
    }
    wanted = {"variables": ["inner_variable"], "connections": ["deep"], "environment": ["AT_IMPORT"]}
    assert reads("from lib.db import fetch", "fetch", files)[0] == wanted
    assert reads("from lib.db import fetch\ndef f(): return fetch()", "f", files)[0] == wanted
    assert reads("import lib.db as db\ndef f(): return db.fetch()", "f", files)[0] == wanted
    assert reads("import lib.db\ndef f(): return lib.db.fetch()", "f", files)[0] == wanted
    assert reads("def f():\n    from lib.db import fetch as g\n    return g()", "f", files)[0] == wanted


def test_a_module_passed_on_is_followed_as_a_whole(reads: Any) -> None:
    files = {
        "lib/m.py": """
            from airflow.models import Variable
            def a(): return Variable.get("a")
            def b(): return Variable.get("b")
            """
    }
    names, _ = reads("import lib.m as m\ndef f(name): return getattr(m, name)()", "f", files, op_args="['a']")
    assert names == {"variables": ["a", "b"]}


def test_names_given_as_arguments_and_attributes(reads: Any) -> None:
    files = {
        "lib/client.py": """
            from airflow.models import Variable
            from airflow.providers.postgres.hooks.postgres import PostgresHook
            class Base:
                label = "of_class"
                def __init__(self, conn_id="of_default", *, key=None):
                    self.conn_id = conn_id
                    self.key = key
                def go(self):
                    PostgresHook(postgres_conn_id=self.conn_id).run(Variable.get(self.label))
            class Live(Base):
                def __init__(self): super().__init__("of_super")
            def read(name): return Variable.get(name)
            """
    }
    head = "from lib.client import Base, Live, read\n"
    assert reads(head + "def f(): Base().go()", "f", files)[0]["connections"] == ["of_default"]
    assert reads(head + "def f(): Base('x').go(), Base(conn_id='y').go()", "f", files)[0]["connections"] == ["x", "y"]
    assert reads(head + "def f(): Live().go()", "f", files)[0] == {
        "connections": ["of_super"],
        "variables": ["of_class"],
    }
    names, found = reads(head + "def f(): return [read(n) for n in ('p', 'q')], read('r')", "f", files)
    assert names == {"variables": ["p", "q", "r"]}
    assert found.codes() == []


def test_connections_of_hooks(reads: Any) -> None:
    text = """
from airflow.providers.postgres.hooks.postgres import PostgresHook
from airflow.providers.http.hooks.http import HttpHook
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.ssh.hooks.ssh import SSHHook
from some.provider import NewHook
PG = "pg"
"""
    call = (
        "def f(): PostgresHook(PG), HttpHook('GET', 'web'), HttpHook(method='GET'), S3Hook(), SSHHook(remote_host='h')"
    )
    names, found = reads(text + call, "f")
    assert names == {"connections": ["aws_default", "http_default", "pg", "web"]}
    assert "VAR004" not in found.codes()
    names, found = reads(text + "def f(): NewHook('x')", "f")
    assert names == {}
    assert found.texts("VAR004") == ["`f` reads a connection whose name is not known before it runs: `NewHook('x')`"]
    assert reads(text + "def f(): NewHook(new_conn_id='x')", "f")[0] == {"connections": ["x"]}


def test_a_computed_name_is_told(reads: Any) -> None:
    text = """
import os
from airflow.models import Variable as V
def f(**context):
    n = context["params"]["n"]
    return V.get(f"x_{n}", "none"), os.environ[n], context["conn"][n]
"""
    _, found = reads(text, "f")
    assert len(found.texts("VAR004")) == 3
    assert "`f` reads a Variable whose name is not known before it runs: `f'x_{n}'`" in found.texts("VAR004")


def test_variables_and_connections_of_the_context(reads: Any) -> None:
    text = """
def f(var, conn, **context):
    a = var["value"].get("a", None), var["json"]["b"], var["value"].c
    return a, conn.d.host, conn.get("e"), context["var"]["value"].get("g"), context["conn"].h
"""
    names, _ = reads(text, "f")
    assert names == {"variables": ["a", "b", "c", "g"], "connections": ["d", "e", "h"]}


def test_a_helper_that_asks_for_the_context_gets_it(reads: Any) -> None:
    text = """
from airflow.operators.python import get_current_context
def helper():
    return get_current_context()["ti"].xcom_pull(task_ids="before")
def f(): return helper()
"""
    names, found = reads(text, "f")
    assert names == {"outputs": ["before"]}
    assert found.task("t").action.code.context is None


def test_functions_kept_by_a_decorator_of_the_project_count(reads: Any) -> None:
    files = {
        "lib/registry.py": """
            from airflow.models import Variable
            HANDLERS = {}
            def register(function):
                HANDLERS[function.__name__] = function
                return function
            @register
            def one(): return Variable.get("one")
            def other(): return Variable.get("other")
            """
    }
    text = "from lib.registry import HANDLERS\ndef f(): return HANDLERS['one']()"
    assert reads(text, "f", files)[0] == {"variables": ["one"]}


def test_a_helper_with_a_parameter_named_conn_reads_no_connection(reads: Any) -> None:
    text = "def save(conn): conn.execute('x'); conn.commit()\ndef f(): save(open)"
    names, found = reads(text, "f")
    assert names == {}
    assert found.codes() == []


def test_a_name_that_changes_is_computed(reads: Any) -> None:
    head = "from airflow.models import Variable\n"
    _, found = reads(head + "def f(name='A', **c):\n    if c:\n        name = 'B'\n    return Variable.get(name)", "f")
    assert "VAR004" in found.codes()
    text = "def f():\n    xs = ['A']\n    xs.append('B')\n    return [Variable.get(x) for x in xs]"
    assert "VAR004" in reads(head + text, "f")[1].codes()
    assert reads(head + "def f(): return [Variable.get(x) for x in ['A'] + ['B']]", "f")[0] == {"variables": ["A", "B"]}


def test_code_that_asks_the_metadata_database_is_told(reads: Any) -> None:
    head = """
from airflow.utils.session import create_session, provide_session
from airflow.models import DagRun, TaskInstance
from airflow import settings
from airflow.configuration import conf as cfg
"""
    body = {
        "def f():\n    with create_session() as s: return s.query(TaskInstance).count()": "create_session",
        "def f(): return DagRun.find(dag_id='x')": "DagRun.find",
        "def f(): return settings.Session().query(1)": "settings.Session",
        "def f(): return cfg.get('core', 'dags_folder')": "conf.get",
        "def f():\n    from airflow.models import XCom\n    return XCom.get_many(key='x')": "XCom.get_many",
    }
    for text, name in body.items():
        _, found = reads(head + text, "f")
        assert any(f"`{name}`" in message for message in found.texts("PY003")), (text, found.texts("PY003"))
    _, found = reads(head + "def f(dag_run: DagRun) -> TaskInstance: return dag_run.run_id", "f")
    assert found.texts("PY003") == []
