"""The straight line with stand-ins for both ends: order, failures, clashes, processes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import migrate.pipeline as pipeline
from migrate.batch import Stage, describe, run_stage
from migrate.diagnostics.base import Diagnostic, Sink
from migrate.errors import UserError
from migrate.ir.actions import Noop
from migrate.ir.workflow import Task, Workflow
from migrate.output import Needs, OutputFile
from migrate.request import Request
from migrate.source import SourceFile, Span


@dataclass
class Emitted:
    slug: str
    files: tuple[OutputFile, ...]
    needs: Needs
    task_names: dict[str, str]


class Front:
    """Reads files whose lines name workflows; `boom` raises."""

    def __init__(self, request: Request) -> None:
        self.root = request.roots[0]

    def discover(self, sink: Sink) -> list[SourceFile]:
        return [SourceFile(self.root, p, p.name) for p in sorted(self.root.iterdir())]

    def read(self, file: SourceFile, sink: Sink) -> Sequence[Workflow]:
        names = file.path.read_text().split()
        if "boom" in names:
            raise RuntimeError("boom")
        if "die" in names:
            os._exit(3)
        span = Span(file.relative, 1)
        task = Task(id="t", span=span, operator="Op", action=Noop())
        return [Workflow(id=n, span=span, system="test", nodes=(task,)) for n in names]


def emit(workflow: Workflow, site: object, config: object, sink: Sink) -> Emitted:
    if workflow.id == "unwritable":
        raise ValueError("no")
    names = {} if workflow.id == "loses" else {"t": "t"}
    return Emitted(workflow.id, (OutputFile(path=f"{workflow.id}.yaml", text=""),), Needs(images={"i"}), names)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import emitters.argo.emit as real

    monkeypatch.setattr(pipeline, "front_end", Front)
    monkeypatch.setattr(real, "emit", emit)
    monkeypatch.setattr(real, "emit_shared", lambda *a: (OutputFile(path="shared/x.yaml", text=""),))

    def convert(jobs: int = 1, **texts: str) -> pipeline.Conversion:
        for name, text in texts.items():
            (tmp_path / name).write_text(text)
        return pipeline.convert(Request("test", (tmp_path,), jobs=jobs))

    return convert


def codes(result: pipeline.Conversion) -> list[str]:
    return [f.code for f in result.report.findings]


def test_one_line_from_file_to_report(run) -> None:
    result = run(a="one two", b="three")
    assert [w.id for w in result.report.workflows] == ["one", "two", "three"]
    assert [f.path for f in result.files] == ["one.yaml", "shared/x.yaml", "three.yaml", "two.yaml"]
    assert result.report.disposition == "converted"
    assert result.report.summary.tasks["converted"] == 3


def test_a_failing_file_does_not_stop_the_batch(run) -> None:
    result = run(a="boom", b="fine")
    assert codes(result) == ["INT001"]
    assert [(f.file, f.disposition) for f in result.report.files] == [("a", "failed")]
    assert [w.id for w in result.report.workflows] == ["fine"]
    assert "RuntimeError: boom" in result.report.findings[0].message


def test_a_failing_workflow_does_not_stop_the_batch(run) -> None:
    result = run(a="unwritable fine")
    assert codes(result) == ["INT002"]
    assert {w.id: (w.disposition, w.argo) for w in result.report.workflows} == {
        "unwritable": ("failed", None),
        "fine": ("converted", "fine"),
    }


def test_a_task_without_a_step_is_our_fault(run) -> None:
    assert codes(run(a="loses")) == ["INT005"]


def test_the_same_id_twice_is_told_and_not_overwritten(run) -> None:
    result = run(a="one", b="one")
    assert codes(result) == ["OUT001"]
    assert len(result.report.workflows) == 1
    assert result.report.disposition == "not-converted"


def test_nothing_found_is_told(run) -> None:
    assert codes(run(a="")) == ["OUT003"]


def test_processes_give_the_same_result(run) -> None:
    texts = {f"f{n:02}": f"w{n}a w{n}b" if n % 5 else "boom" for n in range(30)}
    assert run(jobs=2, **texts).report == run(jobs=1, **texts).report


def test_a_dying_process_costs_one_file(run) -> None:
    texts = {f"f{n:02}": "die" if n == 7 else f"w{n}" for n in range(12)}
    result = run(jobs=2, **texts)
    assert codes(result) == ["INT004"]
    assert len(result.report.workflows) == 11


def test_a_missing_root_is_the_users_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        pipeline.convert(Request("airflow", (tmp_path / "nope",)))


def test_progress_counts_every_item() -> None:
    counted: list[int] = []
    stage: Stage[int, int] = Stage(lambda setup: setup, lambda made, item: made + item, lambda item: -1, 10)
    assert run_stage(stage, [1, 2, 3], 1, counted.append) == [11, 12, 13]
    assert counted == [1, 1, 1]


def test_errors_are_described_without_absolute_paths() -> None:
    try:
        Request("x", ()).roots[3]
    except IndexError as error:
        text = describe(error)
    assert text.startswith("IndexError: tuple index out of range")
    assert str(Path.cwd()) not in text


def test_internal_findings_are_failed() -> None:
    from migrate.diagnostics import internal

    found = [c for c in vars(internal).values() if isinstance(c, type) and issubclass(c, Diagnostic) and c.code]
    assert found
    assert {c.severity.value for c in found} == {"failed"}


def test_a_workflow_whose_tasks_were_lost_fails_loudly() -> None:
    from migrate.diagnostics.output import SameFileTwice

    empty = Workflow(id="w", span=Span("f", 1), system="test")
    sink = Sink()
    assert pipeline._never_empty(empty, sink) is empty
    sink.add(SameFileTwice(span=Span("f", 2), path="x", workflow="w"))
    (task,) = pipeline._never_empty(empty, sink).tasks()
    assert task.action.kind == "unconverted"
    assert [d.code for d in sink.of_task("w", task.id)] == ["OUT004"]
