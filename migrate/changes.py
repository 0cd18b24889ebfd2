"""Planned files against what stands in the output folder: new, changed, unchanged, edited by hand, no longer produced.

`.migrate/manifest.json` in the output folder keeps the hash of every file that was generated. A file whose text has
another hash was edited by hand (or was never ours) and is not overwritten unless the user says so.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import secrets
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from migrate.errors import UserError
from migrate.output import OutputFile

STATE = ".migrate"
MANIFEST = f"{STATE}/manifest.json"
PENDING = f"{STATE}/pending.json"
PIECE = 1 << 20
"""Characters that are encoded at once."""


@dataclass
class Changes:
    """What writing would do. All lists hold relative paths in order."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    """Would be overwritten although a person edited them, or something else made them."""
    gone: list[str] = field(default_factory=list)
    """No longer produced, not edited: removed."""
    kept: list[str] = field(default_factory=list)
    """No longer produced, but edited: left alone."""


class OutputFolder:
    """The output folder and its state. Nothing outside the folder is ever written or removed."""

    def __init__(self, root: Path) -> None:
        if root.exists() and not root.is_dir():
            raise UserError(f"{root}: is a file; give a folder with -o.")
        self.root = root
        self._folder = str(root)
        self.known = self._hashes(MANIFEST)
        self.pending = self._hashes(PENDING)
        self._ready: set[str] = set()
        """Folders that are there and lead to the inside, in this run of `write`."""
        self._token = secrets.token_hex(6)
        self._count = 0

    def plan(self, files: Sequence[OutputFile]) -> Changes:
        """Compares `files` with the folder. Reads only."""
        changes = Changes()
        planned = {f.path: f.text for f in files}
        for path in sorted(planned):
            self._sort_in(path, planned[path], changes)
        for path in sorted(set(self.known) - set(planned)):
            target = self._target(path)
            if target.is_file() and not target.is_symlink():
                (changes.gone if self._ours(path, _read(target)) else changes.kept).append(path)
        return changes

    def _sort_in(self, path: str, text: str, changes: Changes) -> None:
        target = self._place(path)
        try:
            mode = os.lstat(target).st_mode
        except (FileNotFoundError, NotADirectoryError):
            changes.new.append(path)
            return
        if stat.S_ISDIR(mode) or stat.S_ISLNK(mode):
            raise UserError(f"{target}: is a folder or a link where a file is to be written; remove it first.")
        there = _read(Path(target))
        if there == text.encode():
            changes.unchanged.append(path)
        elif self._ours(path, there):
            changes.changed.append(path)
        else:
            changes.edited.append(path)

    def _ours(self, path: str, content: bytes) -> bool:
        return _hash([content]) in (self.known.get(path), self.pending.get(path))

    def write(self, files: Sequence[OutputFile], changes: Changes) -> None:
        """Writes what is new or changed (and `changes.edited`), removes `changes.gone`, then the manifest."""
        self._ready.clear()
        planned = {f.path: f.text for f in files}
        hashes = {path: _hash(_pieces(text)) for path, text in planned.items()}
        self._put(PENDING, _json(hashes))
        for path in [*changes.new, *changes.changed, *changes.edited]:
            self._put(path, planned[path])
        for path in changes.gone:
            self._remove(path)
        kept = {path: self.known[path] for path in changes.kept}
        self._put(MANIFEST, _json({**hashes, **kept}))
        self._target(PENDING).unlink()

    def diff(self, files: Sequence[OutputFile], changes: Changes) -> str:
        """A unified diff per file that would change."""
        planned = {f.path: f.text for f in files}
        parts = []
        for path in sorted([*changes.new, *changes.changed, *changes.edited, *changes.gone]):
            before = "" if path in changes.new else _read(self._target(path)).decode("utf-8", "replace")
            parts.append(_unified(path, before, planned.get(path), is_new=path in changes.new))
        return "".join(parts)

    def _target(self, path: str) -> Path:
        return Path(self._place(path))

    def _place(self, path: str) -> str:
        parts = [part for part in path.split("/") if part not in ("", ".")]
        if path.startswith("/") or ".." in parts or not parts:
            raise UserError(f"{path}: not a path inside the output folder.")
        return os.path.join(self._folder, *parts)

    def _put(self, path: str, text: str) -> None:
        target = self._place(path)
        folder = os.path.dirname(target)
        if folder not in self._ready:
            self._check_inside(Path(folder))
            os.makedirs(folder, exist_ok=True)
            self._ready.add(folder)
        self._count += 1
        name = f"{folder}/.migrate-{self._token}-{self._count}.tmp"
        handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o666)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.writelines(_pieces(text))
            os.replace(name, target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _remove(self, path: str) -> None:
        target = self._target(path)
        self._check_inside(target.parent)
        target.unlink(missing_ok=True)
        for parent in target.parents:
            if parent == self.root or any(parent.iterdir()):
                break
            parent.rmdir()

    def _check_inside(self, folder: Path) -> None:
        root = self.root.resolve()
        real = folder.resolve()  # what does not exist yet resolves to itself
        if real != root and root not in real.parents:
            raise UserError(f"{folder}: leads outside {self.root} through a link; nothing is written there.")

    def _hashes(self, path: str) -> dict[str, str]:
        try:
            data = json.loads((self.root / path).read_text(encoding="utf-8"))
            files = data["files"]
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError):
            raise UserError(
                f"{self.root / path}: cannot be read. Remove it; files that exist then count as edited by hand."
            ) from None
        return {
            str(k): str(v) for k, v in files.items() if ".." not in PurePosixPath(k).parts and not k.startswith("/")
        }


def _json(hashes: dict[str, str]) -> str:
    return (
        json.dumps(
            {"apiVersion": "migrate/v1", "kind": "GeneratedFiles", "files": dict(sorted(hashes.items()))}, indent=1
        )
        + "\n"
    )


def _hash(pieces: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()


def _pieces(text: str) -> Iterator[bytes]:
    """A long text in parts: encoded as a whole, a report would be in memory twice."""
    return (text[start : start + PIECE].encode() for start in range(0, len(text), PIECE))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}).") from None


def _unified(path: str, before: str, after: str | None, *, is_new: bool) -> str:
    old = "/dev/null" if is_new else f"a/{path}"
    new = "/dev/null" if after is None else f"b/{path}"
    lines = difflib.unified_diff(before.splitlines(), (after or "").splitlines(), old, new, lineterm="")
    return "".join(f"{line}\n" for line in lines)
