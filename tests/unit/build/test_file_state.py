"""State that a DAG file sets up at module level, as a pod finds it."""

from __future__ import annotations

import os
from typing import Any

from tests.unit.build.test_callables import load


def unit_of(read: Any, folder: Any, text: str, files: dict[str, str] | None = None) -> Any:
    body = f"{text}\nwith DAG('d', start_date=datetime(2024, 1, 1), schedule=None):\n"
    found = read(body + "    PythonOperator(task_id='t', python_callable=work)\n", files=files)
    return load(found.task("t").action.code, folder / "pod"), found


def test_registries_of_decorators_and_attributes_from_outside(read: Any, tmp_path: Any) -> None:
    text = """
STEPS = {}
class Table:
    known = []
def step(f):
    STEPS[f.__name__] = f
    return f
@step
def load(): return 1
Table.known.append("a")
Table.label = "x"
def bump():
    global COUNT
    COUNT += 1
COUNT = 0
bump()
def work(): return sorted(STEPS), STEPS["load"](), Table.known, Table.label, COUNT, work.mark
work.mark = 7
"""
    call, found = unit_of(read, tmp_path, text)
    assert call() == (["load"], 1, ["a"], "x", 1, 7)
    assert found.codes() == []


def test_a_module_that_the_file_changes(read: Any, tmp_path: Any) -> None:
    files = {"state_one.py": "LIMIT = 1\nROWS = ['a']\ndef both(): return LIMIT, ROWS\n"}
    text = "import state_one\nstate_one.LIMIT = 5\nstate_one.ROWS.append('b')\ndef work(): return state_one.both()\n"
    call, _ = unit_of(read, tmp_path, text, files)
    assert call() == (5, ["a", "b"])


def test_the_environment_that_the_file_sets_needs_no_supply(read: Any, tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.delenv("STATE_X", raising=False)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    call, found = unit_of(
        read, tmp_path, "import os\nos.environ['STATE_X'] = 'y'\ndef work(): return os.environ['STATE_X']\n"
    )
    assert call() == "y"
    assert found.codes() == []


def test_what_no_pod_can_repeat_is_told(read: Any, tmp_path: Any) -> None:
    text = "import os\nos.environ['CONF'] = os.path.dirname(__file__)\ndef work(): return os.environ['CONF']\n"
    _, found = unit_of(read, tmp_path, text)
    assert "PY010" in found.codes()


def test_a_module_that_reads_files_beside_itself_is_told(read: Any, tmp_path: Any) -> None:
    helper = "from pathlib import Path\ndef query(): return (Path(__file__).parent / 'q.sql').read_text()\n"
    files = {"beside_one.py": helper, "q.sql": "select 1"}
    _, found = unit_of(read, tmp_path, "from beside_one import query\ndef work(): return query()\n", files)
    assert "PY012" in found.codes()
    assert found.texts("PY012")[0].startswith(
        "modules that `work` uses look for files beside themselves: `beside_one` (`"
    )
    unread = {"beside_two.py": helper + "def other(): return 1\n"}
    _, found = unit_of(read, tmp_path, "from beside_two import other\ndef work(): return other()\n", unread)
    assert "PY012" not in found.codes()
