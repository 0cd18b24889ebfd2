"""Reads the configuration from migrate.toml, pyproject.toml and `--set`, with errors that name file and line."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from migrate.config import Config
from migrate.errors import UserError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found,unused-ignore]

_FREE = ("assume",)
_HEADER = re.compile(r"^\s*\[\[?\s*(?P<table>[^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(
    r"^\s*(?P<key>(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'))*)\s*="
)
_PART = re.compile(r"[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'")
_WHERE = re.compile(r"\(at line (\d+), column (\d+)\)|\(at end of document\)")


def load_config(
    path: Path | None, folder: Path, sets: Sequence[str] = (), flags: Mapping[str, Any] | None = None
) -> Config:
    """The configuration of a run.

    `path`: the file given with `-c`, else `migrate.toml` or `[tool.migrate]` of `pyproject.toml` in `folder` is taken
    if there is one. `sets`: `KEY=VALUE` texts. `flags`: values of command-line options by key (None: not given); they
    win over everything. Raises UserError with file:line for unknown keys and wrong values.
    """
    file = path or _find(folder)
    table, text, prefix = _read(file) if file else ({}, "", ())
    base = _validate(table, file, text, prefix)
    data = table
    for item in sets:
        data = merged(data, _set(item))
    for key, value in (flags or {}).items():
        if value is not None:
            data = merged(data, {key: value})
    return base if data is table else _validate(data, None, "", ())


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Nested tables are joined, everything else of `over` replaces what `base` has."""
    out = dict(base)
    for key, value in over.items():
        old = out.get(key)
        out[key] = merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return out


def _find(folder: Path) -> Path | None:
    own = folder / "migrate.toml"
    if own.is_file():
        return own
    project = folder / "pyproject.toml"
    if project.is_file() and "[tool.migrate" in project.read_text(encoding="utf-8", errors="replace"):
        return project
    return None


def _read(file: Path) -> tuple[dict[str, Any], str, tuple[str, ...]]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file}: the configuration cannot be read ({error}). Check the path given with -c.") from None
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _WHERE.search(str(error))
        line = found.group(1) if found and found.group(1) else str(text.count("\n") + 1)
        reason = _WHERE.sub("", str(error)).strip()
        raise UserError(f"{file}:{line}: not valid TOML: {reason}.") from None
    if file.name == "pyproject.toml":
        return table.get("tool", {}).get("migrate", {}), text, ("tool", "migrate")
    return table, text, ()


def _set(item: str) -> dict[str, Any]:
    key, separator, value = item.partition("=")
    if not separator or not key.strip():
        raise UserError(f"--set {item}: write KEY=VALUE, for example --set schedule.suspend_all=false.")
    literal = value.strip()
    structured = literal in ("true", "false") or literal[:1] in ("[", "{", '"', "'")
    free = key.strip().split(".")[0] in _FREE
    for attempt in ((literal,) if structured or free else ()) + (json.dumps(value),):
        try:
            return dict(tomllib.loads(f"{key} = {attempt}"))
        except tomllib.TOMLDecodeError:
            continue
    raise UserError(
        f'--set {item}: `{key}` is not a key. Quote parts with other characters: task_images."etl.load"=...'
    )


def _validate(data: Mapping[str, Any], file: Path | None, text: str, prefix: tuple[str, ...]) -> Config:
    try:
        return Config.model_validate(dict(data))
    except ValidationError as error:
        lines = [_explain(e, file, text, prefix) for e in error.errors()]
        raise UserError("\n".join(lines)) from None


def _explain(error: Any, file: Path | None, text: str, prefix: tuple[str, ...]) -> str:
    path = tuple(str(part) for part in error["loc"])
    name = ".".join(path)
    if file is None:
        place = f"--set {name}"
    else:
        line = locate(text, (*prefix, *path))
        place = f"{file}:{line}" if line else str(file)
    if error["type"] == "extra_forbidden":
        known = _known(path[:-1])
        close = get_close_matches(path[-1], known, 1)
        hint = f"; did you mean `{'.'.join((*path[:-1], close[0]))}`?" if close else f"; known are: {', '.join(known)}."
        return f"{place}: unknown key `{name}`{hint}"
    given = error.get("input")
    shown = f" (given: {given!r})" if isinstance(given, str | int | float | bool) else ""
    return f"{place}: `{name}`: {error['msg']}{shown}."


def _known(path: Sequence[str]) -> list[str]:
    model: Any = Config
    for part in path:
        field = getattr(model, "model_fields", {}).get(part)
        annotation = field.annotation if field is not None else None
        if annotation is None and hasattr(model, "__args__"):
            annotation = model.__args__[-1]
        model = annotation
    if hasattr(model, "__args__"):
        model = model.__args__[-1]
    return sorted(getattr(model, "model_fields", {}))


def locate(text: str, path: tuple[str, ...]) -> int:
    """The line (from 1) of the key `path` in a TOML text, of its nearest parent, or 0."""
    table: tuple[str, ...] = ()
    best, best_depth = 0, 0
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            table = _parts(header.group("table"))
            here = table
        else:
            key = _KEY.match(line)
            if not key:
                continue
            here = (*table, *_parts(key.group("key")))
        depth = len(here)
        if path[:depth] == here and depth > best_depth:
            best, best_depth = number, depth
    return best


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(text))
