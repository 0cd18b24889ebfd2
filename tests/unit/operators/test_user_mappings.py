"""Mapping files of the user."""

from __future__ import annotations

from pathlib import Path
from typing import Any

FILE = """
- operator: acme.operators.LoadOperator
  action: container
  image: acme/loader:1.4
  args: ["load", "${table}", "--date=${day:-today}", "${extra}"]
  env: {TARGET: "${target}"}
  ignore: [verbose]
- operator: BashOperator
  action: noop
- operator: acme.operators.LoadOperator
  action: noop
- operator: x
  action: fly
"""
IMPORT = "from acme.operators import LoadOperator\nfrom airflow.operators.bash import BashOperator\n"


def mappings(folder: Path) -> tuple[Path, ...]:
    (folder / "own").mkdir()
    (folder / "own" / "acme.yaml").write_text(FILE, encoding="utf-8")
    return (folder / "own",)


def test_a_mapping_with_arguments(one: Any, value: Any, tmp_path: Path) -> None:
    found = one(
        "LoadOperator(task_id='t', table='x', target='{{ ds }}', extra=['a', 'b'], verbose=True, other=1)",
        """
        from airflow.models import BaseOperator
        class LoadOperator(BaseOperator):
            def __init__(self, *, table, target, extra, verbose, other, **kwargs): super().__init__(**kwargs)
            def execute(self, context): pass
        """,
        mappings=mappings(tmp_path),
    )
    action = found.action
    assert [value(a) for a in action.args] == ["load", "x", "--date=today", "a", "b"]
    assert value(dict(action.env)["TARGET"]) == "<time>"
    assert found.texts("OPS003") == ["the argument `other` of LoadOperator has no effect in the result"]
    problems = found.texts("OPS090")
    assert any("mapped twice" in p for p in problems)
    assert any("action" in p for p in problems)
    assert found.texts("OPS091") == ["the mapping of `BashOperator` from own/acme.yaml replaces the built-in one"]


def test_a_mapping_replaces_the_own_one(one: Any, tmp_path: Path) -> None:
    found = one("BashOperator(task_id='t', bash_command='x')", IMPORT, mappings=mappings(tmp_path))
    assert found.action.kind == "noop"


def test_files_that_are_no_mappings(one: Any, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.yaml").write_text("a: 1\n", encoding="utf-8")
    (tmp_path / "own" / "b.yaml").write_text("a: [\n", encoding="utf-8")
    found = one("BashOperator(task_id='t', bash_command='x')", IMPORT, mappings=(tmp_path / "own",))
    assert found.action.kind == "shell"
    assert len(found.texts("OPS090")) == 2
