"""The configuration for people: a commented migrate.toml and the reference page, both from the model."""

from __future__ import annotations

import textwrap
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from migrate.config import Config, ConnectionTarget, QueueTarget

EXAMPLES = {
    "task_images": '{ "etl.load_*" = "registry.example.com/etl:1.4", DbtOperator = "registry.example.com/dbt:1.8" }',
    "pools": "{ warehouse = 4 }",
    "assume": '{ "variable:environment" = "prod", "env:REGION" = "eu-west-1" }',
    "connections": '{ warehouse = "warehouse-db" }',
    "labels": '{ team = "data" }',
    "queues": '{ gpu = { node_selector = { accelerator = "a100" } } }',
}


def commented_toml() -> str:
    """A migrate.toml in which every key stands with its description and default, commented out."""
    lines = ["# Configuration of migrate. Every key shows its default; remove the `#` to change it.", ""]
    sections = []
    for name, field in Config.model_fields.items():
        if _section(field) or name == "images":
            sections.append((name, field))
        else:
            lines += _toml_key(name, field)
    for name, field in sections:
        lines += _toml_section(name, field)
    return "\n".join(lines).rstrip() + "\n"


def _toml_section(name: str, field: FieldInfo) -> list[str]:
    model = _section(field)
    if model is None:
        lines = [*_comment(field.description or ""), f"[{name}]"]
        return [*lines, *(f"# {key} = {_toml(value)}" for key, value in sorted(field.default.items())), ""]
    lines = [*_comment(model.__doc__ or ""), f"[{name}]"]
    for key, inner in model.model_fields.items():
        lines += _toml_key(key, inner)
    return lines


def _toml_key(name: str, field: FieldInfo) -> list[str]:
    value = _default(field)
    shown = EXAMPLES.get(name) if value in ({}, None) else None
    text = f"# {name} = {shown or _toml(value)}" if value is not None or shown else f'# {name} = "..."'
    return [*_comment(field.description or ""), text, ""]


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(" ".join(text.split()), 100)]


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{k}" = {_toml(v)}' for k, v in value.items()) + " }" if value else "{}"
    return str(value)


def markdown() -> str:
    """The reference page."""
    lines = [
        "# Configuration",
        "",
        "Generated from `migrate/config.py`; do not edit. Keys stand in `migrate.toml` in the current folder (or the",
        "file given with `-c`), under `[tool.migrate]` in `pyproject.toml`, or set by `--set KEY=VALUE`. Flags of",
        "the command line win over `--set`, `--set` over the file. Unknown keys are errors. `migrate init` writes a",
        "commented file.",
        "",
        "## Top level",
        "",
        *_table({n: f for n, f in Config.model_fields.items() if not _section(f)}),
    ]
    for name, field in Config.model_fields.items():
        model = _section(field)
        if model is not None:
            lines += ["", f"## [{name}]", "", " ".join((model.__doc__ or "").split()), "", *_table(model.model_fields)]
    for title, model in (("[queues.NAME]", QueueTarget), ("[connections.ID]", ConnectionTarget)):
        lines += ["", f"## {title}", "", " ".join((model.__doc__ or "").split()), "", *_table(model.model_fields)]
    lines += ["", "## Default images", "", "| kind | image |", "|---|---|"]
    images: dict[str, str] = Config.model_fields["images"].default
    lines += [f"| `{kind}` | `{image or 'apache/airflow:<version>'}` |" for kind, image in sorted(images.items())]
    return "\n".join(lines) + "\n"


def _table(fields: dict[str, FieldInfo]) -> list[str]:
    rows = ["| key | type | default | meaning |", "|---|---|---|---|"]
    for name, field in fields.items():
        default = "see below" if name == "images" else _shown(_default(field))
        rows.append(f"| `{name}` | {_type(field.annotation)} | {default} | {field.description or ''} |")
    return rows


def _shown(value: Any) -> str:
    return "unset" if value is None else f"`{_toml(value)}`"


def _type(annotation: Any) -> str:
    if isinstance(annotation, type):
        if issubclass(annotation, BaseModel):
            return "table"
        return {"str": "text", "bool": "true/false", "int": "number", "float": "number"}.get(
            annotation.__name__, annotation.__name__
        )
    args = [a for a in get_args(annotation) if a not in (type(None), ...)]
    text = str(annotation)
    if text.startswith("dict"):
        return f"table of {_type(args[1])}" if args[1] is not Any else "table"
    if text.startswith("tuple"):
        return f"list of {_type(args[0])}"
    if "Literal" in text:
        return " or ".join(f"`{a}`" for a in args)
    return _type(args[0]) if args else "any value"


def _default(field: FieldInfo) -> Any:
    return field.get_default(call_default_factory=True)


def _section(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None
