"""sys, inspect, importlib, pkgutil: the interpreter's own facts, and modules of the user found by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.imports import _load as load_found
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import (
    BoundMethod,
    ClassValue,
    Function,
    Instance,
    ModuleValue,
    Native,
    Partial,
    Unknown,
    Value,
)
from parsers.airflow.modules import Found
from parsers.airflow.overlays.collections_module import named_tuple_class
from parsers.airflow.overlays.inert_modules import silent_class
from parsers.airflow.overlays.os_module import listing
from parsers.airflow.overlays.plain import NOT_KNOWN, inert, lower, opaque_call
from parsers.airflow.overlays.readable import path_text, resolve
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

# --- sys ----------------------------------------------------------------------------------------------------------


def _add_path(interp: Interpreter, value: Value, site: Any) -> None:
    path = resolve(interp, "sys.path", value, site)
    if isinstance(path, Path) and path.is_dir():
        if interp.frame.module is not interp.main:
            interp.mark_stateful()
        interp.loader.add_path(path)


def _path_edit(position: int) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        values = interp.items(args[1], site) if position < 0 else args[position : position + 1]
        for value in values:
            if not isinstance(value, NOT_KNOWN):
                _add_path(interp, value, site)
            text = path_text(interp, value)
            if text is not None:
                shown_paths(interp).insert(0, text)
        return None

    return Native("sys.path.edit", call)


def shown_paths(interp: Interpreter) -> list[Value]:
    """What `sys.path` shows: the DAG folders first."""
    found: list[Value] = interp.state.setdefault("sys.path", [base for base, _ in interp.files.mounts])
    return found


def _path_set(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    for value in interp.items(args[1], site) if isinstance(args[1], list | tuple) else []:
        _add_path(interp, value, site)
    return args[0]


SYS_PATH = Instance(
    make_class(
        "sys.path",
        "sys.path",
        (),
        {
            "append": _path_edit(1),
            "insert": _path_edit(2),
            "extend": _path_edit(-1),
            "remove": inert("sys.path.remove"),
            "pop": inert("sys.path.pop"),
            "__iadd__": Native("sys.path.__iadd__", _path_set),
            "__add__": Native("sys.path.__add__", lambda i, a, k, s: [*shown_paths(i), *i.items(a[1])]),
            "__contains__": Native("sys.path.__contains__", lambda i, a, k, s: path_text(i, a[1]) in shown_paths(i)),
            "__iter__": Native("sys.path.__iter__", lambda i, a, k, s: list(shown_paths(i))),
            "__len__": Native("sys.path.__len__", lambda i, a, k, s: len(shown_paths(i))),
            "__getitem__": Native("sys.path.__getitem__", lambda i, a, k, s: i.getitem(shown_paths(i), a[1], s)),
            "__setitem__": Native("sys.path.__setitem__", lambda i, a, k, s: _path_set(i, [a[0], a[2]], k, s)),
        },
    )
)


def _modules_get(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    name = lower(args[1])
    if name == interp.frame.module.name:
        return ModuleValue(name, interp.frame.scope.globals().names, None, interp.frame.module)
    found = interp.known_module(name) if isinstance(name, str) else None
    if found is not None:
        return found
    return args[2] if len(args) > 2 else None


def _modules_item(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    found = _modules_get(interp, args, kwargs, site)
    if found is None:
        return interp.unknown("`sys.modules` of the deployment is not known", site)
    return found


MODULES = Instance(
    make_class(
        "sys.modules",
        "sys.modules",
        (),
        {
            "get": Native("sys.modules.get", _modules_get),
            "__getitem__": Native("sys.modules.__getitem__", _modules_item),
            "__setitem__": inert("sys.modules.__setitem__"),
            "__contains__": Native("sys.modules.__contains__", lambda i, a, k, s: _modules_get(i, a, k, s) is not None),
            "pop": inert("sys.modules.pop"),
        },
    )
)


def _exit(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    error = interp.error("SystemExit", *args)
    error.explicit = True
    raise error


def _version_info(interp: Interpreter) -> Value:
    """The Python that Airflow's images run; code that asks gets a recent one."""
    fields = ["major", "minor", "micro", "releaselevel", "serial"]
    cls = named_tuple_class(interp, "version_info", fields, {}, "sys.version_info")
    return interp.call(cls, [3, 11, 9, "final", 0])


@overlay("sys")
def sys_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """sys."""
    stream = Instance(silent_class("TextIOWrapper", "sys.stdout"))
    return {
        "path": SYS_PATH,
        "modules": MODULES,
        "argv": ["airflow"],
        "version_info": _version_info(interp),
        "version": "3.11.9",
        "platform": "linux",
        "maxsize": 2**63 - 1,
        "byteorder": "little",
        "executable": "/usr/local/bin/python",
        "prefix": "/usr/local",
        "stdout": stream,
        "stderr": stream,
        "stdin": stream,
        "exit": Native("sys.exit", _exit),
        "getrecursionlimit": inert("sys.getrecursionlimit", 1000),
        "setrecursionlimit": inert("sys.setrecursionlimit"),
        "getdefaultencoding": inert("sys.getdefaultencoding", "utf-8"),
        "intern": Native("sys.intern", lambda i, a, k, s: a[0]),
        "exc_info": inert("sys.exc_info", (None, None, None)),
        "getsizeof": opaque_call("sys.getsizeof", "is a fact of the machine"),
        "_getframe": Native("sys._getframe", _current_frame),
        "dont_write_bytecode": False,
    }


# --- inspect ------------------------------------------------------------------------------------------------------


def _frame_value(interp: Interpreter, frame: Any) -> Value:
    if frame is None:
        return None
    span = interp.span(None, frame)
    file = interp.files.virtual(frame.module.file.path)
    code = Instance(CODE, {"co_filename": file, "co_name": getattr(frame.function, "name", "<module>")})
    names = {
        "f_code": code,
        "f_globals": frame.scope.globals().names,
        "f_locals": frame.scope.names,
        "f_lineno": span.line,
    }
    return Instance(FRAME, names, frame)


FRAME = make_class("frame", "types.FrameType")
CODE = make_class("code", "types.CodeType")
FRAME.namespace["f_back"] = None


def _current_frame(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    frame = interp.frame
    depth = lower(args[0]) if args else 0
    for _ in range(depth if isinstance(depth, int) else 0):
        if frame.caller is None or frame.caller is interp.base:
            break
        frame = frame.caller
    made = _frame_value(interp, frame)
    outer = frame.caller if frame.caller is not interp.base else None
    current = made
    while outer is not None and isinstance(current, Instance):
        current.attrs["f_back"] = _frame_value(interp, outer)
        current = current.attrs["f_back"]
        outer = outer.caller if outer.caller is not interp.base else None
    return made


def _stack(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    cls = named_tuple_class(interp, "FrameInfo", ["frame", "filename", "lineno", "function"], {}, "inspect.FrameInfo")
    found: list[Value] = []
    current = _current_frame(interp, [], {}, site)
    while isinstance(current, Instance):
        code = current.attrs["f_code"].attrs
        found.append(interp.call(cls, [current, code["co_filename"], current.attrs["f_lineno"], code["co_name"]]))
        current = current.attrs.get("f_back")
    return found


def _module_of(interp: Interpreter, value: Value) -> Any:
    if isinstance(value, Function | ClassValue):
        return value.module
    if isinstance(value, BoundMethod | Partial):
        return _module_of(interp, value.function)
    if isinstance(value, Instance):
        return value.native.module if value.cls is FRAME else value.cls.module
    return value.parsed if isinstance(value, ModuleValue) else None


def _getfile(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    module = _module_of(interp, args[0])
    if module is None:
        return interp.unknown("the file of an object that is not the user's own", site)
    return interp.files.virtual(module.file.path)


def _getmembers(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    value = args[0]
    test = args[1] if len(args) > 1 else kwargs.get("predicate")
    if isinstance(value, NOT_KNOWN):
        return interp.unknown("the members of a value that is not known", site, value)
    names: dict[str, Value] = {}
    if isinstance(value, ModuleValue | Instance):
        names.update({k: v for k, v in value.attrs.items() if isinstance(k, str)})
    cls = value if isinstance(value, ClassValue) else interp.class_of(value)
    if not isinstance(value, ModuleValue):
        for base in reversed(cls.mro):
            for name in base.namespace:
                if isinstance(name, str) and name not in names:
                    names[name] = interp.getattr(value, name, site, None)
    pairs = sorted(names.items())
    return [p for p in pairs if test is None or interp.truth_or_unknown(interp.call(test, [p[1]])) is True]


def _kind(test: Any) -> Native:
    return Native("inspect.test", lambda i, a, k, s: bool(test(a[0])))


EMPTY = make_class("_empty", "inspect._empty")


def _signature(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    function = args[0]
    skip = 0
    if isinstance(function, ClassValue):
        function = interp.lookup(function, "__init__")
        skip = 1
    if isinstance(function, BoundMethod):
        function, skip = function.function, 1
    if not isinstance(function, Function):
        return interp.unknown("the signature of a function that is not the user's own", site)
    from parsers.airflow.evaluator.calls import all_params

    parameters: dict[str, Value] = {}
    for param in list(all_params(function.node.params))[skip:]:
        name = param.name.value
        parameters[name] = Instance(
            PARAMETER, {"name": name, "default": function.defaults.get(name, EMPTY), "annotation": EMPTY, "kind": 1}
        )
    return Instance(SIGNATURE, {"parameters": parameters})


PARAMETER = make_class("Parameter", "inspect.Parameter", (), {"empty": EMPTY, "VAR_KEYWORD": 4, "VAR_POSITIONAL": 2,
                       "KEYWORD_ONLY": 3, "POSITIONAL_OR_KEYWORD": 1, "POSITIONAL_ONLY": 0})  # fmt: skip
SIGNATURE = make_class("Signature", "inspect.Signature", (), {"empty": EMPTY})


@overlay("inspect")
def inspect_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """inspect."""
    return {
        "currentframe": Native("inspect.currentframe", _current_frame),
        "stack": Native("inspect.stack", _stack),
        "getfile": Native("inspect.getfile", _getfile),
        "getsourcefile": Native("inspect.getsourcefile", _getfile),
        "getabsfile": Native("inspect.getabsfile", _getfile),
        "getmodule": Native("inspect.getmodule", lambda i, a, k, s: _as_module(_module_of(i, a[0]))),
        "getmembers": Native("inspect.getmembers", _getmembers),
        "isclass": _kind(lambda v: isinstance(v, ClassValue)),
        "isfunction": _kind(lambda v: isinstance(v, Function)),
        "ismethod": _kind(lambda v: isinstance(v, BoundMethod)),
        "ismodule": _kind(lambda v: isinstance(v, ModuleValue)),
        "isroutine": _kind(lambda v: isinstance(v, Function | BoundMethod | Native)),
        "isabstract": inert("inspect.isabstract", False),
        "getdoc": Native("inspect.getdoc", lambda i, a, k, s: i.getattr(a[0], "__doc__", s, None)),
        "cleandoc": Native("inspect.cleandoc", _cleandoc),
        "signature": Native("inspect.signature", _signature),
        "Parameter": PARAMETER,
        "Signature": SIGNATURE,
        "getsource": Native("inspect.getsource", _getsource),
    }


def _as_module(module: Any) -> Value:
    return module.value if module is not None else None


def _cleandoc(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    import inspect

    text = lower(args[0])
    return inspect.cleandoc(text) if isinstance(text, str) else interp.unknown("a text that is not known", site, text)


def _getsource(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    value = args[0]
    module = _module_of(interp, value)
    node = getattr(value, "node", None)
    if module is None or node is None:
        return interp.unknown("the source of an object that is not the user's own", site)
    return str(module.code(node)).lstrip("\n")


# --- importlib, pkgutil -------------------------------------------------------------------------------------------


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


@overlay("importlib.metadata", "importlib_metadata", "importlib.resources", "importlib_resources", "pkg_resources")
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
        "get_data": opaque_call("pkgutil.get_data", "is not modelled"),
    }
