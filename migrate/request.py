"""What a run was asked to do: the command line, understood and checked, before any file is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from migrate.config import Config


@dataclass(frozen=True)
class Request:
    """One batch. Picklable, so that worker processes can have it.

    `system`: name of the front end (`airflow`, `digdag`). `roots`: files or folders as given, made absolute.
    `variables`, `env`, `connections`, `params`: values from outside. `jobs`: processes. `start`, `times`: from when and
    how many schedule times are listed (inspection of Digdag; without a start: from today).
    """

    system: str
    roots: tuple[Path, ...]
    config: Config = field(default_factory=Config)
    import_paths: tuple[Path, ...] = ()
    plugins: tuple[Path, ...] = ()
    mappings: tuple[Path, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    connections: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    jobs: int = 1
    start: datetime | None = None
    times: int = 4
