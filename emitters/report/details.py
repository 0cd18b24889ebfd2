"""What the pages show beside the report's data: pieces of source and of the manifests, without secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from emitters.report.model import Report, WorkflowRow
from migrate.diagnostics.secrets import SecretDefault, SecretLiteral
from migrate.output import OutputFile
from migrate.secrets import secret_parts

BEFORE, AFTER = 3, 6
MAX_LINES = 24
MAX_WIDTH = 400
LITERAL_SECRETS = {SecretLiteral.code, SecretDefault.code}
TOTAL, SMALLEST, LARGEST = 12_000_000, 20_000, 300_000
"""Characters of manifests in one page; the least and the most for one file."""
SNIPPET_LINES, SNIPPET_WIDTH = 40, 200
_NAME = re.compile(r"(?P<indent>\s*)- name: \"?(?P<name>[^\"\s]+)\"?\s*$")
_QUOTED = re.compile(r"(\"{3}|'{3}|\"|')(?:\\.|(?!\1).)*\1?")


@dataclass(frozen=True)
class Excerpt:
    """Lines of a source file; `first` is the number of the first one, `line` the marked one."""

    file: str
    line: int
    first: int
    text: str


@dataclass(frozen=True)
class Details:
    """`excerpts`: by `file:line`. `manifests`: workflow id -> its files (path, text), where they are small enough to
    stand in a page. `snippets`: workflow id -> task id -> the task's template (path, first line, text), else."""

    excerpts: Mapping[str, Excerpt] = field(default_factory=dict)
    manifests: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    snippets: Mapping[str, Mapping[str, tuple[str, int, str]]] = field(default_factory=dict)


def collect(report: Report, files: Sequence[OutputFile], roots: Sequence[Path]) -> Details:
    """Excerpts around every place that a finding, task or workflow names, and the manifests of each workflow."""
    texts = {f.path: f.text for f in files}
    room = max(SMALLEST, min(LARGEST, TOTAL // max(1, len(report.workflows))))
    manifests: dict[str, tuple[tuple[str, str], ...]] = {}
    snippets: dict[str, dict[str, tuple[str, int, str]]] = {}
    for w in report.workflows:
        own = [(p, texts[p]) for p in w.files if p in texts and p.endswith(".yaml") and not p.endswith("/scripts.yaml")]
        manifests[w.id] = tuple((path, text) for path, text in own if len(text) <= room)
        snippets[w.id] = _snippets(w, [(path, text) for path, text in own if len(text) > room])
    places = {(f.file, f.line) for f in report.findings if f.file and f.line}
    places |= {(t.file, t.line) for w in report.workflows for t in w.tasks if t.file and t.line}
    hidden = {(f.file, f.line) for f in report.findings if f.code in LITERAL_SECRETS}
    return Details(_excerpts(places, hidden, roots), manifests, snippets)


def _snippets(w: WorkflowRow, large: Sequence[tuple[str, str]]) -> dict[str, tuple[str, int, str]]:
    """Templates of the tasks that need attention, from files that are too large to be shown whole."""
    found: dict[str, tuple[str, int, str]] = {}
    names = {t.argo: t.id for t in w.tasks if t.argo and t.disposition != "converted"}
    for path, text in large:
        lines = text.splitlines()
        for number, line in enumerate(lines):
            head = _NAME.match(line)
            task = names.get(head["name"]) if head else None
            if head and task:
                end = _end(lines, number, len(head["indent"]))
                shown = "\n".join(item[:SNIPPET_WIDTH] for item in lines[number : min(end, number + SNIPPET_LINES)])
                if task not in found or len(shown) > len(found[task][2]):
                    found[task] = (path, number + 1, shown)
    return found


def _end(lines: Sequence[str], start: int, indent: int) -> int:
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent):
        end += 1
    return end


def _excerpts(places: set[tuple[str, int]], hidden: set[tuple[str, int]], roots: Sequence[Path]) -> dict[str, Excerpt]:
    out: dict[str, Excerpt] = {}
    folders = [(root if root.is_dir() else root.parent).resolve() for root in roots]
    lines_of: dict[str, list[str]] = {}
    for file, line in sorted(places):
        if file not in lines_of:
            lines = _lines(file, folders)
            lines_of[file] = [_no_texts(t) if (file, n) in hidden else t for n, t in enumerate(lines, 1)]
        found = _excerpt(file, line, lines_of[file])
        if found is not None:
            out[f"{file}:{line}"] = found
    return out


def _lines(file: str, folders: Sequence[Path]) -> list[str]:
    """The masked lines of a source file, read from whichever folder (resolved) has it. No path leads outside."""
    for folder in folders:
        path = (folder / file).resolve()
        if folder not in path.parents or not path.is_file():
            continue
        try:
            return _masked(path.read_text(encoding="utf-8", errors="replace")).splitlines()
        except OSError:
            continue
    return []


def _masked(text: str) -> str:
    """The text without its secrets; line numbers stay right."""
    out, at = [], 0
    for part in secret_parts(text):
        out += [text[at : part.start], "***", "\n" * text.count("\n", part.start, part.end)]
        at = part.end
    return "".join([*out, text[at:]])


def _no_texts(line: str) -> str:
    return _QUOTED.sub("'***'", line)


def _excerpt(file: str, line: int, lines: Sequence[str]) -> Excerpt | None:
    if not 0 < line <= len(lines):
        return None
    first = max(1, line - BEFORE)
    last = min(len(lines), line + AFTER)
    text = "\n".join(text[:MAX_WIDTH] for text in lines[first - 1 : last][:MAX_LINES])
    return Excerpt(file, line, first, text)
