"""Options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
PATHS = click.Path(path_type=Path)
FOLDER = click.Path(path_type=Path, file_okay=False)


def default_jobs() -> int:
    """Processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


_SELECTION = (
    click.option("--only", multiple=True, metavar="GLOB", help="Read only files whose relative path matches."),
    click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out files whose relative path matches."),
    click.option(
        "-c", "--config", "config_file", type=PATHS, metavar="FILE", help="Configuration; default ./migrate.toml."
    ),
    click.option("--set", "sets", multiple=True, metavar="KEY=VALUE", help="Overrides any key of the configuration."),
    click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Processes; default: all processors."),
    click.option("-q", "--quiet", is_flag=True, help="Print errors only."),
    click.option("-v", "--verbose", is_flag=True, help="Print every finding."),
)
_AIRFLOW = (
    click.argument("paths", nargs=-1, required=True, type=PATHS, metavar="PATH..."),
    click.option("--airflow-version", metavar="V", help="Version whose behaviour holds (2.11, 3.1); default: guessed."),
    click.option(
        "--variables",
        multiple=True,
        metavar="FILE|NAME=VALUE",
        help="Airflow Variables: the JSON of `airflow variables export`, YAML, or one value.",
    ),
    click.option(
        "--env",
        multiple=True,
        metavar="FILE|NAME=VALUE",
        help="Environment of the old workers: dotenv file, or one value.",
    ),
    click.option(
        "--connections", multiple=True, type=PATHS, metavar="FILE", help="JSON or YAML of `airflow connections export`."
    ),
    click.option(
        "--path", "import_paths", multiple=True, type=FOLDER, metavar="DIR", help="Further folder to import from."
    ),
    click.option("--airflow-plugins", multiple=True, type=FOLDER, metavar="DIR", help="Airflow's plugins folder."),
    click.option(
        "--unmapped",
        type=click.Choice(["hosted", "fail", "tasks-test"]),
        help="What becomes of operators without a mapping; default hosted.",
    ),
    click.option(
        "--mappings", multiple=True, type=FOLDER, metavar="DIR", help="Folder with your own operator mappings."
    ),
)
_DIGDAG = (
    click.argument("paths", nargs=-1, required=True, type=PATHS, metavar="PROJECT..."),
    click.option("-p", "--param", "params", multiple=True, metavar="KEY=VALUE", help="Session parameter."),
    click.option(
        "--params-file", multiple=True, type=PATHS, metavar="FILE", help="YAML or JSON with session parameters."
    ),
)
fail_on = click.option(
    "--fail-on",
    type=click.Choice(["failed", "not-converted", "manual", "caveat", "never"]),
    default="not-converted",
    show_default=True,
    help="Exit with 1 if any workflow is this or worse.",
)
_WRITING = (
    click.option("-o", "--output", "out", required=True, type=FOLDER, metavar="OUT", help="Folder for the result."),
    click.option("--namespace", metavar="NS", help="Namespace written into the manifests."),
    click.option("--service-account", metavar="SA", help="Service account of the workflows."),
    fail_on,
    click.option(
        "--images", is_flag=True, help="Write Dockerfiles (images/) for tasks that need more than the default images."
    ),
    click.option("--dry-run", is_flag=True, help="Write nothing; print what would change."),
    click.option("--force", is_flag=True, help="Overwrite files that were edited by hand."),
)


def airflow_inputs(command: Command) -> Command:
    """What Airflow sources are read with."""
    return _apply(command, _AIRFLOW + _SELECTION)


def digdag_inputs(command: Command) -> Command:
    """What Digdag projects are read with."""
    return _apply(command, _DIGDAG + _SELECTION)


def writing(command: Command) -> Command:
    """Where and how the result is written."""
    return _apply(command, _WRITING)


def _apply(command: Command, options: tuple[Callable[[Command], Command], ...]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command
