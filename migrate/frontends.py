"""The front ends by name. Each is imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from migrate.config import Config
from migrate.diagnostics.base import Sink
from migrate.ir.workflow import Workflow
from migrate.request import Request
from migrate.source import SourceFile

_SETTINGS = {
    "default_timezone": "AIRFLOW__CORE__DEFAULT_TIMEZONE",
    "catchup_by_default": "AIRFLOW__SCHEDULER__CATCHUP_BY_DEFAULT",
    "default_retries": "AIRFLOW__CORE__DEFAULT_TASK_RETRIES",
    "default_retry_delay": "AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY",
    "default_execution_timeout": "AIRFLOW__CORE__DEFAULT_TASK_EXECUTION_TIMEOUT",
    "max_active_runs": "AIRFLOW__CORE__MAX_ACTIVE_RUNS_PER_DAG",
    "max_active_tasks": "AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG",
    "default_owner": "AIRFLOW__OPERATORS__DEFAULT_OWNER",
    "base_url": "AIRFLOW__WEBSERVER__BASE_URL",
}


class FrontEnd(Protocol):
    """Turns source files into workflows. One per process; it may keep modules it has read."""

    def discover(self, sink: Sink) -> Sequence[SourceFile]:
        """Files that may define workflows; what was skipped is filed in `sink`."""

    def read(self, file: SourceFile, sink: Sink) -> Sequence[Workflow]:
        """The workflows of one file."""

    def structure(self, file: SourceFile, sink: Sink) -> Sequence[Any]:
        """What was understood of one file, for `inspect`: models with at least id, source, schedule, tasks."""


class AirflowSources:
    """Airflow DAG files."""

    def __init__(self, request: Request) -> None:
        from parsers.airflow.evaluator.budget import Budgets
        from parsers.airflow.frontend import AirflowFrontEnd
        from parsers.airflow.inputs import AirflowInputs

        config = request.config
        self.inputs = AirflowInputs(
            roots=request.roots,
            import_paths=request.import_paths,
            plugins=request.plugins,
            variables=request.variables,
            env={**_settings(config), **request.env},
            connections=_connections(request),
            airflow_version=config.airflow_version,
            only=request.only,
            exclude=request.exclude,
            assume=config.assume,
            budgets=Budgets(**config.budgets.model_dump()),
            unmapped=config.unmapped,
            mappings=request.mappings,
            spark_image=config.images["spark"] if config.spark.mode == "operator" else "",
        )
        self.front = AirflowFrontEnd(self.inputs)

    def discover(self, sink: Sink) -> Sequence[SourceFile]:
        from parsers.airflow.discover import discover

        return discover(self.inputs, sink)

    def read(self, file: SourceFile, sink: Sink) -> Sequence[Workflow]:
        return self.front.read(file, sink)

    def structure(self, file: SourceFile, sink: Sink) -> Sequence[Any]:
        return self.front.structure(file, sink)


def _settings(config: Config) -> dict[str, str]:
    """What `[deployment]` sets, in the form that Airflow itself reads: `AIRFLOW__SECTION__KEY`."""
    given = config.deployment
    return {
        _SETTINGS[name]: str(getattr(given, name))
        for name in sorted(given.model_fields_set & set(_SETTINGS))
        if getattr(given, name) is not None
    }


def _connections(request: Request) -> dict[str, dict[str, Any]]:
    """Connections as given, and types that the configuration says of further ones."""
    said = {name: {"conn_type": c.kind} for name, c in request.config.connections.items() if c.kind}
    return {**said, **{name: {**said.get(name, {}), **value} for name, value in request.connections.items()}}


class DigdagSources:
    """Digdag projects."""

    def __init__(self, request: Request) -> None:
        from parsers.digdag.frontend import DigdagFrontEnd, DigdagInputs

        self.inputs = DigdagInputs(
            roots=request.roots,
            params=request.params,
            only=request.only,
            exclude=request.exclude,
            start=request.start,
            count=request.times,
            export_as_params=request.config.digdag.export_as_params,
        )
        self.front = DigdagFrontEnd(self.inputs)

    def discover(self, sink: Sink) -> Sequence[SourceFile]:
        from parsers.digdag.frontend import discover_projects

        return discover_projects(self.inputs, sink)

    def read(self, file: SourceFile, sink: Sink) -> Sequence[Workflow]:
        return self.front.read(file, sink)

    def structure(self, file: SourceFile, sink: Sink) -> Sequence[Any]:
        return self.front.structure(file, sink)


def front_end(request: Request) -> FrontEnd:
    """The front end for a request; one from an installed plug-in if no built-in one has that name."""
    if request.system == "airflow":
        return AirflowSources(request)
    if request.system == "digdag":
        return DigdagSources(request)
    from migrate.plugins import load

    made: FrontEnd = load("migrate.front_ends", request.system)(request)
    return made
