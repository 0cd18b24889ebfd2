"""`importlib.resources` and `pkgutil.get_data`: files of packages inside the roots."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.values import Instance, ModuleValue, Native, Value
from parsers.airflow.overlays.contextlib_module import NULL_CONTEXT
from parsers.airflow.overlays.plain import NOT_KNOWN, lower
from parsers.airflow.overlays.registry import overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

Args = list[Value]
Kwargs = dict[str, Value]


def _folder(interp: Interpreter, anchor: Value, site: Any) -> Value:
    """The folder of a package, or of the package that a module is in; Unknown for what is installed elsewhere."""
    name = lower(anchor)
    module = interp.import_module(name, site) if isinstance(name, str) else name
    if anchor is None:
        module = interp.import_module(interp.frame.module.package or interp.frame.module.name, site)
    if isinstance(module, ModuleValue):
        paths = module.attrs.get("__path__")
        if isinstance(paths, list) and paths:
            return PurePosixPath(str(paths[0]))
        file = module.attrs.get("__file__")
        if isinstance(file, str):
            return PurePosixPath(file).parent
    cause = module if isinstance(module, NOT_KNOWN) else None
    return interp.unknown("the files of a package that is not here are not known", site, cause)


def _files(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    return _folder(interp, args[0] if args else kwargs.get("anchor", kwargs.get("package")), site)


def _resource(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    folder = _folder(interp, args[0] if args else kwargs.get("package", kwargs.get("anchor")), site)
    names = [lower(a) for a in args[1:]] or [lower(kwargs.get("resource"))]
    unknown = next((n for n in (folder, *names) if isinstance(n, NOT_KNOWN)), None)
    if unknown is not None:
        return interp.unknown("a file of a package is not known", site, unknown)
    return PurePosixPath(folder, *map(str, names))


def _on_file(name: str, method: str, *fixed: Value) -> Native:
    """`read_text(package, resource)` and the like: a method of the file's path."""

    def call(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
        path = _resource(interp, args, kwargs, site)
        if isinstance(path, NOT_KNOWN):
            return path
        options = {k: v for k, v in kwargs.items() if k in ("encoding", "errors")}
        return interp.call(interp.getattr(path, method), list(fixed), options, site)

    return Native(f"importlib.resources.{name}", call)


def _held(interp: Interpreter, path: Value) -> Value:
    return path if isinstance(path, NOT_KNOWN) else Instance(NULL_CONTEXT, {"enter_result": path})


def _contents(interp: Interpreter, args: Args, kwargs: Kwargs, site: Any) -> Value:
    folder = _folder(interp, args[0] if args else kwargs.get("package"), site)
    if isinstance(folder, NOT_KNOWN):
        return folder
    entries = interp.items(interp.call(interp.getattr(folder, "iterdir"), []), site)
    return [entry.name for entry in entries if isinstance(entry, PurePosixPath)]


GET_DATA = _on_file("get_data", "read_bytes")


@overlay("importlib.resources", "importlib_resources")
def resources_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """importlib.resources, over the user's own packages."""
    return {
        "files": Native("importlib.resources.files", _files),
        "as_file": Native("importlib.resources.as_file", lambda i, a, k, s: _held(i, a[0])),
        "path": Native("importlib.resources.path", lambda i, a, k, s: _held(i, _resource(i, a, k, s))),
        "read_text": _on_file("read_text", "read_text"),
        "read_binary": _on_file("read_binary", "read_bytes"),
        "open_text": _on_file("open_text", "open", "r"),
        "open_binary": _on_file("open_binary", "open", "rb"),
        "is_resource": _on_file("is_resource", "is_file"),
        "contents": Native("importlib.resources.contents", _contents),
    }
