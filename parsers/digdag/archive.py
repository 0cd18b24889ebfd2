"""Which files of a project its tasks see: those of Digdag's archive.

Rules (digdag-core `archive/ProjectArchive.java`, `DigdagIgnore.java`): everything below the project's folder but names
that start with a dot and what `.digdagignore` names (the syntax of `.gitignore`). Links that lead out of the folder are
not followed here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

IGNORE_FILE = ".digdagignore"
BY_PRODUCTS = {"__pycache__"}
OWN_OUTPUT = ".migrate"
INSTALLED = {"node_modules", "venv"}
MAX_FILES = 20_000
MAX_DEPTH = 40
MAX_STARS = 8
"""Lines of an ignore file with more of them are no use to people, and take long to match."""


@dataclass
class Archive:
    """files: path below the project -> real path, sorted. left_out: path of a file or folder -> why the archive does
    not have it. whole: false if there are more files than are looked at."""

    files: dict[str, Path] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    whole: bool = True


def archive_of(root: Path) -> Archive:
    """The files below `root`, which exists."""
    found = Archive()
    ignored = read_rules(root / IGNORE_FILE)
    base = root.resolve()
    todo: list[tuple[Path, str, int]] = [(root, "", 0)]
    seen = {base}
    while todo:
        folder, prefix, depth = todo.pop()
        for path in sorted(folder.iterdir(), key=lambda p: p.name):
            relative = f"{prefix}{path.name}"
            reason = excluded(path, relative, base, ignored)
            if reason:
                found.left_out[relative] = reason
            elif path.is_dir():
                real = path.resolve()
                if path.name not in BY_PRODUCTS and depth < MAX_DEPTH and real not in seen:
                    seen.add(real)
                    todo.append((path, f"{relative}/", depth + 1))
            elif path.is_file():
                if len(found.files) >= MAX_FILES:
                    found.whole = False
                    return sorted_archive(found)
                found.files[relative] = path
    return sorted_archive(found)


def sorted_archive(found: Archive) -> Archive:
    """The same, by name."""
    found.files = dict(sorted(found.files.items()))
    found.left_out = dict(sorted(found.left_out.items()))
    return found


def excluded(path: Path, relative: str, base: Path, rules: list[Rule]) -> str:
    """Why the archive does not have a file or folder; empty if it has."""
    if path.name.startswith("."):
        return "its name starts with a dot"
    if ignores(rules, relative, folder=path.is_dir()):
        return f"{IGNORE_FILE} names it"
    if path.name in INSTALLED and path.is_dir():
        return "installed packages belong into the image"
    if path.is_dir() and (path / OWN_OUTPUT).is_dir():
        return "it holds the output of a conversion"
    if path.is_symlink() and not path.resolve().is_relative_to(base):
        return "it is a link out of the project"
    return ""


@dataclass(frozen=True)
class Rule:
    """A line of an ignore file."""

    pattern: re.Pattern[str]
    keeps: bool
    folders_only: bool


def read_rules(path: Path) -> list[Rule]:
    """The rules of an ignore file; none where there is no such file."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
    except OSError:
        return []
    rules = []
    for line in lines[:1000]:
        text = line.rstrip()
        if text and not text.startswith("#") and text.count("*") <= MAX_STARS:
            keeps = text.startswith("!")
            text = text.removeprefix("!").removeprefix("\\")
            try:
                pattern = re.compile(regex_of(text.rstrip("/")))
            except re.error:
                continue
            rules.append(Rule(pattern, keeps, text.endswith("/")))
    return rules


def regex_of(pattern: str) -> str:
    """A pattern of an ignore file as a regular expression over a path: with a slash inside it counts from the top,
    else anywhere."""
    anchored = "/" in pattern
    out = [] if anchored else [r"(?:.*/)?"]
    text = pattern.removeprefix("/")
    for part in re.findall(r"\*\*/|/\*\*$|\*+|\?|\[!?[^\]]+\]|\\.|[^*?\[\\]+|.", text):
        if part == "**/":
            out.append(r"(?:[^/]*/)*")
        elif part == "/**":
            out.append(r"/.+")
        elif part.startswith("*"):
            out.append(r"[^/]*")
        elif part == "?":
            out.append(r"[^/]")
        elif part.startswith("[") and part.endswith("]"):
            out.append("[" + part[1:-1].replace("\\", r"\\").replace("!", "^", 1) + "]")
        else:
            out.append(re.escape(part.removeprefix("\\") if len(part) == 2 and part[0] == "\\" else part))
    return "".join(out) + r"\Z"


def ignores(rules: list[Rule], relative: str, *, folder: bool) -> bool:
    """Whether the last rule that matches a path leaves it out."""
    for rule in reversed(rules):
        if (folder or not rule.folders_only) and rule.pattern.match(relative):
            return not rule.keeps
    return False
