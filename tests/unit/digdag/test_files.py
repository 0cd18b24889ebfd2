"""Which files of a project a task gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.config import Config
from migrate.diagnostics.base import Diagnostic, Sink
from migrate.ir import actions as a
from migrate.ir import workflow as w
from migrate.pipeline import Conversion, convert
from migrate.request import Request
from parsers.digdag.archive import archive_of
from parsers.digdag.frontend import DigdagFrontEnd, DigdagInputs, discover_projects
from parsers.digdag.task_files import reads_files


def put(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Files of a project."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def read(folder: Path) -> tuple[w.Workflow, list[Diagnostic]]:
    """The workflow `main` of a project, and all findings."""
    inputs, sink = DigdagInputs((folder,)), Sink()
    front = DigdagFrontEnd(inputs)
    flows = [flow for file in discover_projects(inputs, sink) for flow in front.read(file, sink)]
    return next(f for f in flows if f.id == "main"), sink.all()


def actions(flow: w.Workflow) -> dict[str, a.Scoped]:
    """The operations by task."""
    return {t.id: t.action for t in flow.tasks() if isinstance(t.action, a.Scoped)}


def converted(folder: Path, **build: bool) -> Conversion:
    """The whole conversion."""
    config = Config.model_validate({"build": build})
    return convert(Request(system="digdag", roots=(folder,), config=config, jobs=1))


def test_code_gets_the_whole_project(tmp_path: Path) -> None:
    main = "+a:\n  sh>: cat queries/*.sql\n+b:\n  echo>: x\n+c:\n  sh>: echo done\n+d:\n  py>: m.f\n"
    put(tmp_path, {"main.dig": main, "queries/a.sql": "select 1", "m.py": "def f(): pass\n", "x.bin": b"\0\xff"})
    flow, findings = read(tmp_path)
    found = actions(flow)
    assert [found[f"+main+{n}"].whole for n in "abcd"] == [True, False, False, True]
    assert flow.project is not None
    assert [(f.path, f.base64) for f in flow.project.files] == [
        ("m.py", False),
        ("main.dig", False),
        ("queries/a.sql", False),
        ("x.bin", True),
    ]
    assert findings == []


def test_one_config_map_for_all_workflows_of_a_project(tmp_path: Path) -> None:
    put(tmp_path, {"main.dig": "+a:\n  sh>: ls\n", "two.dig": "+a:\n  sh>: ls\n", "x.txt": "x"})
    result = converted(tmp_path)
    names = [f.path for f in result.files if "project-" in f.path]
    assert len(names) == 1
    assert [f.code for f in result.report.findings] == []
    kustomization = next(f.text for f in result.files if f.path == "kustomization.yaml")
    assert kustomization.count(names[0]) == 1


def test_what_the_archive_leaves_out(tmp_path: Path) -> None:
    ignore = "*.log\n!keep.log\n/top.txt\nbuild/\ndata/**/tmp\n# comment\n"
    names = [
        "a.log",
        "keep.log",
        "top.txt",
        "sub/top.txt",
        "build/x",
        "sub/build/y",
        "data/a/b/tmp",
        ".env",
        ".git/config",
    ]
    put(
        tmp_path,
        {"main.dig": "", ".digdagignore": ignore, "out/.migrate/manifest.json": "{}", **dict.fromkeys(names, "x")},
    )
    put(tmp_path, {"m/__pycache__/m.pyc": b"\0", "node_modules/p/x.js": "x"})
    found = archive_of(tmp_path)
    assert list(found.files) == ["keep.log", "main.dig", "sub/top.txt"]
    assert {".env", ".git", "a.log", "top.txt", "build", "sub/build", "out", "node_modules"} <= set(found.left_out)


def test_links_stay_in_the_project(tmp_path: Path) -> None:
    put(tmp_path, {"outside/secret.txt": "x", "p/main.dig": "", "p/real/a.txt": "a"})
    (tmp_path / "p" / "out").symlink_to(tmp_path / "outside")
    (tmp_path / "p" / "loop").symlink_to(tmp_path / "p")
    (tmp_path / "p" / "a.txt").symlink_to(tmp_path / "p" / "real" / "a.txt")
    assert list(archive_of(tmp_path / "p").files) == ["a.txt", "main.dig", "real/a.txt"]


def test_files_with_secrets_are_not_copied(tmp_path: Path) -> None:
    put(
        tmp_path,
        {"main.dig": "+a:\n  sh>: load\n", "conf.yml": "user: x\npassword: 'hunter2hunter2'\n", "k/id_rsa": "x"},
    )
    result = converted(tmp_path)
    assert "hunter2" not in "".join(f.text for f in result.files)
    told = {(f.code, f.file, f.line) for f in result.report.findings if f.code == "DIG046"}
    assert told == {("DIG046", "conf.yml", 2), ("DIG046", "k/id_rsa", 1)}
    assert "project-files" in next(f.text for f in result.files if f.path == "shared/secrets.yaml")


def test_a_large_project_is_reported_and_gets_an_image(tmp_path: Path) -> None:
    put(tmp_path, {"main.dig": "+a:\n  sh>: load all\n", "big.csv": "x" * 1_000_000, "small.sql": "select 1"})
    _, findings = read(tmp_path)
    assert [(d.code, d.task) for d in findings] == [("DIG045", "+main+a")]
    result = converted(tmp_path, dockerfiles=True)
    assert any(f.path == "images/project-main/Dockerfile" for f in result.files)


def test_names_with_expressions(tmp_path: Path) -> None:
    main = "+a:\n  td>: queries/${t}.sql\n  database: d\n+b:\n  td>: ${file}\n  database: d\n"
    put(tmp_path, {"main.dig": main, "queries/x.sql": "1", "queries/y.sql": "2", "other/z.sql": "3"})
    found = actions(read(tmp_path)[0])
    assert [f.path for f in found["+main+a"].files] == ["queries/x.sql", "queries/y.sql"]
    assert found["+main+b"].whole


def test_files_between_tasks(tmp_path: Path) -> None:
    main = "+a:\n  sh>: date > now.txt\n+b:\n  sh>: cat now.txt\n+c:\n  py>: m.f\n+d:\n  sh>: . ./.env\n"
    put(tmp_path, {"main.dig": main, "m.py": "def f():\n    print(open('now.txt').read())\n", ".env": "A=1"})
    _, findings = read(tmp_path)
    assert {(d.code, d.task) for d in findings} == {
        ("DIG047", "+main+b"),
        ("DIG047", "+main+c"),
        ("DIG048", "+main+d"),
    }


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("echo hello", False),
        ("if [ $x = 1 ]; then echo 'a; cat b'; fi", False),
        ('echo "@@ $(date +%Y)"', False),
        ('echo "@@ $(cat x)"', True),
        ("echo *", True),
        ("while read l; do echo $l; done < f", True),
        ("${command} x", True),
        ("echo ${name}", False),
        ("X=1 ./run.sh", True),
        ("echo a | tee b", True),
        (". ./lib.sh", True),
    ],
)
def test_commands_that_may_read_files(command: str, wanted: bool) -> None:
    assert reads_files(command) is wanted
