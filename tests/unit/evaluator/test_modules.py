"""The user's own modules: where they are found, evaluated once, and kept apart between DAG files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from migrate.diagnostics.base import Severity, Sink
from migrate.source import SourceFile
from parsers.airflow.deep import run_deep
from parsers.airflow.discover import discover
from parsers.airflow.evaluator.values import ModuleValue, Unknown
from parsers.airflow.frontend import AirflowFrontEnd, AirflowInputs


class Project:
    """Files in a folder, and a front end over one of its folders."""

    def __init__(self, base: Path, files: dict[str, str], root: str = "", **inputs: Any) -> None:
        for name, text in files.items():
            path = base / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.base = base
        self.root = base / root
        self.front = AirflowFrontEnd(AirflowInputs(roots=(self.root,), **inputs))
        self.sink = Sink()

    def run(self, name: str) -> dict[str, Any]:
        path = (self.root / name).resolve()
        file = SourceFile(self.root.resolve(), path, name)
        module = run_deep(lambda: self.front.run_module(file, self.sink))
        assert isinstance(module, ModuleValue)
        return module.attrs

    def problems(self) -> list[str]:
        return [f"{d.code} {d.span}" for d in self.sink.all() if d.severity is not Severity.INFO]


def test_packages_relative_star_and_reexports(tmp_path: Path) -> None:
    project = Project(
        tmp_path,
        {
            "pkg/__init__.py": "from .a import *\nfrom . import b\nVERSION = 1\n",
            "pkg/a.py": "__all__ = ['x', 'make']\nx = 1\n_hidden = 2\nother = 3\ndef make(n):\n    return n + x\n",
            "pkg/b.py": "from .sub.deep import up\nfrom pkg.a import x as renamed\n",
            "pkg/sub/__init__.py": "",
            "pkg/sub/deep.py": "from ..a import x as far\nfrom ..a import other as up\n",
            "main.py": "import pkg.b as bb\nimport pkg\nfrom pkg import x, make, b\ny = make(5)\nu = bb.up + b.renamed\n",
        },
    )
    names = project.run("main.py")
    assert (names["x"], names["y"], names["u"]) == (1, 6, 4)
    assert project.problems() == []


def test_import_cycle(tmp_path: Path) -> None:
    project = Project(
        tmp_path,
        {
            "one.py": "a = 1\nimport two\nb = two.c + 1\n",
            "two.py": "from one import a\nc = a + 1\n",
            "main.py": "import one\nr = one.b\n",
        },
    )
    assert project.run("main.py")["r"] == 3


@pytest.mark.parametrize(
    ("where", "name"),
    [("plugins/helper.py", "helper"), ("include/helper.py", "include.helper"), ("dags/helper.py", "dags.helper")],
)
def test_folders_beside_the_dags(tmp_path: Path, where: str, name: str) -> None:
    files = {where: "value = 7\n", "dags/main.py": f"from {name} import value\n"}
    project = Project(tmp_path, files, "dags")
    assert project.run("main.py")["value"] == 7
    assert project.problems() == []


def test_import_path_and_checkout_as_root(tmp_path: Path) -> None:
    files = {
        "lib/shared.py": "v = 1\n",
        "repo/dags/main.py": "from shared import v\nfrom util import w\n",
        "repo/dags/util.py": "w = 2\n",
    }
    project = Project(tmp_path, files, "repo", import_paths=(tmp_path / "lib",))
    names = project.run("dags/main.py")
    assert (names["v"], names["w"]) == (1, 2)


def test_sys_path_with_a_computable_value(tmp_path: Path) -> None:
    text = "import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), 'deep', 'lib'))\nimport thing\n"
    project = Project(tmp_path, {"deep/lib/thing.py": "v = 3\n", "main.py": text})
    assert project.run("main.py")["thing"].attrs["v"] == 3


def test_nothing_outside_the_roots_is_read(tmp_path: Path) -> None:
    files = {"outside/secret.py": "v = 1\n", "dags/main.py": "import secret\nimport linked\n"}
    project = Project(tmp_path, files, "dags")
    (tmp_path / "dags" / "linked.py").symlink_to(tmp_path / "outside" / "secret.py")
    names = project.run("main.py")
    assert isinstance(names["secret"], Unknown)
    assert isinstance(names["linked"], Unknown)


def test_a_module_is_evaluated_once_for_many_files(tmp_path: Path) -> None:
    files = {"helper.py": "VALUES = [1, 2]\ndef f():\n    return VALUES\n"}
    files |= {f"dag{i}.py": "import helper\nx = helper.f()\n" for i in range(3)}
    project = Project(tmp_path, files)
    seen = {id(project.run(f"dag{i}.py")["x"]) for i in range(3)}
    assert len(seen) == 1


@pytest.mark.parametrize(
    "change",
    ["helper.SEEN.append(1)", "helper.add(1)", "helper.COUNT = 5; helper.SEEN = [1]", "helper.box.items.append(1)"],
)
def test_a_changed_module_is_evaluated_anew_for_the_next_file(tmp_path: Path, change: str) -> None:
    helper = (
        "SEEN = []\nCOUNT = 0\ndef add(x):\n    SEEN.append(x)\n"
        "class Box:\n    def __init__(self):\n        self.items = SEEN\nbox = Box()\n"
    )
    text = f"import between\nhelper = between.helper\n{change}\nresult = list(helper.SEEN)\n"
    files = {"helper.py": helper, "between.py": "import helper\n", "one.py": text, "two.py": text}
    project = Project(tmp_path, files)
    assert project.run("one.py")["result"] == [1]
    assert project.run("two.py")["result"] == [1]


def test_a_broken_module_is_one_finding(tmp_path: Path) -> None:
    project = Project(tmp_path, {"bad.py": "def f(:\n", "main.py": "import bad\nfrom bad import g\nok = 1\n"})
    assert project.run("main.py")["ok"] == 1
    assert project.problems() == ["SRC001 bad.py:1"]


def test_own_module_without_the_name(tmp_path: Path) -> None:
    project = Project(tmp_path, {"own.py": "a = 1\n", "main.py": "from own import b\nfrom .gone import c\n"})
    assert isinstance(project.run("main.py")["b"], Unknown)
    assert project.problems() == ["EVA003 main.py:1", "EVA003 main.py:2"]


def test_file_names_of_an_imagined_deployment(tmp_path: Path) -> None:
    text = "import os\nf = __file__\nd = os.path.basename(os.path.dirname(__file__))\n"
    names = Project(tmp_path, {"dags/team/main.py": text}, "dags").run("team/main.py")
    assert names["f"] == "/opt/airflow/dags/team/main.py"
    assert names["d"] == "team"


def test_assumed_conditions(tmp_path: Path) -> None:
    text = "import requests\nr = requests.get('x')\na = 1 if r.ok else 2\nb = 1 if r.status == 200 else 2\n"
    project = Project(tmp_path, {"main.py": text}, assume={"r.ok": True, "main.py:4": True})
    names = project.run("main.py")
    assert (names["a"], names["b"]) == (1, 1)
    assert project.problems() == []


def test_the_package_around_the_root_under_the_name_that_it_has_elsewhere(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout-of-somebody"
    for name, text in {
        "__init__.py": "",
        "config.py": "from project.tables import TABLES\n",
        "tables.py": "TABLES = ['a', 'b']\n",
        "helpers/__init__.py": "from project.helpers.names import PREFIX\nfrom project.config import TABLES\n",
        "helpers/names.py": "PREFIX = 'load_'\n",
        "flows/__init__.py": "",
        "flows/d.py": "from airflow import DAG\nfrom airflow.operators.empty import EmptyOperator\n"
        "from project.config import TABLES\nfrom project.helpers import PREFIX\nfrom kafka.config import TOPIC\n"
        "with DAG('d', schedule=None):\n    for t in TABLES:\n        EmptyOperator(task_id=PREFIX + t)\n"
        "    if TOPIC is not None:\n        EmptyOperator(task_id='third_party')\n",
    }.items():
        path = checkout / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    inputs = AirflowInputs(roots=(checkout / "flows",))
    sink = Sink()
    (file,) = discover(inputs, sink)
    (dag,) = AirflowFrontEnd(inputs).evaluate(file, sink)
    assert list(dag.tasks) == ["load_a", "load_b", "third_party"]


def test_names_that_a_module_makes_when_asked(tmp_path: Path) -> None:
    project = Project(
        tmp_path,
        {
            "paths.py": "import os\n"
            "_MAKERS = {'DATA': lambda: '/data', 'HOME': lambda: os.environ['HOME_OF_DATA']}\n"
            "def __getattr__(name):\n"
            "    if name in _MAKERS:\n"
            "        return _MAKERS[name]()\n"
            "    raise AttributeError(name)\n",
            "main.py": "import paths\nfrom paths import DATA, HOME\nsame = paths.DATA\n",
        },
    )
    names = project.run("main.py")
    assert (names["DATA"], names["same"]) == ("/data", "/data")
    assert "HOME_OF_DATA" in repr(names["HOME"])
    assert project.problems() == []


def test_paths_of_a_deployment_that_has_the_dags_elsewhere(tmp_path: Path) -> None:
    """The checkout is a package below the old deployment's DAG folder; its own DAG folder has the package's name."""
    project = Project(
        tmp_path,
        {
            "jobs/config.json": '["a", "b"]',
            "jobs/main.py": "import json\n"
            "names = json.load(open('/opt/airflow/dags/jobs/config.json'))\n"
            "try:\n    open('/opt/airflow/jobs/none.json')\nexcept FileNotFoundError:\n    absent = True\n",
        },
        root="jobs",
        import_paths=(tmp_path,),
    )
    names = project.run("main.py")
    assert (names["names"], names["absent"]) == (["a", "b"], True)
    assert project.problems() == []


def test_resources_of_own_packages(tmp_path: Path) -> None:
    project = Project(
        tmp_path,
        {
            "lib/__init__.py": "from importlib import resources\n"
            "def sql(name):\n    return resources.files(__package__).joinpath('sql', name).read_text()\n",
            "lib/sql/__init__.py": "",
            "lib/sql/a.sql": "select 1",
            "spare/b.txt": "b",
            "main.py": "import importlib.resources as ir, importlib.util, pkgutil\nfrom lib import sql\n"
            "a = sql('a.sql'), ir.read_text('lib.sql', 'a.sql'), ir.is_resource('lib.sql', 'no')\n"
            "with ir.path('lib.sql', 'a.sql') as p, ir.as_file(ir.files('spare') / 'b.txt') as q:\n"
            "    b = p.name, q.read_text(), p.stat().st_size\n"
            "c = sorted(ir.contents('lib.sql')), pkgutil.get_data('lib.sql', 'a.sql')\n"
            "d = importlib.util.find_spec('lib.none') is None, importlib.util.find_spec('lib') is not None\n",
        },
    )
    names = project.run("main.py")
    assert names["a"] == ("select 1", "select 1", False)
    assert names["b"] == ("a.sql", "b", 8)
    assert names["c"] == (["__init__.py", "a.sql"], b"select 1")
    assert names["d"] == (True, True)
    assert project.problems() == []


def test_a_module_of_its_own_that_is_not_there_is_handled_by_the_program(tmp_path: Path) -> None:
    project = Project(
        tmp_path,
        {
            "pkg/__init__.py": "try:\n    from ._version import version\nexcept ImportError:\n    version = 'none'\n",
            "pkg/old.py": "x = 'old'\n",
            "main.py": "import pkg.old\nfrom pkg import version\n"
            "try:\n    from pkg.new import x\nexcept ImportError:\n    from pkg.old import x\n",
        },
    )
    names = project.run("main.py")
    assert (names["version"], names["x"]) == ("none", "old")
    assert project.problems() == []


def test_subclasses_are_those_of_the_modules_that_a_file_imports(tmp_path: Path) -> None:
    project = Project(
        tmp_path,
        {
            "base.py": "class Job:\n    pass\ndef make(name):\n    return type(name, (Job,), {})\n",
            "jobs/__init__.py": "",
            "jobs/a.py": "from base import Job\nclass A(Job):\n    pass\n",
            "jobs/b.py": "from base import Job\nfrom jobs.a import A\nclass B(Job):\n    pass\nclass C(A):\n    pass\n",
            "one.py": "import jobs.b\nfrom base import Job, make\nmake('Made')\nclass Own(Job):\n    pass\n"
            "names = [c.__name__ for c in Job.__subclasses__()], [c.__name__ for c in jobs.b.A.__subclasses__()]\n",
            "two.py": "import importlib\nfrom base import Job\nbefore = len(Job.__subclasses__())\n"
            "importlib.import_module('jobs.a')\nnames = [c.__name__ for c in Job.__subclasses__()]\n",
        },
    )
    assert project.run("one.py")["names"] == (["A", "B", "Made", "Own"], ["C"])
    two = project.run("two.py")
    assert (two["before"], two["names"]) == (0, ["A"])
    assert project.run("one.py")["names"] == (["A", "B", "Made", "Own"], ["C"])


def test_a_helper_binds_names_in_the_module_that_it_is_given(tmp_path: Path) -> None:
    project = Project(
        tmp_path,
        {
            "fac.py": "import sys, inspect\ndef by_name(mod, name, value):\n    setattr(sys.modules[mod], name, value)\n"
            "def by_frame(name, value):\n    inspect.currentframe().f_back.f_globals[name] = value\n",
            "main.py": "from fac import by_name, by_frame\nby_name(__name__, 'a', 1)\nby_frame('b', 2)\nc = (a, b)\n",
        },
    )
    assert project.run("main.py")["c"] == (1, 2)
    assert project.problems() == []
