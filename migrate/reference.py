"""Generated pages of docs/: findings, operators, configuration, command line, and the JSON Schemas."""

from __future__ import annotations

import json

import click


def reference_files() -> dict[str, str]:
    """Text by path below docs/. A test compares them with what is there; `tests/reference.py` writes them."""
    from emitters.report.model import Report
    from migrate.config_docs import markdown
    from migrate.diagnostics.explain import reference
    from migrate.inspection import InspectDocument
    from migrate.operator_table import as_markdown

    return {
        "reference/cli.md": cli_markdown(),
        "reference/configuration.md": markdown(),
        "reference/findings.md": reference(),
        "reference/operators.md": as_markdown(),
        "schema/inspect.json": _schema(InspectDocument.model_json_schema(mode="serialization")),
        "schema/report.json": _schema(Report.model_json_schema(mode="serialization")),
    }


def _schema(schema: dict[str, object]) -> str:
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps({**head, **schema}, indent=2, ensure_ascii=False) + "\n"


def cli_markdown() -> str:
    """The commands with their options."""
    from migrate.cli import cli

    lines = [
        "# Command line",
        "",
        "Generated from the commands; do not edit. Exit codes: 0 done; 1 done, but some workflow is as bad as",
        "`--fail-on` says (`verify`: some output differs from the source); 2 wrong usage, configuration or",
        "unreadable input, nothing written.",
    ]
    for name in sorted(cli.commands):
        lines += _command(f"migrate {name}", cli.commands[name])
    return "\n".join(lines) + "\n"


def _command(path: str, command: click.Command) -> list[str]:
    if isinstance(command, click.Group):
        return [
            line for name in sorted(command.commands) for line in _command(f"{path} {name}", command.commands[name])
        ]
    arguments = [p for p in command.params if isinstance(p, click.Argument)]
    options = [p for p in command.params if isinstance(p, click.Option)]
    usage = " ".join([path, *(a.metavar or (a.name or "").upper() for a in arguments), "[options]" if options else ""])
    lines = ["", f"## {path}", "", " ".join((command.help or "").split()), "", f"    {usage.rstrip()}", ""]
    lines += ["| option | meaning |", "|---|---|"] if options else []
    return [*lines, *(_option(o) for o in options)]


def _option(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    if isinstance(option.type, click.Choice):
        value = " or ".join(str(c) for c in option.type.choices)
    else:
        value = "" if option.is_flag else (option.metavar or "VALUE")
    text = option.help or ""
    shown = option.show_default and isinstance(option.default, str)
    default = f" Default: {option.default}." if shown else ""
    several = " May be repeated." if option.multiple else ""
    return f"| {names} {value.replace('|', chr(92) + '|')} | {text}{default}{several} |"
