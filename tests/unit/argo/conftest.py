from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from emitters.argo.emit import Emitted, emit
from emitters.argo.lower import PASSES, start
from emitters.argo.plan import PassContext, Plan
from emitters.argo.readback import ReadWorkflow
from emitters.argo.site import Site
from migrate.config import Config
from migrate.diagnostics.base import Sink
from migrate.ir.actions import CodeUnit, Noop, Python, Shell
from migrate.ir.exprs import Expr, Literal
from migrate.ir.outline import outline
from migrate.ir.workflow import Edge, Task, Workflow
from migrate.source import Span

SPAN = Span("dags/sample.py", 3)


def edges(*ids: str) -> tuple[Edge, ...]:
    return tuple(Edge(node=i) for i in ids)


class Make:
    """Short constructors of IR."""

    span = SPAN

    def noop(self, task_id: str, *upstream: str, **fields: Any) -> Task:
        return Task(id=task_id, span=SPAN, operator="EmptyOperator", action=Noop(), upstream=edges(*upstream), **fields)

    def shell(self, task_id: str, *upstream: str, script: str | Expr = "echo x", **fields: Any) -> Task:
        value = Literal(value=script) if isinstance(script, str) else script
        action = Shell(script=value)
        return Task(id=task_id, span=SPAN, operator="BashOperator", action=action, upstream=edges(*upstream), **fields)

    def python(self, task_id: str, *upstream: str, kwargs: tuple[tuple[str, Expr], ...] = (), **fields: Any) -> Task:
        unit = CodeUnit(source="def f(**kwargs):\n    return 1\n", entry="f", context=())
        action = Python(code=unit, kwargs=kwargs, pass_context=False, mode=fields.pop("mode", "plain"))
        return Task(
            id=task_id, span=SPAN, operator="PythonOperator", action=action, upstream=edges(*upstream), **fields
        )

    def workflow(self, *nodes: Any, **fields: Any) -> Workflow:
        fields.setdefault("system", "airflow")
        return Workflow(id=fields.pop("id", "sample"), span=SPAN, nodes=nodes, **fields)


class Written:
    """An emitted workflow, read back."""

    def __init__(self, emitted: Emitted, sink: Sink) -> None:
        self.emitted = emitted
        self.sink = sink
        self.files = {f.path.split("/", 1)[1]: f.text for f in emitted.files}
        self.template: dict[str, Any] = yaml.safe_load(self.files["workflow-template.yaml"])
        self.read = ReadWorkflow.of(self.template)

    def task(self, name: str, dag: str = "main") -> dict[str, Any]:
        """One task of a dag template, as plain data."""
        return dict(self.read.dags[dag][name].raw)

    def named(self, template: str) -> dict[str, Any]:
        """One template, as plain data."""
        return dict(self.read.templates[template])

    def codes(self) -> set[str]:
        """Codes of all findings."""
        return {d.code for d in self.sink.all()}


@pytest.fixture
def make() -> Make:
    return Make()


@pytest.fixture
def write() -> Callable[..., Written]:
    """Emits one workflow (with others of its batch)."""

    def run(workflow: Workflow, *others: Workflow, **settings: Any) -> Written:
        config = Config(**settings)
        sink = Sink()
        return Written(emit(workflow, Site.of([outline(w) for w in (workflow, *others)], config), config, sink), sink)

    return run


@pytest.fixture
def after() -> Callable[..., Plan]:
    """The plan after the pass of a name."""

    def run(workflow: Workflow, name: str) -> Plan:
        context = PassContext(Config(), Site.of([outline(workflow)], Config()), Sink())
        plan = start(workflow, context)
        for step in PASSES:
            plan = step(plan, context)
            if step.__name__ == name:
                return plan
        raise KeyError(name)

    return run
