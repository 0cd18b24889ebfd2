"""A Digdag project: its folder, its `.dig` files, and the files that tasks need."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

from migrate.ir.actions import BundledFile, ProjectFiles
from migrate.source import Span
from parsers.digdag.archive import Archive, archive_of
from parsers.digdag.bundle import FoundSecret, bundled, find_secret
from parsers.digdag.dig_yaml import DigMap, Reader
from parsers.digdag.errors import DigError

MAX_BUNDLE = 900_000
"""Bytes of files that one ConfigMap holds; Kubernetes allows 1 MiB."""
SKIPPED_FOLDERS = {".git", ".digdag", "node_modules", "__pycache__", ".venv", "venv"}
WORD = re.compile(r"[\w./-]+")
DYNAMIC = re.compile(r"(?:[\w./-]|\$\{[^{}]*\})*\$\{[^{}]*\}(?:[\w./-]|\$\{[^{}]*\})*")
"""A name with `${...}` in it."""
EXPRESSION = re.compile(r"\$\{[^{}]*\}")


@dataclass
class Project:
    """A folder below the inspected root. prefix: its path below the root (for spans), empty for the root itself."""

    root: Path
    prefix: str = ""
    _loaded: dict[str, DigMap] = field(default_factory=dict, repr=False)
    _secrets: dict[str, FoundSecret | None] = field(default_factory=dict, repr=False)
    _texts: dict[str, str | None] = field(default_factory=dict, repr=False)
    read: set[str] = field(default_factory=set)

    def identity(self, workflow: str) -> str:
        """The id of a workflow of the project among all that are inspected."""
        return f"{self.prefix}/{workflow}" if self.prefix else workflow

    @cached_property
    def archive(self) -> Archive:
        """What Digdag's archive of the project holds."""
        return archive_of(self.root)

    def files(self) -> dict[str, Path]:
        """Path below the project -> real path, for the files of the archive; sorted."""
        return self.archive.files

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
        if relative not in self._texts:
            self._texts[relative] = self._read(relative)
        return self._texts[relative]

    def _read(self, relative: str) -> str | None:
        path = self.files().get(PurePosixPath(relative).as_posix())
        if path is None or path.stat().st_size > MAX_BUNDLE:
            return None
        try:
            text = path.read_bytes().decode("utf-8")
        except (UnicodeDecodeError, OSError):
            return None
        self.read.add(relative)
        return text

    def secret_in(self, relative: str) -> FoundSecret | None:
        """The secret that a file of the project holds, if it does."""
        if relative not in self._secrets:
            path = self.files()[relative]
            large = path.stat().st_size > MAX_BUNDLE
            self._secrets[relative] = None if large else find_secret(relative, path.read_bytes())
        return self._secrets[relative]

    @cached_property
    def whole(self) -> ProjectFiles | None:
        """All files of the project; None if they do not fit into a ConfigMap."""
        chosen = self.files()
        fits = self.archive.whole and sum(p.stat().st_size for p in chosen.values()) <= MAX_BUNDLE
        return self._bundle(chosen) if fits else None

    def _bundle(self, chosen: dict[str, Path]) -> ProjectFiles | None:
        secret = tuple(name for name in chosen if self.secret_in(name) is not None)
        files = tuple(bundled(n, p.read_bytes(), p.stat().st_mode) for n, p in chosen.items() if n not in secret)
        if sum(len(f.text.encode()) for f in files) > MAX_BUNDLE:
            return None
        return ProjectFiles(name=self.prefix, files=files, secret=secret)

    @cached_property
    def reads_task_names(self) -> bool:
        """Whether something in the project reads `task_name`."""
        return self._mentions(b"task_name")

    @cached_property
    def exports_in_code(self) -> bool:
        """Whether some code of the project may export parameters."""
        return self._mentions(b".export(")

    def _mentions(self, text: bytes) -> bool:
        small = (path for path in self.files().values() if path.stat().st_size <= MAX_BUNDLE)
        return any(text in path.read_bytes() for path in small)

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
        names = {name for text in texts for name in self.named(text, workdir)}
        sizes = [self.files()[name].stat().st_size for name in sorted(names)]
        return sum(size for size in sizes if size > MAX_BUNDLE)

    def needed(self, texts: list[str], workdir: str, *, modules: str = "") -> tuple[BundledFile, ...]:
        """Files that texts name, the files that those name, and all modules of the project (`.py`, `.rb`)."""
        chosen: dict[str, str] = {}
        todo = list(texts)
        while todo:
            for name in self.named(todo.pop(), workdir):
                if name not in chosen and self.secret_in(name) is None:
                    text = self.text(name)
                    if text is not None:
                        chosen[name] = text
                        todo.append(text)
        if modules:
            for name in self.files():
                if name.endswith(modules) and name not in chosen and self.secret_in(name) is None:
                    text = self.text(name)
                    if text is not None:
                        chosen[name] = text
        return tuple(
            BundledFile(path=name, text=text, executable=text.startswith("#!")) for name, text in sorted(chosen.items())
        )

    def named(self, text: str, workdir: str) -> list[str]:
        """Files that a text names, also with `${...}` in the name: then all that it may be."""
        words = {w.strip("./") for w in WORD.findall(text)} | set(WORD.findall(text)) | {text.strip()}
        known = self.files()
        found = {
            candidate
            for word in words
            for base in (workdir, "")
            if (candidate := (PurePosixPath(base) / word).as_posix()) in known
        }
        return sorted(found | self._matching(text, workdir))

    def _matching(self, text: str, workdir: str) -> set[str]:
        found: set[str] = set()
        for word in {m.group() for m in DYNAMIC.finditer(text)} if "${" in text else ():
            fixed = [part.lower() for part in EXPRESSION.split(word)]
            if not re.search(r"\w[\w-]*[./]|[./][\w-]*\w", " ".join(fixed)):
                continue  # nothing but expressions
            pattern = re.compile(".*".join(re.escape(p) for p in EXPRESSION.split(word.removeprefix("./"))))
            base = f"{workdir}/" if workdir else ""
            found |= {n for n in self.files() if pattern.fullmatch(n) or pattern.fullmatch(n.removeprefix(base))}
        return found

    def left_out(self, text: str, workdir: str) -> dict[str, str]:
        """Paths that a text names and the archive does not have -> why."""
        found = {}
        for word in WORD.findall(text):
            if word.startswith("../") and posixpath.normpath(f"{workdir}/{word}" if workdir else word).startswith(".."):
                found[word] = "it lies outside of the project"
            for base in (workdir, ""):
                path = PurePosixPath(base) / word
                for part in (path, *path.parents):
                    if (reason := self.archive.left_out.get(part.as_posix())) is not None:
                        found[path.as_posix()] = reason
        return found
