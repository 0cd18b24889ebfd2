"""Files that one task writes into the project's folder and another reads: no two tasks share that folder."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from migrate.diagnostics.digdag_files import FilesBetweenTasks

if TYPE_CHECKING:
    from migrate.ir.actions import BundledFile
    from parsers.digdag.build import Builder
    from parsers.digdag.tree import DigTask

NAME = r"(\w[\w./-]*\.\w+)"
BY_SHELL = re.compile(rf"(?<![&\w>])>>?[ \t]*{NAME}|\btee[ \t]+(?:-a[ \t]+)?{NAME}|[ \t]-[oO][ \t]+{NAME}")
BY_CODE = re.compile(
    rf"\bopen\([ \t]*['\"]{NAME}['\"][ \t]*,[ \t]*(?:mode[ \t]*=[ \t]*)?['\"][wax]|\.to_\w+\([ \t]*['\"]{NAME}['\"]"
)
WORD = re.compile(r"[\w./-]+")


def note_shared(task: DigTask, builder: Builder, operation: str, files: tuple[BundledFile, ...], workdir: str) -> None:
    """Files findings where a task reads what an earlier one of the workflow writes; notes what it writes itself."""
    text, pattern = own_text(task, operation, files)
    own = {where(name, workdir) for match in pattern.finditer(text) for name in match.groups() if name}
    download = task.config.get("download_file")
    if isinstance(download, str) and re.fullmatch(NAME, download):
        own.add(where(download, workdir))
    known = builder.project.files()
    if operation in ("sh", "py", "rb", "mail"):
        read = {where(word, workdir) for word in WORD.findall(text)}
        for path in sorted((read & set(builder.written)) - own - set(known)):
            builder.find(FilesBetweenTasks, task, path=path, writer=builder.written[path])
    for path in own:
        builder.written.setdefault(path, task.full_name)


def where(name: str, workdir: str) -> str:
    """A name as a path of the project."""
    return (PurePosixPath(workdir) / name).as_posix()


def own_text(task: DigTask, operation: str, files: tuple[BundledFile, ...]) -> tuple[str, re.Pattern[str]]:
    """The text of a command, with the scripts that it names, or of the code that a task calls; and how it writes."""
    texts = [str(task.command), str(task.config.get("attach_files", ""))]
    if operation == "sh":
        return "\n".join([*texts, *(f.text for f in files if f.path.endswith(".sh"))]), BY_SHELL
    called = f"{task.command}." if operation == "py" else f"{task.config.get('require')}."
    for file in files:
        module = file.path.rpartition(".")[0].replace("/", "." if operation == "py" else "/").removesuffix(".__init__")
        if operation in ("py", "rb") and called.startswith(f"{module}."):
            texts.append(file.text)
    return "\n".join(texts), BY_CODE
