"""`importlib`, `pkgutil` and what lists installed packages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.imports import _load as load_found
from parsers.airflow.evaluator.imports import resolvable
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import (
    Instance,
    ModuleValue,
    Native,
    Unknown,
    Value,
)
from parsers.airflow.modules import Found
from parsers.airflow.overlays.collections_module import named_tuple_class
from parsers.airflow.overlays.os_module import listing
from parsers.airflow.overlays.plain import NOT_KNOWN, inert, lower
from parsers.airflow.overlays.readable import path_text, resolve
from parsers.airflow.overlays.registry import make_class, overlay
from parsers.airflow.overlays.resources_module import GET_DATA

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def _import_module(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    name = lower(args[0] if args else kwargs.get("name"))
    package = lower(args[1] if len(args) > 1 else kwargs.get("package"))
    if not isinstance(name, str):
        return interp.unknown(
            "the name of a module to import is not known", site, name if isinstance(name, NOT_KNOWN) else None
        )
    if name.startswith("."):
        level = len(name) - len(name.lstrip("."))
        base = str(package or interp.frame.module.package)
        for _ in range(level - 1):
            base = base.rpartition(".")[0]
        name = f"{base}.{name.lstrip('.')}".rstrip(".")
    return interp.import_module(name, site)


def _spec_from_file(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    name = lower(args[0] if args else kwargs.get("name"))
    location = args[1] if len(args) > 1 else kwargs.get("location")
    path = resolve(interp, "spec_from_file_location", location, site)
    if not isinstance(path, Path) or not isinstance(name, str):
        return path if isinstance(path, Unknown) else interp.unknown("the file of a module is not there", site)
    loader = Instance(FILE_LOADER, {"name": name, "path": str(location)}, path)
    return Instance(SPEC, {"name": name, "origin": path_text(interp, location), "loader": loader}, path)


def _exec_module(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    module = args[1] if len(args) > 1 else None
    if not isinstance(module, ModuleValue) or args[0].native is None:
        return None
    found = load_found(interp, Found(module.name.replace("/", "."), args[0].native), site)
    if isinstance(found, ModuleValue):
        module.attrs.update(found.attrs)
        module.parsed = found.parsed
    return None


def _load_module(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return load_found(interp, Found(args[0].attrs["name"], args[0].native), site)


FILE_LOADER = make_class(
    "SourceFileLoader",
    "importlib.machinery.SourceFileLoader",
    (),
    {
        "exec_module": Native("Loader.exec_module", _exec_module),
        "load_module": Native("Loader.load_module", _load_module),
    },
)
SPEC = make_class("ModuleSpec", "importlib.machinery.ModuleSpec")


def _loader_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    given = dict(zip(("fullname", "path"), args[1:], strict=False)) | kwargs
    path = resolve(interp, "SourceFileLoader", given.get("path"), site)
    args[0].attrs.update({"name": lower(given.get("fullname")), "path": given.get("path")})
    args[0].native = path if isinstance(path, Path) else None
    return None


FILE_LOADER.namespace["__init__"] = Native("SourceFileLoader.__init__", _loader_init)


def _module_from_spec(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    spec = args[0]
    if not isinstance(spec, Instance):
        return interp.unknown(
            "the specification of a module is not known", site, spec if isinstance(spec, NOT_KNOWN) else None
        )
    return ModuleValue(spec.attrs["name"], {"__name__": spec.attrs["name"], "__file__": spec.attrs["origin"]})


def _find_spec(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    name = lower(args[0])
    if isinstance(name, str) and interp.loader.is_own(name.partition(".")[0]) and not resolvable(interp, name):
        return None
    found = interp.import_module(name, site) if isinstance(name, str) else None
    if isinstance(found, ModuleValue):
        return Instance(SPEC, {"name": name, "origin": found.attrs.get("__file__"), "loader": None})
    return found if isinstance(found, Unknown) else None


@overlay("importlib", "importlib.util", "importlib.machinery", "imp")
def importlib_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """importlib, over the user's own modules."""
    attrs: dict[str, Value] = {
        "import_module": Native("importlib.import_module", _import_module),
        "reload": Native("importlib.reload", lambda i, a, k, s: a[0]),
        "spec_from_file_location": Native("spec_from_file_location", _spec_from_file),
        "module_from_spec": Native("module_from_spec", _module_from_spec),
        "find_spec": Native("find_spec", _find_spec),
        "invalidate_caches": inert("importlib.invalidate_caches"),
        "SourceFileLoader": FILE_LOADER,
        "load_source": Native(
            "imp.load_source",
            lambda i, a, k, s: _module_or_unknown(i, _spec_from_file(i, a, k, s), s),
        ),
    }
    if name == "importlib":
        attrs["util"] = interp.import_module("importlib.util")
        attrs["machinery"] = interp.import_module("importlib.machinery")
        attrs["metadata"] = interp.import_module("importlib.metadata")
        attrs["resources"] = interp.import_module("importlib.resources")
    return attrs


def _module_or_unknown(interp: Interpreter, spec: Value, site: Any) -> Value:
    if not isinstance(spec, Instance):
        return spec
    return _load_module(interp, [spec.attrs["loader"]], {}, site)


@overlay("importlib.metadata", "importlib_metadata", "pkg_resources")
def metadata_module(interp: Interpreter, name: str) -> ModuleValue:
    """What is installed is not known."""

    def fallback(attribute: str) -> Value:
        if attribute.startswith("__"):
            return MISSING
        return interp.unknown(f"`{name}.{attribute}` depends on what is installed", path=f"{name}.{attribute}")

    return ModuleValue(name, {"PackageNotFoundError": interp.error("ImportError").value.cls}, fallback)


def _iter_modules(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    paths = args[0] if args else kwargs.get("path")
    prefix = str(lower(args[1] if len(args) > 1 else kwargs.get("prefix", "")))
    if paths is None:
        return interp.unknown("all installed modules are not known", site)
    cls = named_tuple_class(interp, "ModuleInfo", ["module_finder", "name", "ispkg"], {}, "pkgutil.ModuleInfo")
    found: list[Value] = []
    for item in interp.items(paths, site):
        folder = resolve(interp, "pkgutil.iter_modules", item, site)
        if isinstance(folder, Unknown):
            return folder
        for entry in listing(folder) if folder is not None else []:
            package = (entry / "__init__.py").is_file()
            if package or (entry.suffix == ".py" and entry.stem != "__init__" and entry.stem.isidentifier()):
                finder = Instance(FINDER, {"path": path_text(interp, item)}, folder)
                found.append(interp.call(cls, [finder, f"{prefix}{entry.stem}", package]))
    return found


def _find_module(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    name = str(lower(args[1]))
    last = name.rpartition(".")[2]
    for path in (args[0].native / f"{last}.py", args[0].native / last / "__init__.py"):
        if path.is_file():
            loader = Instance(FILE_LOADER, {"name": name, "path": name}, path)
            return Instance(SPEC, {"name": name, "origin": interp.files.virtual(path), "loader": loader}, path)
    return None


def _find_loader(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    spec = _find_module(interp, args, kwargs, site)
    return spec.attrs["loader"] if isinstance(spec, Instance) else None


FINDER = make_class(
    "FileFinder",
    "importlib.machinery.FileFinder",
    (),
    {
        "find_spec": Native("FileFinder.find_spec", _find_module),
        "find_module": Native("FileFinder.find_module", _find_loader),
    },
)


def _walk_packages(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    found = _iter_modules(interp, args, kwargs, site)
    if isinstance(found, Unknown):
        return found
    out: list[Value] = []
    for info in found:
        out.append(info)
        finder, name, package = info.native
        if package:
            inner = f"{finder.attrs['path']}/{name.rpartition('.')[2]}"
            out.extend(_walk_packages(interp, [[inner], f"{name}."], {}, site))
    return out


@overlay("pkgutil")
def pkgutil_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """pkgutil, inside the roots."""
    return {
        "iter_modules": Native("pkgutil.iter_modules", _iter_modules),
        "walk_packages": Native("pkgutil.walk_packages", _walk_packages),
        "get_data": GET_DATA,
    }
