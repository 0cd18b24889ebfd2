"""Options of operators: none is dropped without a word, and keys that Digdag ignores are no caveats."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.config import Config
from migrate.pipeline import Conversion, convert
from migrate.request import Request


def converted(folder: Path, text: str, **files: str) -> Conversion:
    folder.mkdir(exist_ok=True)
    (folder / "w.dig").write_text(text)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(content)
    return convert(Request(system="digdag", roots=(folder,), config=Config(), jobs=1))


def codes(result: Conversion) -> list[str]:
    return [f.code for f in result.report.findings]


@pytest.mark.parametrize(
    ("task", "found"),
    [
        ("sh>: ls\n  docker: {image: a}", []),
        ("sh>: ls\n  docker: {image: a, pull_always: false, selinux: true}", []),
        ("sh>: ls\n  docker: {image: a, build: [apk add curl]}", ["DIG054"]),
        ("sh>: ls\n  docker: {image: a, run_options: [-m, 1G], pull_always: true}", ["DIG055", "DIG055"]),
        ("sh>: ls\n  docker: {image: '${image}'}", ["DIG004"]),
        ("py>: m.f\n  python: /usr/bin/python3", []),
        ("py>: m.f\n  python: [python2.7, -u]", ["DIG056"]),
        ("pg>: {data: 'select ${own}'}\n  own: 1", []),
        ("pg>: q.sql\n  own: 1", []),
        ("pg>: q.sql\n  other: 1\n  own: 2", ["DIG057"]),
        ("pg>: {data: select 1}\n  status_table: t\n  socket_timeout: 5s", ["DIG007"]),
        ("td>: {data: select 1}\n  proxy: {enabled: true}", ["DIG007"]),
        ("wait>: 1s\n  poll_intervall: 3s", ["DIG057"]),
        ("wait>: 1s\n  blocking: true\n  poll_interval: 3s", ["DIG006"]),
        ("require>: x\n  project_name: other", ["DIG058"]),
        ("require>: x\n  project_id: 12", ["DIG059"]),
        ("require>: w\n  rerun_on: all", ["DIG003"]),
        ("require>: w\n  rerun_on: never", ["DIG006"]),
        ("emr>:\n  cluster: {name: new}", ["DIG060"]),
        ("emr>:\n  cluster: j-1\n  steps: [{type: flink, application: s3://b/a.jar}]", ["DIG060"]),
    ],
)  # fmt: skip
def test_options(tmp_path: Path, task: str, found: list[str]) -> None:
    result = converted(tmp_path, f"+a:\n  {task}\n", m__py="def f(): pass\n", q__sql="select ${own}")
    assert codes(result) == found


def test_defaults_of_an_export_count(tmp_path: Path) -> None:
    text = "_export:\n  docker: {image: a, run_options: [-it]}\n  py: {python: python2}\n+a:\n  py>: m.f\n"
    assert sorted(codes(converted(tmp_path, text, m__py="def f(): pass\n"))) == ["DIG055", "DIG056"]


def test_required_workflows_are_those_of_the_own_project(tmp_path: Path) -> None:
    for name in ("a", "b"):
        folder = tmp_path / name
        converted(folder, "+a:\n  require>: load\n+b:\n  require>: load\n  project_name: b\n")
        (folder / "load.dig").write_text("+x:\n  echo>: x\n")
    result = convert(Request(system="digdag", roots=(tmp_path,), config=Config(), jobs=1))
    (text,) = [f.text for f in result.files if f.path == "a-w/workflow-template.yaml"]
    assert "'folder': 'a'" in text
    assert "'a/load': 'a-load'" in text
    assert "'b/load': 'b-load'" in text
