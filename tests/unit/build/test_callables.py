"""Python callables as code units: every unit is run here, as a pod would."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from migrate.ir.actions import CodeUnit


def load(unit: CodeUnit, folder: Path) -> Any:
    """The callable of a unit, with its modules on the path."""
    for file in unit.modules:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        space: dict[str, Any] = {"__name__": "unit"}
        exec(compile(unit.source, "unit", "exec"), space)
        return eval(unit.entry, space)
    finally:
        sys.path.remove(str(folder))


@pytest.fixture
def unit(read: Any, tmp_path: Path) -> Any:
    """`unit(text of the module, expression of python_callable)` -> (callable, unit, read)."""

    def of(text: str, callable_text: str, files: dict[str, str] | None = None) -> Any:
        body = f"{text}\nwith DAG('d', start_date=datetime(2024, 1, 1), schedule=None):\n"
        found = read(body + f"    PythonOperator(task_id='t', python_callable={callable_text})\n", files=files)
        code = found.task("t").action.code
        return load(code, tmp_path / "pod"), code, found

    return of


def test_constants_helpers_and_imports_in_their_order(unit: Any) -> None:
    text = """
import json, math
RATE = 2
TABLE = {"k": [RATE]}
UNUSED = open("nothing")
def inner(n): return n * RATE
def outer(n):
    return json.dumps([inner(n), TABLE, math.pi > 3])
"""
    call, code, found = unit(text, "outer")
    assert call(3) == '[6, {"k": [2]}, true]'
    assert code.source.index("RATE = 2") < code.source.index("TABLE") < code.source.index("def inner")
    assert "UNUSED" not in code.source
    assert found.codes() == []


def test_lambda_partial_method_static_class_and_object(unit: Any) -> None:
    text = """
import functools
def add(a, b, c=0): return a + b + c
class W:
    factor = 3
    def __init__(self, name): self.name = name
    def run(self, n): return f"{self.name}{n * self.factor}"
    @staticmethod
    def fixed(): return "s"
    @classmethod
    def kind(cls): return cls.factor
    def __call__(self): return self.name
"""
    assert unit(text, "lambda x, y=2: x * y")[0](4) == 8
    assert unit(text, "functools.partial(add, 1, c=30)")[0](2) == 33
    assert unit(text, "W('w').run")[0](2) == "w6"
    assert unit(text, "W.fixed")[0]() == "s"
    assert unit(text, "W.kind")[0]() == 3
    assert unit(text, "W('q')")[0]() == "q"


def test_closures_bind_evaluated_values(unit: Any) -> None:
    text = """
from datetime import timedelta
def make(word, when):
    def inner(x):
        return f"{word}{x}{when.days}"
    return inner
"""
    call, code, _ = unit(text, "make('w', timedelta(days=2))")
    assert call(1) == "w12"
    assert "word = 'w'" in code.source


def test_late_binding_of_module_names(unit: Any) -> None:
    text = """
NAMES = []
for n in ("a", "b"):
    NAMES.append(n)
def show(): return NAMES
"""
    call, code, _ = unit(text, "show")
    assert call() == ["a", "b"]
    assert "for n in" not in code.source


def test_decorators_of_the_project(unit: Any) -> None:
    text = """
import functools
def twice(f):
    @functools.wraps(f)
    def wrapper(*args):
        return f(*args) * 2
    return wrapper
@twice
def value(x): return x
"""
    assert unit(text, "value")[0](4) == 8


def test_files_are_read_at_conversion(unit: Any) -> None:
    text = """
import json, pathlib
CONFIG = json.loads((pathlib.Path(__file__).parent / "c.json").read_text())
def show(): return CONFIG["a"]
"""
    call, code, found = unit(text, "show", files={"c.json": '{"a": 7}'})
    assert call() == 7
    assert "__file__" not in code.source
    assert found.codes() == []


def test_modules_of_the_project_are_bundled(unit: Any) -> None:
    files = {
        "lib/__init__.py": "",
        "lib/core.py": "from lib.more import K\nfrom airflow.operators.bash import BashOperator\n"
        "def f(x): return x + K\n",
        "lib/more.py": "import requests\nK = 5\n",
    }
    read_call = unit("from lib import core\nfrom lib.core import f as g\ndef h(x): return core.f(x)", "h", files=files)
    code = read_call[1] if isinstance(read_call, tuple) else None
    assert [m.path for m in code.modules] == ["lib/__init__.py", "lib/core.py", "lib/more.py"]
    assert code.requirements == ("requests",)
    assert not code.needs_source_framework


@pytest.fixture(autouse=True)
def no_network_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand-ins for third-party modules that units import."""
    import types

    for name in ("requests", "airflow", "airflow.operators", "airflow.operators.bash", "airflow.exceptions"):
        module = types.ModuleType(name)
        module.__path__ = []  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, name, module)
    sys.modules["airflow.operators.bash"].BashOperator = object  # type: ignore[attr-defined]
    sys.modules["airflow.exceptions"].AirflowSkipException = Exception  # type: ignore[attr-defined]
    for name in list(sys.modules):
        if name == "lib" or name.startswith("lib."):
            monkeypatch.delitem(sys.modules, name)


def test_annotations_need_no_names(unit: Any) -> None:
    text = """
from airflow.models.taskinstance import TaskInstance
def f(ti: TaskInstance = None) -> "list[int]":
    x: TaskInstance
    return [1]
"""
    call, code, _ = unit(text, "f")
    assert call() == [1]
    assert not code.needs_source_framework
    assert "import TaskInstance" not in code.source


def test_names_that_cannot_be_taken_are_reported(read: Any) -> None:
    found = read("""
    def f(): return a.retries, missing
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        a = EmptyOperator(task_id="a")
        PythonOperator(task_id="t", python_callable=f)
    """)
    assert found.codes() == ["PY001"]
    assert sorted(text.split("`")[1] for text in found.texts("PY001")) == ["a", "missing"]


def test_what_code_reads(read: Any) -> None:
    found = read("""
    import os
    from airflow.models import Variable
    from airflow.hooks.base import BaseHook
    KEY = "k"
    def f(**context):
        ti = context["ti"]
        for name in ("a", "b"):
            ti.xcom_pull(task_ids=name, key=KEY)
        Variable.get("v", default_var=None)
        BaseHook.get_connection("c")
        ti.xcom_push("out", os.environ["E"])
        return context["ds"]
    def g(task_name, **kw):
        return kw["ti"].xcom_pull(task_ids=f"{task_name}_x")
    def h(ti, n):
        return ti.xcom_pull(task_ids=str(n))
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        a = EmptyOperator(task_id="a"); b = EmptyOperator(task_id="b"); x = EmptyOperator(task_id="b_x")
        t = PythonOperator(task_id="t", python_callable=f)
        u = PythonOperator(task_id="u", python_callable=g, op_kwargs={"task_name": "b"})
        v = PythonOperator(task_id="v", python_callable=h, op_args=[1])
        [a, b, x] >> t >> u >> v
    """)
    code = found.task("t").action.code
    assert [(u.kind, getattr(u, "task", None) or u.name) for u in code.uses] == [
        ("output", "a"), ("output", "b"), ("variable", "v"), ("connection", "c"), ("env", "E"),
    ]  # fmt: skip
    assert code.pushes == ("out",)
    assert code.context == ("ti", "ds")
    assert [u.task for u in found.task("u").action.code.uses] == ["b_x"]
    assert [d.task for d in found.sink.all() if d.code == "XCM001"] == ["v"]


def test_taskflow_function_source_without_decorator(read: Any, tmp_path: Path) -> None:
    found = read("""
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        @task(multiple_outputs=True)
        def f(x: int, y=2) -> dict:
            '''doc'''
            return {"s": x + y}
        f(1)
    """)
    code = found.task("f").action.code
    assert "@task" not in code.source
    assert load(code, tmp_path / "pod")(1) == {"s": 3}


def test_secrets_in_code_become_environment_reads(unit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    text = '''
"""doc"""
DB_PASSWORD = "hunter2secret"
def f(user, url="postgres://me:s3cr3tpw@db/x"):
    # token = "xoxb-1234567890-abcdefghij"
    return DB_PASSWORD, url, f"http://a:s3cr3tpw@{user}"
'''
    monkeypatch.setenv("AF_SECRET_D_SECRETS_CODE_DB_PASSWORD", "one")
    monkeypatch.setenv("AF_SECRET_D_SECRETS_CODE_URL", "two")
    monkeypatch.setenv("AF_SECRET_D_SECRETS_CODE_TEXT", "three")
    call, code, found = unit(text, "f")
    assert call("u") == ("one", "postgres://me:two@db/x", "http://a:three@u")
    for secret in ("hunter2secret", "s3cr3tpw", "xoxb-1234567890"):
        assert secret not in code.source
    assert [u.key for u in code.uses if u.kind == "secret"] == ["code.DB_PASSWORD", "code.url", "code.text"]
    assert found.codes() == ["SEC002"]


def test_task_ids_are_bound(read: Any, tmp_path: Path) -> None:
    found = read("""
    def f(ti=None): return ti.xcom_pull(task_ids=a.task_id) if ti else (a.task_id, d.dag_id)
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None) as d:
        a = PythonOperator(task_id="a", python_callable=print)
        a >> PythonOperator(task_id="t", python_callable=f)
    """)
    code = found.task("t").action.code
    assert load(code, tmp_path / "pod")() == ("a", "d")
    assert [u.task for u in code.uses] == ["a"]
    assert found.codes() == []


def test_names_of_variables_are_no_secrets(read: Any) -> None:
    found = read("""
    from airflow.models import Variable
    DB_PASSWORD = Variable.get("DB_PASSWORD")
    def f():
        PASSWORD = Variable.get("MY_SECRET_PASSWORD")
        return DB_PASSWORD, PASSWORD
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        PythonOperator(task_id="t", python_callable=f)
    """)
    assert "SEC002" not in found.codes()


def test_imports_inside_of_functions(read: Any, tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/a.py": "def g(x):\n    from .b import K\n    return x + K\n",
        "pkg/b.py": "K = 2\n",
    }
    found = read(
        """
    def f():
        from pkg.a import g
        import requests
        return g(1)
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        PythonOperator(task_id="t", python_callable=f)
    """,
        files=files,
    )
    code = found.task("t").action.code
    assert [m.path for m in code.modules] == ["pkg/__init__.py", "pkg/a.py", "pkg/b.py"]
    assert code.requirements == ("requests",)
    assert found.codes() == ["PY005"]


def test_relative_imports_get_their_full_names(read: Any, tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/b.py": "K = 2\n",
        "pkg/jobs.py": """
            from .b import K
            class Job:
                def __init__(self, n): self.n = n
                def run(self):
                    from .b import K as inner
                    return self.n + K + inner
            """,
    }
    found = read(
        """
    from pkg.jobs import Job
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        PythonOperator(task_id="t", python_callable=Job(5).run)
    """,
        files=files,
    )
    code = found.task("t").action.code
    assert "from pkg.b import K as inner" in code.source
    for name in list(sys.modules):
        if name == "pkg" or name.startswith("pkg."):
            del sys.modules[name]
    sys.path.insert(0, str(tmp_path / "pod"))
    try:
        assert load(code, tmp_path / "pod")() == 9
    finally:
        sys.path.remove(str(tmp_path / "pod"))


def test_what_only_the_metadata_database_knows_is_reported(unit: Any) -> None:
    text = """
def helper(run):
    return run.get_task_instances()

def f(ti, prev_start_date_success=None, **context):
    helper(context["dag_run"])
    last = context["dag_run"].get_previous_dagrun()
    return ti.xcom_pull(task_ids="a"), ti.get_previous_ti(), context["dag"].task_ids, ti.try_number, last

def clean(ti, ds, **kwargs):
    class other:
        tasks = 1
    return ti.task_id, ds, kwargs["dag_run"].conf, other.tasks
"""
    *_, found = unit(text, "f")
    assert {t.split("`")[3] for t in found.texts("PY003")} == {
        "prev_start_date_success", "dag_run.get_previous_dagrun", "ti.get_previous_ti", "dag.task_ids"
    }  # fmt: skip
    *_, fine = unit(text, "clean")
    assert "PY003" not in fine.codes()


def test_default_arguments_of_a_lambda_in_a_loop_keep_their_values(read: Any, tmp_path: Path) -> None:
    text = """
with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
    for t in ["x", "y"]:
        PythonOperator(task_id=f"l_{t}", python_callable=lambda t=t, *, k=t: (t, k))
"""
    found = read(text)
    assert load(found.task("l_x").action.code, tmp_path / "a")() == ("x", "x")
    assert load(found.task("l_y").action.code, tmp_path / "b")() == ("y", "y")


def test_named_tuples(unit: Any) -> None:
    text = (
        "import functools\nfrom collections import namedtuple\nfrom typing import NamedTuple\n"
        "Point = namedtuple('Point', 'x y', defaults=[0])\n"
        "class Source(NamedTuple):\n    name: str\n    at: Point = Point(1, 2)\n"
        "    def label(self): return f'{self.name}{self.at.y}'\n"
        "def outer(point):\n    return lambda source, *, extra=point: (source.label(), extra, isinstance(extra, Point))\n"
    )
    function, _, found = unit(text, "functools.partial(outer(Point(5)), Source('s'))")
    assert function() == ("s2", (5, 0), True)
    assert not found.codes()


def test_objects_with_slots_and_mappings_of_collections(unit: Any) -> None:
    text = (
        "import enum\nfrom collections import defaultdict, OrderedDict\n"
        "class Access(enum.Flag):\n    READ = enum.auto()\n    WRITE = enum.auto()\n    BOTH = READ | WRITE\n"
        "class Step:\n    __slots__ = ('job', 'seen')\n"
        "    def __init__(self, job):\n        self.job = job\n        self.seen = defaultdict(list, {'a': [1]})\n"
        "    def __call__(self):\n        return [self.job.at, self.seen['none'], self.seen['a'], self.job.order, Access.BOTH.value]\n"
        "class Job:\n    __slots__ = ('at', 'order')\n"
        "    def __init__(self, at, order):\n        self.at, self.order = at, order\n"
    )
    function, _, found = unit(text, "Step(Job(3, OrderedDict(b=1, a=2)))")
    assert function() == [3, [], [1], {"b": 1, "a": 2}, 3]
    assert not found.codes()
