"""`sys`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.values import (
    Instance,
    ModuleValue,
    Native,
    Value,
)
from parsers.airflow.overlays.collections_module import named_tuple_class
from parsers.airflow.overlays.inert_modules import silent_class
from parsers.airflow.overlays.inspect_module import _current_frame
from parsers.airflow.overlays.plain import NOT_KNOWN, inert, lower, opaque_call
from parsers.airflow.overlays.readable import path_text, resolve
from parsers.airflow.overlays.registry import make_class, overlay

OWN_INTERPRETER = "/usr/local/bin/python"
"""`sys.executable` of a worker; Python's own image has it at the same place."""

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Frame, Interpreter


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
    frame: Frame | None = interp.frame
    while frame is not None:
        if frame.module.name == name:
            return ModuleValue(name, frame.scope.globals().names, None, frame.module)
        frame = frame.caller
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
        "executable": OWN_INTERPRETER,
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
