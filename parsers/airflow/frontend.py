"""The Airflow front end: DAG files to evaluated DAGs, and from them workflows or structure facts."""

from __future__ import annotations

import decimal
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.diagnostics.base import Sink
from migrate.diagnostics.budgets import BY_LIMIT
from migrate.source import SourceFile
from parsers.airflow.deep import run_deep
from parsers.airflow.discover import discover
from parsers.airflow.evaluator.budget import LARGEST_EXPONENT, BudgetExceeded
from parsers.airflow.evaluator.interpreter import Interpreter
from parsers.airflow.evaluator.trace import Trace
from parsers.airflow.evaluator.values import DagObject, ModuleValue
from parsers.airflow.files import Files
from parsers.airflow.inputs import AirflowInputs
from parsers.airflow.modules import ModuleLoader, ParsedModule
from parsers.airflow.reading import SourceProblem

if TYPE_CHECKING:
    from migrate.ir.structure import WorkflowStructure
    from migrate.ir.workflow import Workflow

__all__ = ["AirflowFrontEnd", "AirflowInputs", "discover"]

BESIDE = ("plugins", "include")
"""Folders beside the DAG folder that Airflow deployments put on `sys.path`."""


MAX_TASKS_AFTER_STOP = 2_000
"""A DAG whose evaluation ran into a budget with more tasks than this is not worth converting in part."""


def cut_short(dag: DagObject, limit: str, sink: Sink) -> Workflow:
    """A workflow of one failing step for a DAG that evaluation gave up on while it was making tasks."""
    from migrate.diagnostics.budgets import DagCutShort
    from migrate.ir.actions import Unconverted
    from migrate.ir.workflow import Task, Workflow

    sink.add(DagCutShort(span=dag.span, workflow=dag.dag_id, made=len(dag.tasks), limit=limit))
    action = Unconverted(message=f"{dag.span}: evaluation stopped after {len(dag.tasks)} tasks (budget `{limit}`)")
    task = Task(id="evaluation-stopped", span=dag.span, operator="DAG", action=action)
    return Workflow(id=dag.dag_id, span=dag.span, system="airflow", nodes=(task,))


def files_of(inputs: AirflowInputs) -> Files:
    """The folders that evaluated code may read: roots, import paths, plugins, and what is beside the DAG folders."""
    extra = [*inputs.import_paths, *inputs.plugins]
    for root in inputs.roots:
        folder = (root if root.is_dir() else root.parent).resolve()
        extra.extend(p for p in (folder.parent / name for name in BESIDE) if p.is_dir())
        extra.extend(_named_folders(inputs, folder))
    return Files(inputs.roots, tuple(Path(p) for p in extra))


def _named_folders(inputs: AirflowInputs, root: Path) -> list[Path]:
    """Folders of the root's own project that environment values name (`CONF_DIR=/home/me/project/conf`)."""
    projects = [p for p in root.parents[:3] if len(p.parts) > 2 and p != Path.home()]
    found = []
    for value in inputs.env.values():
        path = Path(value)
        if "/" not in value or not path.is_absolute() or len(value) > 4096:
            continue
        try:
            folder = path.resolve() if path.is_dir() else path.resolve().parent if path.is_file() else None
        except (OSError, RuntimeError, ValueError):
            continue
        if folder is not None and any(p in folder.parents for p in projects):
            found.append(folder)
    return found


class AirflowFrontEnd:
    """One per process: modules and trees are shared between the DAG files it is asked about."""

    def __init__(self, inputs: AirflowInputs) -> None:
        self.inputs = inputs
        self.files = files_of(inputs)
        self.loader = ModuleLoader(inputs, self.files)
        self.interpreter = Interpreter(inputs, self.loader, self.files)
        self.stopped = ""
        """The budget that the last file ran into."""

    def evaluate(self, file: SourceFile, sink: Sink, trace: Trace | None = None) -> list[DagObject]:
        """The DAGs that a file makes, as far as evaluation came. Findings go to the sink; nothing is raised."""

        def evaluate() -> list[DagObject]:
            with decimal.localcontext() as context:
                context.Emax, context.Emin = LARGEST_EXPONENT, -LARGEST_EXPONENT
                return self._evaluate(file, sink, trace)

        return run_deep(evaluate)

    def _evaluate(self, file: SourceFile, sink: Sink, trace: Trace | None) -> list[DagObject]:
        module = self.run_module(file, sink, trace)
        if module is None:
            return []
        from parsers.airflow.overlays.airflow_collect import collect

        return collect(self.interpreter, module.attrs)

    def run_module(self, file: SourceFile, sink: Sink, trace: Trace | None = None) -> ModuleValue | None:
        """Evaluates a DAG file's body; None when it cannot be parsed."""
        parsed = self.parse(file, sink)
        if parsed is None:
            return None
        interp = self.interpreter
        self.stopped = ""
        self.loader.main = parsed
        interp.begin(parsed, sink)
        interp.trace = trace
        try:
            interp.run(parsed)
        except BudgetExceeded as error:
            self.stopped = str(error.limit)
            finding = BY_LIMIT[error.limit]
            sink.add(finding(span=interp.stopped_at(), allowed=error.allowed, what=error.what))
        except RecursionError:
            sink.add(BY_LIMIT["depth"](span=interp.stopped_at(), allowed=float(self.inputs.budgets.depth)))
        finally:
            interp.frame = interp.base
            interp.changes.environment = interp.state.get("environment", {})
            interp.sharing.settle(interp)
        return parsed.value

    def parse(self, file: SourceFile, sink: Sink) -> ParsedModule | None:
        """A DAG file's tree under the name that Airflow gives such modules."""
        stem = file.path.stem.replace(".", "_")
        digest = hashlib.sha1(file.relative.encode(), usedforsecurity=False).hexdigest()
        parsed = self.loader.parse(file, f"unusual_prefix_{digest}_{stem}", keep=False)
        if isinstance(parsed, SourceProblem):
            sink.add(parsed.finding)
            return None
        parsed.home = ".".join(file.relative.split("/")[:-1])
        return parsed

    def read(self, file: SourceFile, sink: Sink) -> list[Workflow]:
        """Evaluates a file and builds its workflows."""
        from parsers.airflow.build import build

        made = []
        for dag in self.evaluate(file, sink):
            if self.stopped and len(dag.tasks) > MAX_TASKS_AFTER_STOP:
                made.append(cut_short(dag, self.stopped, sink))
            elif not dag.is_subdag:
                made.append(build(dag, sink, file, self.inputs, self.loader))
        return made

    def structure(self, file: SourceFile, sink: Sink) -> list[WorkflowStructure]:
        """Evaluates a file and states the structure of its workflows."""
        from parsers.airflow.structure import structure_of

        return [structure_of(dag, file.relative) for dag in self.evaluate(file, sink)]
