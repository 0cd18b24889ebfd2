"""pathlib and glob: paths are PurePosixPath values; reading and listing happen inside the roots only."""

from __future__ import annotations

import fnmatch
import glob
import posixpath
import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.values import ClassMember, Instance, Native, Unknown, Value
from parsers.airflow.files import HOME
from parsers.airflow.overlays import environment
from parsers.airflow.overlays.file_objects import open_file
from parsers.airflow.overlays.os_module import folder_of, joined, listing
from parsers.airflow.overlays.plain import (
    NOT_KNOWN,
    Arguments,
    constructor,
    inert,
    lower,
    model_type,
    opaque_call,
    pure,
    unknown_because,
)
from parsers.airflow.overlays.readable import absolute, path_text, read_bytes, read_text, resolve
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

_METHODS = (
    "as_posix as_uri is_absolute is_relative_to is_reserved joinpath match relative_to with_name with_stem with_suffix "
    "__str__ __fspath__ __hash__"
)
_ATTRIBUTES = "parts drive root anchor parent name suffix suffixes stem"


def _new(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    parts: list[Value] = []
    for arg in args:
        text = arg if isinstance(arg, NOT_KNOWN) else path_text(interp, arg)
        if text is None:
            return unknown_because(interp, "Path", arg, site)
        parts.append(text)
    if any(isinstance(p, NOT_KNOWN) for p in parts):
        return joined(interp, parts, site)
    return PurePosixPath(*parts)


def _native(
    name: str, function: Callable[[Interpreter, PurePosixPath, list[Value], dict[str, Value], Any], Value]
) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        path = lower(args[0])
        if not isinstance(path, PurePosixPath):
            return unknown_because(interp, f"Path.{name}", path, site)
        return function(interp, path, args[1:], kwargs, site)

    return Native(f"Path.{name}", call)


def _truediv(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return _divide(interp, args[0], args[1], site)


def _rtruediv(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return _divide(interp, args[1], args[0], site)


def _divide(interp: Interpreter, left: Value, right: Value, site: Any) -> Value:
    left, right = lower(left), lower(right)
    if isinstance(left, NOT_KNOWN) or isinstance(right, NOT_KNOWN):
        return joined(
            interp, [p if isinstance(p, NOT_KNOWN) else path_text(interp, p) or "" for p in (left, right)], site
        )
    if not isinstance(left, str | PurePosixPath) or not isinstance(right, str | PurePosixPath):
        return NotImplemented
    return PurePosixPath(left) / right


def _test(check: Callable[[Path], bool]) -> Any:
    def run(interp: Interpreter, path: PurePosixPath, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        found = resolve(interp, "Path.exists", path, site)
        return found if isinstance(found, Unknown) else found is not None and check(found)

    return run


def _read_text(
    interp: Interpreter, path: PurePosixPath, args: list[Value], kwargs: dict[str, Value], site: Any
) -> Value:
    bound = Arguments(interp, "read_text", args, kwargs, "encoding errors newline")
    return read_text(interp, "Path.read_text", path, site, lower(bound.get("encoding")), lower(bound.get("errors")))


def _read_bytes(
    interp: Interpreter, path: PurePosixPath, args: list[Value], kwargs: dict[str, Value], site: Any
) -> Value:
    return read_bytes(interp, "Path.read_bytes", path, site)


def _open(interp: Interpreter, path: PurePosixPath, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    bound = Arguments(interp, "open", args, kwargs, "mode buffering encoding errors newline")
    mode = str(lower(bound.get("mode", "r")))
    return open_file(interp, path, mode, lower(bound.get("encoding")), lower(bound.get("errors")), site)


def _write(interp: Interpreter, path: PurePosixPath, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    open_file(interp, path, "w", None, None, site)
    return interp.unknown("nothing is written at conversion", site)


def _iterdir(interp: Interpreter, path: PurePosixPath, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    folder = folder_of(interp, "Path.iterdir", path, site)
    return folder if isinstance(folder, Unknown) else [path / p.name for p in listing(folder)]


def _glob(recursive: bool) -> Any:
    def run(interp: Interpreter, path: PurePosixPath, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        pattern = lower(args[0] if args else kwargs.get("pattern"))
        if not isinstance(pattern, str):
            return unknown_because(interp, "Path.glob", pattern, site)
        if not pattern:
            raise interp.error("ValueError", "Unacceptable pattern: ''")
        if pattern.startswith("/"):
            raise interp.error("NotImplementedError", "Non-relative patterns are unsupported")
        found = resolve(interp, "Path.glob", path, site)
        if isinstance(found, Unknown):
            return found
        parts = PurePosixPath(pattern).parts
        if found is None or not found.is_dir():
            return []
        names = _match(interp, found, ("**", *parts) if recursive else parts, hidden=True)
        return [path / name for name in names]

    return run


def _match(interp: Interpreter, folder: Path, parts: tuple[str, ...], hidden: bool, prefix: str = "") -> list[str]:
    """The relative names under a folder that match a split pattern; `**` matches folders (pathlib's rules)."""
    found: dict[str, None] = {}
    for name in _walk_pattern(interp, folder, parts, hidden, prefix):
        found[name] = None
        interp.meter.check_items(len(found), "files")
    return list(found)


def _walk_pattern(
    interp: Interpreter, folder: Path, parts: tuple[str, ...], hidden: bool, prefix: str
) -> Iterator[str]:
    interp.meter.step()
    part, rest = parts[0], parts[1:]
    if part == "**":
        if rest:
            yield from _walk_pattern(interp, folder, rest, hidden, prefix)
        elif prefix:
            yield prefix.rstrip("/")
        for entry in listing(folder):
            if entry.is_dir() and not entry.is_symlink() and (hidden or not entry.name.startswith(".")):
                yield from _walk_pattern(interp, entry, parts, hidden, f"{prefix}{entry.name}/")
        return
    for entry in _candidates(folder, part, hidden):
        if not rest:
            yield f"{prefix}{entry.name}"
        elif entry.is_dir():
            yield from _walk_pattern(interp, entry, rest, hidden, f"{prefix}{entry.name}/")


def _candidates(folder: Path, part: str, hidden: bool) -> list[Path]:
    if not glob.has_magic(part):
        entry = folder / part
        return [entry] if part not in ("", "..") and entry.exists() else []
    test = re.compile(fnmatch.translate(part)).match
    skip_hidden = not hidden and not part.startswith(".")
    return [e for e in listing(folder) if test(e.name) and not (skip_hidden and e.name.startswith("."))]


def _resolve(interp: Interpreter, path: PurePosixPath, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return PurePosixPath(absolute(str(path)))


def _expanduser(
    interp: Interpreter, path: PurePosixPath, args: list[Value], kwargs: dict[str, Value], site: Any
) -> Value:
    if not str(path).startswith("~"):
        return path
    home = environment.getenv(interp, ["HOME"], {}, site)
    return _divide(interp, home, str(PurePosixPath(*path.parts[1:])), site) if path.parts[0] == "~" else home


def _home(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    home = environment.getenv(interp, ["HOME"], {}, site)
    return PurePosixPath(home) if isinstance(home, str) else home


def _parents(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return tuple(lower(args[0]).parents)


def _stat(interp: Interpreter, path: PurePosixPath, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """The size of a file is known; its times and owners are facts of the machine."""
    found = resolve(interp, "Path.stat", path, site)
    if isinstance(found, Unknown):
        return found
    if found is None:
        raise interp.error("FileNotFoundError", 2, "No such file or directory")
    return Instance(STAT, {"st_size": found.stat().st_size})


STAT = make_class(
    "stat_result",
    "os.stat_result",
    (),
    {"__getattr__": Native("stat", lambda i, a, k, s: i.unknown(f"`{a[1]}` of a file depends on the machine", s))},
)
_IO: dict[str, Any] = {
    "stat": _stat,
    "exists": _test(lambda p: True),
    "is_file": _test(Path.is_file),
    "is_dir": _test(Path.is_dir),
    "is_symlink": _test(Path.is_symlink),
    "read_text": _read_text,
    "read_bytes": _read_bytes,
    "open": _open,
    "write_text": _write,
    "write_bytes": _write,
    "iterdir": _iterdir,
    "glob": _glob(False),
    "rglob": _glob(True),
    "resolve": _resolve,
    "absolute": _resolve,
    "expanduser": _expanduser,
}
PURE_PATH = make_class("PurePath", "pathlib.PurePath")
PATH = model_type(
    PurePosixPath,
    "pathlib.Path",
    bases=(PURE_PATH,),
    methods=_METHODS,
    attributes=_ATTRIBUTES,
    namespace={
        "__new__": constructor("pathlib.Path", _new),
        "__truediv__": Native("Path.__truediv__", _truediv),
        "__rtruediv__": Native("Path.__rtruediv__", _rtruediv),
        "parents": ClassMember("property", Native("Path.parents", _parents)),
        "home": ClassMember("staticmethod", Native("Path.home", _home)),
        "cwd": ClassMember("staticmethod", inert("Path.cwd", PurePosixPath(HOME))),
        **{n: _native(n, f) for n, f in _IO.items()},
        **{n: inert(f"Path.{n}") for n in ("mkdir", "unlink", "rmdir", "touch", "rename", "replace", "chmod")},
        "samefile": opaque_call("Path.samefile", "depends on the machine"),
    },
)


@overlay("pathlib")
def pathlib_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """All classes are the one of a Linux deployment."""
    return {"Path": PATH, "PosixPath": PATH, "PurePath": PATH, "PurePosixPath": PATH}


def _glob_glob(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`glob.glob(pattern, root_dir=, recursive=)`: as Python, names beginning with a dot need an explicit dot."""
    bound = Arguments(interp, "glob", args[:1], kwargs, "pathname root_dir dir_fd recursive include_hidden")
    pattern = path_text(interp, bound.need("pathname"))
    root = bound.get("root_dir")
    if pattern is None:
        return unknown_because(interp, "glob.glob", bound.need("pathname"), site)
    recursive = interp.truth_or_unknown(bound.get("recursive", False)) is True
    hidden = interp.truth_or_unknown(bound.get("include_hidden", False)) is True
    if not recursive:
        pattern = re.sub(r"\*\*+", "*", pattern)
    parts = pattern.split("/")
    fixed: list[str] = []
    while len(parts) > 1 and not glob.has_magic(parts[0]):
        fixed.append(parts.pop(0))
    base = "/".join(fixed) or ("/" if pattern.startswith("/") else "")
    start = posixpath.join(path_text(interp, root) or "" if root is not None else "", base) or "."
    folder = resolve(interp, "glob.glob", start, site)
    if isinstance(folder, Unknown):
        return folder
    parts = [p for p in parts if p]
    if folder is None or not parts or not folder.is_dir():
        return []
    names = _match(interp, folder, tuple(parts), hidden)
    if parts[-1] == "**":
        names = ["", *_match(interp, folder, (*parts, "*"), hidden)]
    return [posixpath.join(base, n) if base else n for n in names]


@overlay("glob")
def glob_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """glob."""
    return {
        "glob": Native("glob.glob", _glob_glob),
        "iglob": Native("glob.iglob", _glob_glob),
        "escape": pure("glob.escape", glob.escape),
        "has_magic": pure("glob.has_magic", glob.has_magic),
    }
