"""Which files of the project a task gets. In Digdag each task runs in a copy of the project's archive.

Code (`sh>`, `py>`, `rb>`) may read any file, so it gets the whole project where that fits into a ConfigMap. Other
operators get the files that they name, and what those name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migrate.diagnostics.digdag_files import NotInArchive, PartOfProject, ProjectFilesLarge
from migrate.ir.actions import BundledFile
from migrate.portable.digdag_text import split
from parsers.digdag.project import MAX_BUNDLE

if TYPE_CHECKING:
    from parsers.digdag.build import Builder
    from parsers.digdag.scope import Scope
    from parsers.digdag.tree import DigTask

CODE = ("sh", "py", "rb", "embulk")
TEMPLATES = ("td", "td_for_each", "td_wait", "td_load", "pg", "redshift", "bq", "mail")
"""Operators whose command is the name of a file."""
HARMLESS = {
    "echo", "printf", "exit", "true", "false", ":", "sleep", "date", "test", "[", "export", "set", "unset", "wait",
    "elif", "fi", "done", "while", "for", "}", "return",
}  # fmt: skip
"""Commands and words of the shell that read no file."""
SHOWN = 3


@dataclass(frozen=True)
class TaskFiles:
    """files: those that the task names. large: they, or all that it may read, fit in no ConfigMap. whole: it gets the
    whole project."""

    files: tuple[BundledFile, ...]
    large: bool = False
    whole: bool = False


def task_files(
    task: DigTask, scope: Scope, builder: Builder, operation: str, texts: list[str], modules: str
) -> TaskFiles:
    """The files of a task, with findings about what it does not get. texts: where it may name files."""
    project = builder.project
    files = project.needed(texts, scope.workdir, modules=modules)
    for text in texts:
        for path, reason in project.left_out(text, scope.workdir).items():
            builder.find(NotInArchive, task, path=path, reason=reason)
    size = sum(len(f.text.encode()) for f in files) + project.too_large(texts, scope.workdir)
    if size > MAX_BUNDLE:
        builder.find(ProjectFilesLarge, task, size=size)
        return TaskFiles(files, large=True)
    named = {name for text in texts for name in project.named(text, scope.workdir)}
    special = any(project.secret_in(name) is not None or project.text(name) is None for name in named)
    known = {f.path for f in files}
    others = [n for n in project.files() if n not in known and not n.endswith(".dig")]
    if not special and not (others and may_read_any(task, operation, named)):
        return TaskFiles(files)
    if project.whole is None:
        shown = ", ".join(others[:SHOWN]) + (f" and {len(others) - SHOWN} more" if len(others) > SHOWN else "")
        builder.find(PartOfProject, task, files=shown)
        return TaskFiles(files, large=True)
    builder.whole = True
    return TaskFiles(files, whole=True)


def may_read_any(task: DigTask, operation: str, named: set[str]) -> bool:
    """Whether a task may read files that it does not name."""
    if operation == "sh":
        return reads_files(task.command)
    if operation in TEMPLATES:
        return not named and isinstance(task.command, str) and "${" in task.command
    return operation in CODE


def reads_files(command: Any) -> bool:
    """Whether a shell command may read a file: whether it is more than words of the shell that print and decide."""
    if not isinstance(command, str):
        return True
    text = "".join(part if kind == "text" else "_" for kind, part in split(command))
    text = re.sub(r"\\\n", " ", text)
    text = re.sub(r"'[^']*'", "_", text)
    if re.search(r"[<*?`]", text):
        return True
    text = re.sub(r'"((?:[^"\\]|\\.)*)"', lambda m: "_" + " ".join(re.findall(r"\$\([^)]*\)", m.group(1))), text)
    for line in re.split(r"[\n;&|()]+|\$\(", text):
        words = line.split()
        while words and (re.match(r"[A-Za-z_]\w*=", words[0]) or words[0] in ("then", "do", "else", "if", "!", "{")):
            words.pop(0)
        if words and words[0] not in HARMLESS and not words[0].startswith("#"):
            return True
    return False
