"""What the Airflow front end is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parsers.airflow.evaluator.budget import Budgets


@dataclass(frozen=True)
class AirflowInputs:
    """Everything the front end needs from outside; picklable.

    `roots`: DAG folders or single files. `import_paths`: more places to import from. `plugins`: plugin folders; None
    finds `plugins` beside the roots. `only`/`exclude`: globs over relative file names. `assume`: values for
    unknowns by name (`variable:x`, `env:X`, `connection:c`), by expression text, or by `file:line` of a condition.
    `spark_image`: the image of SparkApplications; empty where applications are submitted by `spark-submit`.
    """

    roots: tuple[Path, ...]
    import_paths: tuple[Path, ...] = ()
    plugins: tuple[Path, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    connections: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    airflow_version: str | None = None
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    assume: Mapping[str, Any] = field(default_factory=dict)
    budgets: Budgets = field(default_factory=Budgets)
    unmapped: str = "hosted"
    mappings: tuple[Path, ...] = ()
    spark_image: str = ""
