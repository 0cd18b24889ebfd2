"""From options to a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.cli.options import default_jobs
from migrate.errors import UserError

if TYPE_CHECKING:
    from migrate.config import Config
    from migrate.request import Request


def airflow_request(options: Mapping[str, Any]) -> Request:
    """The request behind the options of an Airflow command."""
    from migrate.cli.values import connections, values
    from migrate.request import Request

    return Request(
        system="airflow",
        roots=_existing(options["paths"]),
        config=_config(options),
        import_paths=_existing(options["import_paths"]),
        plugins=_existing(options["airflow_plugins"]),
        mappings=_existing(options["mappings"]),
        variables=values(options["variables"], "--variables"),
        env=values(options["env"], "--env"),
        connections=connections(options["connections"]),
        only=tuple(options["only"]),
        exclude=tuple(options["exclude"]),
        jobs=options["jobs"] or default_jobs(),
    )


def digdag_request(options: Mapping[str, Any]) -> Request:
    """The request behind the options of a Digdag command."""
    from migrate.cli.values import moment, parameters
    from migrate.request import Request

    listed = {"start": moment(options["start"], "--from"), "times": options["times"]} if "times" in options else {}
    return Request(
        system="digdag",
        **listed,
        roots=_existing(options["paths"]),
        config=_config(options),
        params=parameters(options["params"], options["params_file"]),
        only=tuple(options["only"]),
        exclude=tuple(options["exclude"]),
        jobs=options["jobs"] or default_jobs(),
    )


def _config(options: Mapping[str, Any]) -> Config:
    from migrate.config_load import load_config

    keys = ("namespace", "service_account", "airflow_version", "unmapped")
    flags = {key: options.get(key) for key in keys}
    sets = [*options["sets"], *(["build.dockerfiles=true"] if options.get("images") else [])]
    return load_config(options["config_file"], Path.cwd(), sets, flags)


def _existing(paths: Sequence[Path]) -> tuple[Path, ...]:
    for path in paths:
        if not path.exists():
            raise UserError(f"{path}: there is no such file or folder.")
    return tuple(path.absolute() for path in paths)
