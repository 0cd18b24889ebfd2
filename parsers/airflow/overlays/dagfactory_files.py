"""The YAML files of dag-factory: where they are, what they extend, their variables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.diagnostics.base import Sink
from migrate.diagnostics.generators import ConfigurationNotRead
from parsers.airflow.discover import Rule, ignored, rules_of
from parsers.airflow.evaluator.values import Unknown, Value
from parsers.airflow.files import HOME
from parsers.airflow.inputs import AirflowInputs
from parsers.airflow.overlays import environment
from parsers.airflow.overlays.generated import Place, attempt, key_lines
from parsers.airflow.overlays.os_module import listing
from parsers.airflow.overlays.plain import NOT_KNOWN, lower
from parsers.airflow.overlays.readable import read_text, resolve
from parsers.airflow.overlays.yaml_module import SAFE_LOADER, documents

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

LIBRARY = "dag-factory"


class Source:
    """One configuration: its data, its file and the lines of its keys."""

    def __init__(self, data: dict[str, Any], file: Path | None, text: str = "") -> None:
        self.data = data
        self.file = file
        self.lines = key_lines(text) if text else {}

    def at(self, *path: Any) -> Place | None:
        """Where a key stands."""
        line = self.lines.get(path)
        return (self.file, line) if self.file is not None and line is not None else None


def expanded(interp: Interpreter, text: str) -> str:
    """`$NAME` and `${NAME}` replaced by the values of the environment that are known; others stay, as in the
    library."""
    total: list[str] = []
    position = 0
    from parsers.airflow.overlays.os_module import _VARIABLE

    for match in _VARIABLE.finditer(text):
        value = environment.supplied(interp, match[1] or match[2])
        if isinstance(value, str):
            total.extend((text[position : match.start()], value))
            position = match.end()
    return "".join(total) + text[position:]


def read_file(interp: Interpreter, path: Value, site: Any) -> Source | None:
    """A configuration file; None, with a finding, when it cannot be used."""
    why = "it is not inside the given folders"
    found = resolve(interp, LIBRARY, path, site)
    if isinstance(found, Path) and found.is_file():
        text = read_text(interp, LIBRARY, path, site)
        if isinstance(text, str):
            text = expanded(interp, text)
            data = attempt(interp, LIBRARY, str(lower(path)), None, lambda: _merged_documents(interp, text, site), site)
            if isinstance(data, dict):
                interp.meter.weigh(data)
                return Source(data, found, text)
            why = "it is no mapping"
    elif found is None:
        why = "there is no such file"
    interp.report(ConfigurationNotRead(span=interp.span(site), library=LIBRARY, file=shown(path), why=why))
    return None


def shown(path: Value) -> str:
    text = str(lower(path)) if not isinstance(lower(path), NOT_KNOWN) else "a path that is not known"
    return text.removeprefix(f"{HOME}/")


def _merged_documents(interp: Interpreter, text: str, site: Any) -> Value:
    found = documents(interp, text, SAFE_LOADER, site)
    if isinstance(found, Unknown):
        return found
    total: dict[Any, Any] = {}
    for document in found:
        if isinstance(document, dict):
            total.update(document)
    return total


def merged(own: Any, defaults: Any) -> Any:
    """`own` completed by `defaults`, mapping by mapping."""
    if not isinstance(own, dict) or not isinstance(defaults, dict):
        return own
    result = dict(own)
    for key, value in defaults.items():
        result[key] = merged(result[key], value) if key in result else value
    return result


def over(weak: dict[str, Any], strong: dict[str, Any]) -> dict[str, Any]:
    """Two `defaults.yml`: `default_args` key by key, `tags` of both, of other keys the stronger one's."""
    total = {**weak, **strong}
    if isinstance(weak.get("default_args"), dict) and isinstance(strong.get("default_args"), dict):
        total["default_args"] = {**weak["default_args"], **strong["default_args"]}
    if isinstance(weak.get("tags"), list) and isinstance(strong.get("tags"), list):
        total["tags"] = sorted({str(tag) for tag in (*weak["tags"], *strong["tags"])})
    return total


def defaults_near(interp: Interpreter, folder: Path | None, top: Path | None, site: Any) -> dict[str, Any]:
    """`defaults.yml` of a folder and, weaker, of the folders above it: up to `top`, else to the root."""
    total: dict[str, Any] = {}
    for place in _places(interp, folder, top):
        for path in (place / "defaults.yml", place / "defaults.yaml"):
            if path.is_file():
                found = read_file(interp, interp.files.virtual(path), site)
                if found is not None:
                    total = over(found.data, total)
                break
    return total


def _places(interp: Interpreter, folder: Path | None, top: Path | None) -> list[Path]:
    if top is not None and top.is_file():
        top = top.parent
    if folder is None:
        return [top] if top is not None else []
    above = [folder, *folder.parents]
    if top is not None:
        return above[: above.index(top) + 1] if top in above else [folder, top]
    return [p for p in above if any(root == p or root in p.parents for root in interp.files.roots)] or [folder]


def defines_dags(data: dict[str, Any]) -> bool:
    return any(isinstance(v, dict) and ("tasks" in v or "task_groups" in v) for k, v in data.items() if k != "default")


def yaml_files(folder: Path, suffixes: tuple[str, ...], inputs: AirflowInputs) -> list[Path]:
    """The files below a folder with one of the suffixes, in a fixed order, without those that an `.airflowignore` there
    names; `defaults.yml` are none of them."""
    found: list[Path] = []
    rules: list[tuple[Path, Rule]] = []

    def walk(place: Path) -> None:
        before = len(rules)
        rules.extend((place, rule) for rule in rules_of(place, inputs, Sink(), folder))
        for entry in listing(place):
            if ignored(entry, entry.is_dir(), rules):
                continue
            if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith("."):
                walk(entry)
            elif entry.name.endswith(suffixes) and os.path.splitext(entry.name)[0] != "defaults":
                found.append(entry)
        del rules[before:]

    walk(folder)
    return found
