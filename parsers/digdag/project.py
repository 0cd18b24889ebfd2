"""A Digdag project: its folder, its `.dig` files, and the files that tasks need."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from migrate.ir.actions import BundledFile
from migrate.source import Span
from parsers.digdag.dig_yaml import DigMap, Reader
from parsers.digdag.errors import DigError

MAX_BUNDLE = 900_000
MAX_FILES = 5_000
SKIPPED_FOLDERS = {".git", ".digdag", "node_modules", "__pycache__", ".venv", "venv"}
WORD = re.compile(r"[\w./-]+")


@dataclass
class Project:
    """A folder below the inspected root. prefix: its path below the root (for spans), empty for the root itself."""

    root: Path
    prefix: str = ""
    _files: dict[str, Path] | None = field(default=None, repr=False)
    _loaded: dict[str, DigMap] = field(default_factory=dict, repr=False)
    read: set[str] = field(default_factory=set)

    def files(self) -> dict[str, Path]:
        """Path below the project -> real path, for regular files inside the project; sorted."""
        if self._files is None:
            found: dict[str, Path] = {}
            base = self.root.resolve()
            for path in sorted(self.root.rglob("*")):
                relative = path.relative_to(self.root)
                if SKIPPED_FOLDERS & set(relative.parts) or len(found) >= MAX_FILES:
                    continue
                if path.is_file() and path.resolve().is_relative_to(base):
                    found[relative.as_posix()] = path
            self._files = found
        return self._files

    def workflows(self) -> list[str]:
        """The top-level `.dig` files: each is a workflow."""
        return sorted(p.name for p in self.root.glob("*.dig") if p.is_file())

    def load(self, relative: str) -> DigMap:
        """The mapping of a `.dig` file (shared: do not change it). Raises DigError."""
        if relative not in self._loaded:
            reader = Reader(self.root)
            self._loaded[relative] = reader.load(relative)
            self.read.update(reader.files)
        return self._loaded[relative]

    def text(self, relative: str) -> str | None:
        """Text of a file of the project; None if there is no such text file."""
        path = self.files().get(PurePosixPath(relative).as_posix())
        if path is None or path.stat().st_size > MAX_BUNDLE:
            return None
        try:
            text = path.read_bytes().decode("utf-8")
        except (UnicodeDecodeError, OSError):
            return None
        self.read.add(relative)
        return text

    def find(self, name: str, workdir: str) -> str | None:
        """The project path of a file named in a task: relative to its working directory, else to the project."""
        for base in (workdir, ""):
            candidate = (PurePosixPath(base) / name).as_posix()
            if candidate in self.files():
                return candidate
        return None

    def called(self, name: str, workdir: str) -> str:
        """The project path of a `call>`ed file. Raises DigError as Digdag words it."""
        file = name if name.endswith(".dig") else f"{name}.dig"
        found = (PurePosixPath(workdir) / file).as_posix()
        if found not in self.files() or ".." in PurePosixPath(file).parts:
            raise DigError("run", f"File not found: {file}", Span(self.prefix))
        return found

    def too_large(self, texts: list[str], workdir: str) -> int:
        """Bytes of the files that texts name and that no ConfigMap holds."""
        names = {name for text in texts for name in self._named(text, workdir)}
        sizes = [self.files()[name].stat().st_size for name in sorted(names)]
        return sum(size for size in sizes if size > MAX_BUNDLE)

    def needed(self, texts: list[str], workdir: str, *, modules: str = "") -> tuple[BundledFile, ...]:
        """Files that texts name, the files that those name, and all modules of the project (`.py`, `.rb`)."""
        chosen: dict[str, str] = {}
        todo = list(texts)
        while todo:
            for name in self._named(todo.pop(), workdir):
                if name not in chosen:
                    text = self.text(name)
                    if text is not None:
                        chosen[name] = text
                        todo.append(text)
        if modules:
            for name in self.files():
                if name.endswith(modules) and name not in chosen:
                    text = self.text(name)
                    if text is not None:
                        chosen[name] = text
        return tuple(
            BundledFile(path=name, text=text, executable=text.startswith("#!")) for name, text in sorted(chosen.items())
        )

    def _named(self, text: str, workdir: str) -> list[str]:
        words = {w.strip("./") for w in WORD.findall(text)} | set(WORD.findall(text))
        known = self.files()
        out = []
        for word in sorted(words):
            for base in (workdir, ""):
                candidate = (PurePosixPath(base) / word).as_posix()
                if candidate in known:
                    out.append(candidate)
        return out
