"""Reading of files by evaluated code: inside the given roots only, within the budget."""

from __future__ import annotations

from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import Instance, Unknown, Value
from parsers.airflow.files import HOME
from parsers.airflow.overlays.plain import NOT_KNOWN, lower

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

PATH_KINDS = (str, PurePath)
_SPECIAL_FOLDERS = ("dags", "plugins", "include")


def path_text(interp: Interpreter, value: Value) -> str | None:
    """The text of a path value (text, Path, bytes, an object with `__fspath__`); None when it is none or not known."""
    value = lower(value)
    if isinstance(value, PATH_KINDS):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Instance):
        method = interp.getattr(value, "__fspath__", None, MISSING)
        if method is not MISSING and not isinstance(method, NOT_KNOWN):
            made = interp.call(method, [])
            return made if isinstance(made, str) else None
    return None


def absolute(text: str) -> str:
    """The normal absolute form; relative paths count from the imagined home of Airflow."""
    parts: list[str] = []
    for part in (PurePosixPath(HOME) / text).parts[1:]:
        if part == "..":
            del parts[-1:]
        elif part != ".":
            parts.append(part)
    return "/" + "/".join(parts)


def locate(interp: Interpreter, text: str) -> Path | None:
    """The real file or folder behind a path, None when there is none inside the roots.

    A path of another deployment that leads through a folder named like a root, or `dags`, `plugins` or `include`
    (`/usr/local/airflow/dags/x.yml`), is looked up from there on. So is one of `/opt/airflow` when a whole checkout
    stands for that, but has no folder of the name that follows.
    """
    if "\0" in text or len(text) > 4096:
        return None
    found = interp.files.real(text)
    if (
        found is not None
        or not text.startswith("/")
        or (is_mounted(interp, text) and not _beside_checkout(interp, text))
    ):
        return found
    parts = PurePosixPath(text).parts
    for index, part in enumerate(parts):
        for base, real in interp.files.mounts:
            if part == real.name or (part == "dags" and base == interp.files.dags_folder):
                found = interp.files.real("/".join((base, *parts[index + 1 :])))
            elif part in _SPECIAL_FOLDERS:
                found = interp.files.real("/".join((base, part, *parts[index + 1 :])))
            if found is not None:
                return found
    return None


def _beside_checkout(interp: Interpreter, text: str) -> bool:
    """Whether a path begins with `/opt/airflow/<folder>`, and the checkout that stands for `/opt/airflow` has no such
    folder."""
    parts = PurePosixPath(absolute(text)).parts[: len(PurePosixPath(HOME).parts) + 1]
    top = "/".join(parts)[1:]
    return (
        top.startswith(f"{HOME}/")
        and all(base != top for base, _ in interp.files.mounts)
        and not interp.files.real(top)
    )


def is_mounted(interp: Interpreter, text: str) -> bool:
    """Whether a path lies inside one of the roots as evaluated code sees them."""
    path = absolute(text)
    return any(path == base or path.startswith(base + "/") for base, _ in interp.files.mounts)


def unreadable(interp: Interpreter, name: str, path: Value, site: Any) -> Unknown:
    """The Unknown for a path that is not known, or that leads outside the given folders."""
    if isinstance(path, NOT_KNOWN):
        return interp.unknown(f"`{name}` was given a path that is not known", site, path)
    answer = interp.unknown(f"`{name}` looks at {shown(path)}, which is outside the given folders", site)
    answer.guess = False
    return answer


def shown(path: Value) -> str:
    """A path for a message."""
    return repr(str(lower(path)))[:120]


def resolve(interp: Interpreter, name: str, value: Value, site: Any) -> Path | Unknown | None:
    """The real path; None when it is not there though it would be inside the roots; else an Unknown."""
    text = path_text(interp, value)
    if text is None:
        return unreadable(interp, name, value, site)
    if absolute(text) in interp.state.get("written files", ()):
        return interp.unknown(f"{shown(text)} was written by the code itself", site)
    found = locate(interp, text)
    if found is not None:
        return found
    return None if is_mounted(interp, text) else unreadable(interp, name, text, site)


def read_bytes(interp: Interpreter, name: str, value: Value, site: Any) -> bytes | Unknown:
    """The bytes of a file. Raises FileNotFoundError, IsADirectoryError of user code, or a budget's end."""
    path = resolve(interp, name, value, site)
    if isinstance(path, Unknown):
        return path
    if path is None:
        raise interp.error("FileNotFoundError", f"[Errno 2] No such file or directory: {shown(value)}")
    if path.is_dir():
        raise interp.error("IsADirectoryError", f"[Errno 21] Is a directory: {shown(value)}")
    if not path.is_file():
        return interp.unknown(f"{shown(value)} is no regular file", site)
    interp.meter.file()
    try:
        if path.stat().st_size > interp.meter.budgets.file_bytes:
            return interp.unknown(f"{shown(value)} is larger than the file limit", site)
        return path.read_bytes()
    except OSError as error:
        return interp.unknown(f"{shown(value)} cannot be read: {error.strerror}", site)


def read_text(
    interp: Interpreter, name: str, value: Value, site: Any, encoding: Value = None, errors: Value = None
) -> Value:
    """The text of a file, with line ends as Python reads them."""
    data = read_bytes(interp, name, value, site)
    if isinstance(data, Unknown):
        return data
    return decode(interp, data, encoding, errors)


def decode(interp: Interpreter, data: bytes, encoding: Value = None, errors: Value = None) -> Value:
    """Bytes of a file as text, with line ends as Python reads them."""
    codec = encoding if isinstance(encoding, str) else "utf-8"
    try:
        text = data.decode(codec, errors if isinstance(errors, str) else "strict")
    except LookupError:
        raise interp.error("LookupError", f"unknown encoding: {codec}") from None
    except UnicodeDecodeError as error:
        raise interp.error("ValueError", str(error)) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
