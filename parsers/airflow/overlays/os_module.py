"""os and os.path: paths are computed, folders listed inside the roots, the rest is not known."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import Instance, Native, Symbolic, Unknown, Value
from parsers.airflow.files import HOME
from parsers.airflow.overlays import environment
from parsers.airflow.overlays.plain import NOT_KNOWN, blocker, inert, opaque_call, pure, unknown_because
from parsers.airflow.overlays.readable import absolute, path_text, resolve, shown
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

_PLAIN_PATH = "basename dirname split splitext splitdrive normcase isabs commonpath commonprefix"


def listing(folder: Path) -> list[Path]:
    """The entries of a folder in a fixed order; caches of Python are left out."""
    try:
        return sorted(p for p in folder.iterdir() if p.name != "__pycache__")
    except OSError:
        return []


def folder_of(interp: Interpreter, name: str, value: Value, site: Any) -> Path | Unknown:
    """The real folder behind a path value. Raises FileNotFoundError, NotADirectoryError of user code."""
    path = resolve(interp, name, value, site)
    if path is None:
        raise interp.error("FileNotFoundError", f"[Errno 2] No such file or directory: {shown(value)}")
    if isinstance(path, Path) and not path.is_dir():
        raise interp.error("NotADirectoryError", f"[Errno 20] Not a directory: {shown(value)}")
    return path


def _path_function(name: str, function: Any) -> Native:
    """A function of text paths that also takes Path values and objects with `__fspath__`."""

    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        texts: list[Value] = []
        for arg in (*args, *kwargs.values()):
            if isinstance(arg, list | tuple):
                texts.append([path_text(interp, a) for a in arg])
                if None in texts[-1]:
                    return unknown_because(interp, f"os.path.{name}", next(iter(arg)), site)
                continue
            text = path_text(interp, arg)
            if text is None:
                part = blocker([arg], {})
                if part is not MISSING:
                    return unknown_because(interp, f"os.path.{name}", part, site)
                raise interp.error("TypeError", "expected str, bytes or os.PathLike object")
            texts.append(text)
        return plain.call(interp, texts, {}, site)

    plain = pure(f"os.path.{name}", function)
    return Native(f"os.path.{name}", call)


def _join(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    if not any(isinstance(a, NOT_KNOWN) for a in args):
        return _plain_join.call(interp, args, kwargs, site)
    texts = [a if isinstance(a, NOT_KNOWN) else path_text(interp, a) for a in args]
    if None in texts:
        return _plain_join.call(interp, args, kwargs, site)
    return joined(interp, texts, site)


_plain_join = _path_function("join", posixpath.join)


def joined(interp: Interpreter, texts: list[Value], site: Any) -> Value:
    """A path with symbolic parts, as text: the parts are taken to be without a slash at their ends."""
    parts: list[Value] = []
    for text in texts:
        if isinstance(text, str) and text.startswith("/"):
            parts = []
        if parts and not (isinstance(parts[-1], str) and parts[-1].endswith("/")):
            parts.append("/")
        parts.append(text)
    total: Value = ""
    for part in parts:
        total = interp.binary("+", total, part, site)
    return total


def _test(name: str, check: Any) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        path = resolve(interp, f"os.path.{name}", args[0] if args else next(iter(kwargs.values()), None), site)
        if isinstance(path, Unknown):
            return path
        return path is not None and bool(check(path))

    return Native(f"os.path.{name}", call)


def _getsize(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    path = resolve(interp, "os.path.getsize", args[0], site)
    if path is None:
        raise interp.error("FileNotFoundError", f"[Errno 2] No such file or directory: {shown(args[0])}")
    return path if isinstance(path, Unknown) else path.stat().st_size


def _expanduser(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    text = path_text(interp, args[0]) if args else None
    if text is None:
        return unknown_because(interp, "os.path.expanduser", args[0], site)
    if not text.startswith("~"):
        return text
    head, _, rest = text.partition("/")
    if head == "~":
        home = environment.getenv(interp, ["HOME"], {}, site)
        return interp.binary("+", home, f"/{rest}" if rest else "", site)
    return interp.unknown("the home folder of a user is not known", site)


def _expandvars(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    text = path_text(interp, args[0]) if args else None
    if text is None:
        return unknown_because(interp, "os.path.expandvars", args[0], site)
    total: Value = ""
    position = 0
    for match in _VARIABLE.finditer(text):
        value = environment.supplied(interp, match[1] or match[2])
        if not isinstance(value, str | Symbolic):
            value = environment.symbol(interp, match[1] or match[2], site, optional=False)
        total = interp.binary("+", interp.binary("+", total, text[position : match.start()], site), value, site)
        position = match.end()
    return interp.binary("+", total, text[position:], site)


def _variable_pattern() -> Any:
    import re

    return re.compile(r"\$(?:(\w+)|\{(\w+)\})")


_VARIABLE = _variable_pattern()


@overlay("os.path", "posixpath")
def path_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """os.path of a Linux deployment."""
    attrs: dict[str, Value] = {n: _path_function(n, getattr(posixpath, n)) for n in _PLAIN_PATH.split()}
    attrs.update(
        {
            "join": Native("os.path.join", _join),
            "normpath": _path_function("normpath", posixpath.normpath),
            "abspath": _path_function("abspath", absolute),
            "realpath": _path_function("realpath", absolute),
            "relpath": _path_function(
                "relpath", lambda path, start=HOME: posixpath.relpath(absolute(path), absolute(start))
            ),
            "exists": _test("exists", lambda p: True),
            "lexists": _test("lexists", lambda p: True),
            "isfile": _test("isfile", Path.is_file),
            "isdir": _test("isdir", Path.is_dir),
            "islink": _test("islink", Path.is_symlink),
            "getsize": Native("os.path.getsize", _getsize),
            "getmtime": opaque_call("os.path.getmtime", "depends on the machine"),
            "getctime": opaque_call("os.path.getctime", "depends on the machine"),
            "expanduser": Native("os.path.expanduser", _expanduser),
            "expandvars": Native("os.path.expandvars", _expandvars),
            "sep": "/",
            "pathsep": ":",
            "curdir": ".",
            "pardir": "..",
            "extsep": ".",
        }
    )
    return attrs


def _listdir(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    folder = folder_of(interp, "os.listdir", args[0] if args else kwargs.get("path", "."), site)
    return folder if isinstance(folder, Unknown) else [p.name for p in listing(folder)]


def _walk(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    top = args[0] if args else kwargs.get("top")
    text = path_text(interp, top)
    folder = resolve(interp, "os.walk", top, site)
    if isinstance(folder, Unknown):
        return folder
    if folder is None or text is None or not folder.is_dir():
        return []
    found: list[Value] = []
    pending = [(text, folder)]
    while pending:
        shown_path, real = pending.pop()
        entries = listing(real)
        folders = [p for p in entries if p.is_dir()]
        found.append((shown_path, [p.name for p in folders], [p.name for p in entries if not p.is_dir()]))
        interp.meter.check_items(len(found) + len(entries))
        inner = [(posixpath.join(shown_path, p.name), p) for p in folders if not p.is_symlink()]
        pending.extend(reversed(inner))
    if kwargs.get("topdown", args[1] if len(args) > 1 else True) is False:
        found.reverse()
    return found


def _entry_test(check: Any) -> Native:
    return Native("os.DirEntry.test", lambda interp, args, kwargs, site: bool(check(args[0].native)))


DIR_ENTRY = make_class(
    "DirEntry",
    "os.DirEntry",
    (),
    {
        "is_file": _entry_test(Path.is_file),
        "is_dir": _entry_test(Path.is_dir),
        "is_symlink": _entry_test(Path.is_symlink),
        "__fspath__": Native("os.DirEntry.__fspath__", lambda interp, args, kwargs, site: args[0].attrs["path"]),
    },
)


def _scandir(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    given = args[0] if args else "."
    folder = folder_of(interp, "os.scandir", given, site)
    if isinstance(folder, Unknown):
        return folder
    base = path_text(interp, given) or "."
    return [Instance(DIR_ENTRY, {"name": p.name, "path": posixpath.join(base, p.name)}, p) for p in listing(folder)]


def _fspath(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    text = path_text(interp, args[0])
    return text if text is not None else unknown_because(interp, "os.fspath", args[0], site)


_OPAQUE = {
    "is a fact of the machine": "getuid getgid geteuid getpid getppid getlogin uname cpu_count getloadavg urandom stat "
    "ctermid get_terminal_size access",
    "starts a process": "system popen fork execv execvp spawnv",
}
_WRITES = "mkdir makedirs remove unlink rmdir removedirs rename replace chmod chown symlink utime chdir umask kill"


@overlay("os")
def os_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """os."""
    attrs: dict[str, Value] = {
        "environ": environment.ENVIRON,
        "getenv": Native("os.getenv", environment.getenv),
        "putenv": Native("os.putenv", environment.putenv),
        "path": interp.import_module("os.path"),
        "listdir": Native("os.listdir", _listdir),
        "walk": Native("os.walk", _walk),
        "scandir": Native("os.scandir", _scandir),
        "fspath": Native("os.fspath", _fspath),
        "getcwd": inert("os.getcwd", HOME),
        "DirEntry": DIR_ENTRY,
        "PathLike": make_class("PathLike", "os.PathLike"),
        "error": interp.error("OSError").value.cls,
        "sep": "/",
        "linesep": "\n",
        "pathsep": ":",
        "curdir": ".",
        "pardir": "..",
        "name": "posix",
        "devnull": "/dev/null",
        "extsep": ".",
        "R_OK": os.R_OK,
        "W_OK": os.W_OK,
        "X_OK": os.X_OK,
        "F_OK": os.F_OK,
    }
    for why, names in _OPAQUE.items():
        attrs.update({n: opaque_call(f"os.{n}", why) for n in names.split()})
    attrs.update({n: inert(f"os.{n}") for n in _WRITES.split()})
    return attrs
