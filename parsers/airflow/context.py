"""What the parts of the build stage know of the DAG they work on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.diagnostics.base import Diagnostic, Sink
from migrate.source import SourceFile, Span
from parsers.airflow.evaluator.values import DagObject, TaskObject, Value
from parsers.airflow.generation import Generation

if TYPE_CHECKING:
    from parsers.airflow.callables.secret_text import SecretKeys
    from parsers.airflow.callables.units import CodeBuilder
    from parsers.airflow.modules import ModuleLoader


@dataclass(slots=True)
class DagContext:
    """One DAG while it is built. `roots` and `import_paths` are the folders that may be read (absolute)."""

    dag: DagObject
    sink: Sink
    generation: Generation = field(default_factory=Generation)
    file: SourceFile | None = None
    roots: tuple[Path, ...] = ()
    import_paths: tuple[Path, ...] = ()
    macros: dict[str, Value] = field(default_factory=dict)
    filters: dict[str, Value] = field(default_factory=dict)
    native: bool = False
    searchpath: tuple[str, ...] = ()
    param_names: frozenset[str] = frozenset()
    unmapped: str = "hosted"
    spark_image: str = ""
    """Image of SparkApplications; empty: applications are submitted by `spark-submit`."""
    mappings: tuple[Path, ...] = ()
    """Folders with the user's own operator mappings."""
    connections: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Connections by id, as given with `--connections`: types and extras, no secrets."""
    code: CodeBuilder | None = None
    secret_keys: SecretKeys | None = None
    """Keys of secrets that stand in code; made when the first one is found."""
    loader: ModuleLoader | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    """Environment of the deployment: `AIRFLOW__SECTION__KEY` replaces a default of airflow.cfg."""

    def setting(self, section: str, key: str) -> str | None:
        """A setting of airflow.cfg that the user gave (`[deployment]` of the configuration, or `--env`)."""
        return self.settings.get(f"AIRFLOW__{section}__{key}".upper())

    def report(
        self, kind: type[Diagnostic], span: Span | None = None, task: TaskObject | None = None, **fields: Any
    ) -> None:
        """Files a finding about this DAG, or one of its tasks."""
        place = span or (task.span if task is not None else self.dag.span)
        self.sink.add(kind(span=place, workflow=self.dag.dag_id, task=task.task_id if task else None, **fields))
