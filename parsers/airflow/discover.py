"""Which files define DAGs: found as Airflow's own loader finds them, with a cheap test before any parsing."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from migrate.diagnostics.base import Sink
from migrate.diagnostics.sources import Skipped, SkippedLink, Unreadable
from migrate.source import SourceFile, Span
from parsers.airflow.inputs import AirflowInputs

IGNORE_FILE = ".airflowignore"
_NEVER = frozenset(("__pycache__", ".git", ".venv", "venv", "node_modules", ".tox", ".mypy_cache", ".migrate", ".eggs"))
Rule = tuple[Callable[[str], bool], bool]
"""(does it match a path relative to the ignore file's folder, with `/` at the end of folders; is it a negation)."""


def discover(inputs: AirflowInputs, sink: Sink) -> list[SourceFile]:
    """Files that may define DAGs, in stable order. What is skipped, and why, goes to the sink.

    A file counts when its text has `airflow` and `dag` or `asset` (Airflow's safe mode, `might_contain_dag`; `asset`
    since 3).
    """
    found: dict[Path, SourceFile] = {}
    folders = [r for r in inputs.roots if r.is_dir()]
    for root in inputs.roots:
        if root.is_dir():
            for file in _walk(root.resolve(), inputs, sink):
                found.setdefault(file.path, file)
        elif root.exists():
            base = next((f.resolve() for f in folders if f.resolve() in root.resolve().parents), root.resolve().parent)
            path = root.resolve()
            found.setdefault(path, SourceFile(base, path, path.relative_to(base).as_posix()))
        else:
            sink.add(Unreadable(span=Span(root.name), reason="there is no such file or folder"))
    return sorted(found.values(), key=lambda f: (str(f.root), f.relative))


def _walk(root: Path, inputs: AirflowInputs, sink: Sink) -> Iterator[SourceFile]:
    seen: set[Path] = set()
    waiting: list[tuple[Path, list[tuple[Path, Rule]]]] = [(root, [])]
    while waiting:
        folder, rules = waiting.pop()
        real = folder.resolve()
        if real in seen:
            continue
        seen.add(real)
        try:
            entries = sorted(os.scandir(folder), key=lambda e: e.name)
        except OSError as error:
            reason = error.strerror or "it cannot be listed"
            sink.add(Unreadable(span=Span(folder.relative_to(root).as_posix()), reason=reason))
            continue
        rules = rules + [(folder, rule) for rule in rules_of(folder, inputs, sink, root)]
        for entry in entries:
            path = Path(entry.path)
            relative = path.relative_to(root).as_posix()
            if entry.name in _NEVER or not _follow(entry, path, root, relative, sink):
                continue
            is_folder = _is_folder(entry)
            if ignored(path, is_folder, rules):
                if is_folder or path.suffix == ".py":
                    sink.add(Skipped(span=Span(relative), reason=f"{IGNORE_FILE} names it"))
                continue
            if is_folder:
                waiting.append((path, rules))
            elif path.suffix == ".py":
                file = _candidate(path, root, relative, inputs, sink)
                if file is not None:
                    yield file


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _follow(entry: os.DirEntry[str], path: Path, root: Path, relative: str, sink: Sink) -> bool:
    if not entry.is_symlink():
        return True
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        reason = (
            "it leads in a circle"
            if isinstance(error, RuntimeError) or getattr(error, "errno", 0) == 40
            else "its target is missing"
        )
        sink.add(SkippedLink(span=Span(relative), reason=reason))
        return False
    if target == root or target in path.parents:
        sink.add(SkippedLink(span=Span(relative), reason="it leads in a circle"))
        return False
    if root not in target.parents:
        if target.is_dir() or path.suffix == ".py":
            sink.add(SkippedLink(span=Span(relative), reason="it leads outside the inspected folder"))
        return False
    return True


def _candidate(path: Path, root: Path, relative: str, inputs: AirflowInputs, sink: Sink) -> SourceFile | None:
    if inputs.only and not any(fnmatch.fnmatch(relative, g) for g in inputs.only):
        return None
    if any(fnmatch.fnmatch(relative, g) for g in inputs.exclude):
        sink.add(Skipped(span=Span(relative), reason="excluded"))
        return None
    try:
        data = path.read_bytes()
    except OSError as error:
        sink.add(Unreadable(span=Span(relative), reason=error.strerror or "it cannot be read"))
        return None
    lower = data.lower()
    if b"airflow" not in lower or (b"dag" not in lower and b"asset" not in lower):
        if _cut_short(data):
            return SourceFile(root, path.resolve(), relative)
        return None
    return SourceFile(root, path.resolve(), relative)


def _cut_short(data: bytes) -> bool:
    """UTF-16 text hides the words from the byte test."""
    return data[:2] in (b"\xff\xfe", b"\xfe\xff")


# --- .airflowignore -------------------------------------------------------------------------------------------------


def uses_glob(inputs: AirflowInputs, lines: list[str]) -> bool:
    """`.airflowignore` holds globs from Airflow 3 on (`dag_ignore_file_syntax`), regular expressions before. Without a
    version: globs when a line is no regular expression or starts like a glob."""
    syntax = inputs.env.get("AIRFLOW__CORE__DAG_IGNORE_FILE_SYNTAX")
    if syntax:
        return syntax == "glob"
    if inputs.airflow_version:
        return inputs.airflow_version.partition(".")[0] not in ("1", "2")
    return any(line.startswith(("*", "!", "/", "**")) or line.endswith("/") or "/**" in line for line in lines)


def rules_of(folder: Path, inputs: AirflowInputs, sink: Sink, root: Path) -> list[Rule]:
    path = folder / IGNORE_FILE
    if not path.is_file():
        return []
    try:
        lines = [line.split("#")[0].strip() for line in path.read_text("utf-8", "replace").splitlines()]
    except OSError as error:
        sink.add(Unreadable(span=Span(path.relative_to(root).as_posix()), reason=error.strerror or "it cannot be read"))
        return []
    lines = [line for line in lines if line]
    if uses_glob(inputs, lines):
        return [_glob_rule(line) for line in lines]
    return [rule for rule in (_regexp_rule(line) for line in lines) if rule is not None]


def _regexp_rule(line: str) -> Rule | None:
    try:
        pattern = re.compile(line)
    except re.error:
        return None
    return (lambda text: pattern.search(text.rstrip("/")) is not None), False


def _glob_rule(line: str) -> Rule:
    negated = line.startswith("!")
    body = line[1:] if negated else line
    only_folder = body.endswith("/")
    body = body.rstrip("/")
    anchored = "/" in body
    pattern = re.compile(
        ("" if anchored else "(?:.*/)?") + _glob_text(body.lstrip("/")) + ("/" if only_folder else "/?") + "$"
    )
    return (lambda text: pattern.match(text) is not None), negated


def _glob_text(glob: str) -> str:
    """A gitignore-like glob as a regular expression."""
    out = ""
    position = 0
    while position < len(glob):
        if glob.startswith("**/", position):
            out += "(?:.*/)?"
            position += 3
        elif glob.startswith("**", position):
            out += ".*"
            position += 2
        elif glob[position] == "*":
            out += "[^/]*"
            position += 1
        elif glob[position] == "?":
            out += "[^/]"
            position += 1
        elif glob[position] == "[" and "]" in glob[position + 2 :]:
            end = glob.index("]", position + 2)
            out += "[" + glob[position + 1 : end].replace("!", "^", 1) + "]"
            position = end + 1
        else:
            out += re.escape(glob[position])
            position += 1
    return out


def ignored(path: Path, is_folder: bool, rules: list[tuple[Path, Rule]]) -> bool:
    answer = False
    for folder, (matches, negated) in rules:
        text = path.relative_to(folder).as_posix() + ("/" if is_folder else "")
        if matches(text):
            answer = not negated
    return answer
