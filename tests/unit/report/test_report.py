"""The report: dispositions, effort, prerequisites, next mappings, and its four formats."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import ClassVar

import pytest

from emitters.report.build import Converted, FileOutcome, build_report
from emitters.report.model import Report
from emitters.report.write import write_report
from migrate.diagnostics.base import REGISTRY, Diagnostic, Severity
from migrate.diagnostics.secrets import SecretLiteral
from migrate.ir.actions import Hosted, Noop, Unconverted
from migrate.ir.outline import outline
from migrate.ir.workflow import Edge, Task, Workflow
from migrate.output import Needs, OutputFile
from migrate.source import Span


class Info(Diagnostic):
    """A note."""

    code: ClassVar[str] = "TST001"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "a note"


class Warn(Diagnostic):
    """A caveat."""

    code: ClassVar[str] = "TST002"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "a caveat"


class Manual(Diagnostic):
    """Work for a person."""

    code: ClassVar[str] = "TST003"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "<script>alert('x')</script> & `code` | pipe"


class Error(Diagnostic):
    """Not converted."""

    code: ClassVar[str] = "TST004"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "the variable `env` is not known"


@pytest.fixture(autouse=True, scope="module")
def _registry():
    yield
    for code in [c for c in REGISTRY if c.startswith("TST")]:
        del REGISTRY[code]


def workflow(name: str, **operators: str) -> Workflow:
    tasks = []
    for n, (task, operator) in enumerate(operators.items()):
        action = Hosted(cls=operator) if operator.startswith("Hosted") else Noop()
        if operator.startswith("Lost"):
            action = Unconverted(message="no")
        upstream = (Edge(node=tasks[-1].id),) if tasks else ()
        tasks.append(Task(id=task, span=Span(f"{name}.py", n + 2), operator=operator, action=action, upstream=upstream))
    return Workflow(id=name, span=Span(f"{name}.py", 1), system="test", nodes=tuple(tasks))


def report(workflows: list[Workflow], *findings: Diagnostic, needs: Needs | None = None) -> Report:
    converted = [
        Converted(
            outline(w), w.id, {t.id: t.id for t in w.tasks()}, (f"{w.id}/workflow-template.yaml",), needs or Needs()
        )
        for w in workflows
    ]
    ordered = sorted(findings, key=lambda d: d.sort_key())
    outcomes = [
        FileOutcome(f"{w.id}.py", (w.id,), tuple(d for d in ordered if d.span.file == f"{w.id}.py")) for w in workflows
    ]
    return build_report("test", converted, outcomes, ordered)


def at(kind: type[Diagnostic], name: str, task: str | None = None, line: int = 2) -> Diagnostic:
    return kind(span=Span(f"{name}.py", line), workflow=name, task=task)


def test_a_workflow_is_as_bad_as_its_worst_finding() -> None:
    w = workflow("w", a="X", b="X", c="X")
    found = report([w], at(Info, "w", "a"), at(Warn, "w", "b"), at(Error, "w", "c"))
    assert [t.disposition for t in found.workflows[0].tasks] == ["converted", "caveat", "not-converted"]
    assert (found.workflows[0].disposition, found.disposition) == ("not-converted", "not-converted")
    assert found.summary.tasks == {"converted": 1, "caveat": 1, "manual": 0, "not-converted": 1, "failed": 0}


def test_findings_of_the_file_concern_its_workflows() -> None:
    loose = Warn(span=Span("w.py", 1))
    found = report([workflow("w", a="X"), workflow("v", a="X")], loose)
    assert {w.id: (w.disposition, w.file_findings) for w in found.workflows} == {
        "w": ("caveat", [0]),
        "v": ("converted", []),
    }


def test_a_file_without_workflows_is_listed_with_its_reason() -> None:
    outcome = FileOutcome("x.py", (), (Manual(span=Span("x.py", 3)),))
    found = build_report("test", [], [outcome], list(outcome.findings))
    assert [(f.file, f.disposition, f.codes) for f in found.files] == [("x.py", "not-converted", ["TST003"])]
    assert found.disposition == "not-converted"


def test_effort_counts_repeats_less() -> None:
    w = workflow("w", a="X", b="X", c="X")
    found = report([w], at(Manual, "w", "a"), at(Manual, "w", "b"), at(Info, "w", "c"), at(Warn, "w", "c"))
    assert sorted(f.points for f in found.findings) == [0, 1, 1, 5]
    assert found.summary.points == 7


def test_next_best_mapping_frees_most_workflows() -> None:
    ws = [
        workflow("one", a="HostedA"),
        workflow("two", a="HostedA", b="X"),
        workflow("three", a="HostedA", b="LostB"),
        workflow("four", a="HostedC", b="X"),
    ]
    found = report(
        ws,
        at(Warn, "one", "a"),
        at(Warn, "two", "a"),
        at(Warn, "three", "a"),
        at(Error, "three", "b"),
        at(Warn, "four", "a"),
        at(Warn, "four", "b"),
    )
    assert [(m.operators, m.workflows, m.tasks) for m in found.next_mappings] == [
        (["HostedA"], 2, 3),
        (["LostB"], 1, 1),
    ]


def test_prerequisites_say_who_needs_them() -> None:
    needs = Needs(images={"i:1"}, connections={"db": {"uri"}}, pools={"p"}, rules={"get pods"})
    found = report([workflow("w", a="X"), workflow("v", a="X")], needs=needs)
    assert [(p.kind, p.name, p.keys, p.workflows) for p in found.prerequisites] == [
        ("connection", "db", ["uri"], ["v", "w"]),
        ("pool", "p", [], ["v", "w"]),
        ("image", "i:1", [], ["v", "w"]),
        ("right", "get pods", [], ["v", "w"]),
    ]


def test_values_to_supply() -> None:
    found = report([workflow("w", a="X"), workflow("v", a="X")], at(Error, "w", "a"), at(Error, "v", "a"))
    assert [(s.name, s.workflows) for s in found.supply] == [("variable:env", 2)]


# formats --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def written(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "w.py").write_text(
        "w = 1\na = Op(password='hunter2pass', url='https://u:s3cretpart@h/')\nb = '</script><b>&'\n"
        "key = '''-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----'''\nlast = 1\n"
    )
    w = workflow("w", a="HostedA", b="X")
    findings = [at(Manual, "w", "a"), at(Info, "w", "b", 3), at(SecretLiteral_, "w", "a", 2)]
    found = report([w], *findings)
    manifest = OutputFile(path="w/workflow-template.yaml", text="templates:\n# w.py:2 a\n- name: a\n  x: '</script>'\n")
    return {f.path: f.text for f in write_report(found, [manifest], [tmp_path])}


def SecretLiteral_(span: Span, workflow: str, task: str | None) -> Diagnostic:
    fields = {n: "x" for n in SecretLiteral.model_fields if n not in ("span", "workflow", "task")}
    return SecretLiteral(span=span, workflow=workflow, task=task, **fields)


def test_all_formats_are_written(written: dict[str, str]) -> None:
    assert sorted(written) == ["report.html", "report.json", "report.md", "report.sarif"]


def test_html_is_self_contained_and_escaped(written: dict[str, str]) -> None:
    html = written["report.html"]
    assert "default-src 'none'" in html
    assert not re.search(r'(src|href)="(?!#)', html)
    assert not re.search(r"url\(|@import|https?://(?!u:|www\.w3\.org)", html)
    assert "<script>alert" not in html
    assert html.count("</script>") == 4
    blocks = re.findall(r'<script type="application/json" id="(\w+)">(.*?)</script>', html, re.DOTALL)
    assert [name for name, _ in blocks] == ["data", "codes", "w0"]
    details = json.loads(dict(blocks)["w0"])
    assert details["manifests"] == [
        ["w/workflow-template.yaml", "templates:\n# w.py:2 a\n- name: a\n  x: '</script>'\n"]
    ]
    assert "</script><b>&" in details["excerpts"]["w.py:3"][1]


def test_no_secret_in_any_format(written: dict[str, str]) -> None:
    for text in written.values():
        assert not any(secret in text for secret in ("hunter2pass", "s3cretpart", "BEGIN PRIVATE KEY"))


def test_excerpts_keep_line_numbers(written: dict[str, str]) -> None:
    block = re.search(r'id="w0">(.*?)</script>', written["report.html"], re.DOTALL)
    assert block
    first, text = json.loads(block.group(1))["excerpts"]["w.py:3"]
    lines = text.split("\n")
    assert (first, lines[2][:5], lines[6]) == (1, "b = '", "last = 1")


def test_markdown_lists_findings_and_escapes(written: dict[str, str]) -> None:
    text = written["report.md"]
    assert "### w: manual" in text
    assert "&lt;script>" in text
    assert "\\| pipe" in text


def test_sarif_has_rules_and_places(written: dict[str, str]) -> None:
    run = json.loads(written["report.sarif"])["runs"][0]
    result = next(r for r in run["results"] if r["ruleId"] == "TST003")
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "TST003"
    assert result["level"] == "warning"
    place = result["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "w.py"
    assert place["physicalLocation"]["region"]["startLine"] == 2
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "w.a"


def test_json_is_the_report(written: dict[str, str]) -> None:
    assert Report.model_validate_json(written["report.json"]).workflows[0].id == "w"


def test_sources_outside_the_roots_are_not_shown(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("top = 1\nsecret = 2\n")
    root = tmp_path / "dags"
    root.mkdir()
    w = Workflow(id="w", span=Span("../secret.py", 1), system="test")
    found = report([w], Warn(span=Span("../secret.py", 2), workflow="w"))
    html = next(f.text for f in write_report(found, [], [root]) if f.path == "report.html")
    assert "secret = 2" not in html


def test_five_hundred_workflows_stay_small() -> None:
    ws = [workflow(f"w{n}", **{f"t{k}": "X" for k in range(10)}) for n in range(500)]
    found = report(ws, *(at(Warn, f"w{n}", "t1") for n in range(500)))
    html = next(f.text for f in write_report(found, [], []) if f.path == "report.html")
    assert len(found.workflows) == 500
    assert len(html) < 5_000_000


def test_large_manifests_are_shown_in_pieces(tmp_path: Path) -> None:
    w = workflow("w", a="X", b="X")
    found = report([w], at(Warn, "w", "a"))
    text = "templates:\n- name: a\n  container:\n    image: i\n- name: b\n  x: 1\n" + "# filler\n" * 60_000
    manifest = OutputFile(path="w/workflow-template.yaml", text=text)
    scripts = OutputFile(path="w/scripts.yaml", text="x")
    html = next(f.text for f in write_report(found, [manifest, scripts], [tmp_path]) if f.path == "report.html")
    block = re.search(r'id="w0">(.*?)</script>', html, re.DOTALL)
    assert block
    details = json.loads(block.group(1))
    assert details["manifests"] == []
    assert details["snippets"] == {"a": ["w/workflow-template.yaml", 2, "- name: a\n  container:\n    image: i"]}
