"""`inspect`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import (
    BoundMethod,
    ClassValue,
    Function,
    Instance,
    ModuleValue,
    Native,
    Partial,
    Value,
)
from parsers.airflow.overlays.collections_module import named_tuple_class
from parsers.airflow.overlays.plain import NOT_KNOWN, inert, lower, opaque_call
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


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


def _walk_stack(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    current = args[0] if args and args[0] is not None else _current_frame(interp, [], {}, site)
    found: list[Value] = []
    while isinstance(current, Instance):
        found.append((current, current.attrs["f_lineno"]))
        current = current.attrs.get("f_back")
    return found


@overlay("traceback")
def traceback_module(interp: Interpreter, name: str) -> ModuleValue:
    """`walk_stack` on the frames of the evaluation; what prints does nothing, the rest depends on the run."""

    def fallback(attribute: str) -> Value:
        if attribute.startswith("__"):
            return MISSING
        path = f"traceback.{attribute}"
        return inert(path) if attribute.startswith("print") else opaque_call(path, "depends on the run")

    return ModuleValue(name, {"walk_stack": Native("traceback.walk_stack", _walk_stack)}, fallback)


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
        "getmodule": Native("inspect.getmodule", lambda i, a, k, s: as_module(_module_of(i, a[0]))),
        "getmembers": Native("inspect.getmembers", _getmembers),
        "isclass": _kind(lambda v: isinstance(v, ClassValue)),
        "isfunction": _kind(lambda v: isinstance(v, Function)),
        "ismethod": _kind(lambda v: isinstance(v, BoundMethod)),
        "ismodule": _kind(lambda v: isinstance(v, ModuleValue)),
        "isroutine": _kind(lambda v: isinstance(v, Function | BoundMethod | Native)),
        "isabstract": Native(
            "inspect.isabstract",
            lambda i, a, k, s: isinstance(a[0], ClassValue) and bool(a[0].namespace.get("__abstractmethods__")),
        ),
        "getdoc": Native("inspect.getdoc", lambda i, a, k, s: i.getattr(a[0], "__doc__", s, None)),
        "cleandoc": Native("inspect.cleandoc", _cleandoc),
        "signature": Native("inspect.signature", _signature),
        "Parameter": PARAMETER,
        "Signature": SIGNATURE,
        "getsource": Native("inspect.getsource", _getsource),
    }


def as_module(module: Any) -> Value:
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
