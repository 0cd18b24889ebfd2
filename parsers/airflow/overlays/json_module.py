"""`json` and its faster look-alikes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from migrate.ir import exprs
from parsers.airflow.evaluator.classes import lookup
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import ClassValue, Function, Instance, Native, Symbolic, Unknown, Value
from parsers.airflow.overlays.file_objects import content_of, stream_of
from parsers.airflow.overlays.plain import (
    NOT_KNOWN,
    blocker,
    first_unknown,
    lower,
    run_plain,
    unknown_because,
)
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def load_json(interp: Interpreter, text: Value, kwargs: dict[str, Value], site: Any) -> Value:
    if isinstance(text, Symbolic) and isinstance(text.expr, exprs.VariableRef) and text.expr.json_path is None:
        return Symbolic(text.expr.model_copy(update={"json_path": ()}), text.unknown)
    if isinstance(text, NOT_KNOWN):
        return interp.unknown("`json.loads` was given a text that is not known", site, text)
    if not isinstance(text, str | bytes):
        raise interp.error("TypeError", "the JSON object must be str, bytes or bytearray")
    interp.meter.check_text(len(text))
    options: dict[str, Any] = {}
    for hook in ("object_hook", "object_pairs_hook", "parse_float", "parse_int", "parse_constant"):
        function = kwargs.get(hook)
        if function is not None:
            options[hook] = lambda value, function=function: interp.call(
                function, [[tuple(p) for p in value] if isinstance(value, list) else value]
            )
    try:
        return json.loads(text, **options)
    except json.JSONDecodeError as error:
        raise interp.raised(json_error(interp), str(error)) from None
    except (RecursionError, ValueError) as error:
        raise interp.error("ValueError", str(error)) from None


def json_error(interp: Interpreter) -> Any:
    """The class json.JSONDecodeError."""
    module = interp.import_module("json")
    assert not isinstance(module, Unknown)
    return module.attrs["JSONDecodeError"]


def _loads(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return load_json(interp, lower(args[0] if args else kwargs.get("s")), kwargs, site)


def _load(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return load_json(interp, content_of(interp, "json.load", args[0] if args else kwargs.get("fp"), site), kwargs, site)


def _dumps(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    options = dict(kwargs)
    value = lower(args[0] if args else options.pop("obj", None))
    default = options.pop("default", None)
    encoder = options.pop("cls", None)
    if default is None and isinstance(encoder, ClassValue) and isinstance(lookup(encoder, "default"), Function):
        default = interp.getattr(interp.call(encoder, []), "default")
    part = first_unknown(value)
    if part is not MISSING:
        return symbolic_json(interp, value, options, site)
    if first_unknown(list(options.values())) is not MISSING:
        return unknown_because(interp, "json.dumps", first_unknown(list(options.values())), site)
    if isinstance(options.get("indent"), int) and options["indent"] > 100:
        options["indent"] = 100
    options["default"] = (lambda v: interp.call(default, [v])) if default is not None else _not_serializable
    text = run_plain(interp, json.dumps, (value,), options)
    interp.meter.check_text(len(text))
    return text


def _coder_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    args[0].attrs["__options__"] = dict(kwargs)
    return None


def _encode(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    options = {**args[0].attrs.get("__options__", {})}
    if isinstance(lookup(args[0].cls, "default"), Function):
        options["default"] = interp.getattr(args[0], "default")
    return _dumps(interp, args[1:2], options, site)


def _decode(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return _loads(interp, args[1:2], args[0].attrs.get("__options__", {}), site)


def _no_default(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return _not_serializable(args[1])


JSON_ENCODER = make_class(
    "JSONEncoder",
    "json.JSONEncoder",
    namespace={
        "__init__": Native("JSONEncoder.__init__", _coder_init),
        "encode": Native("JSONEncoder.encode", _encode),
        "default": Native("JSONEncoder.default", _no_default),
    },
    traits={"partial"},
)
JSON_DECODER = make_class(
    "JSONDecoder",
    "json.JSONDecoder",
    namespace={
        "__init__": Native("JSONDecoder.__init__", _coder_init),
        "decode": Native("JSONDecoder.decode", _decode),
    },
    traits={"partial"},
)


def _not_serializable(value: Any) -> Any:
    name = value.cls.name if isinstance(value, Instance) else type(value).__name__
    raise TypeError(f"Object of type {name} is not JSON serializable")


_MARK = "\ue000{}\ue001"
_WHOLE = {"ensure_ascii"}
"""Options of `json.dumps` under which any value can be written by itself."""


def symbolic_json(interp: Interpreter, value: Value, options: dict[str, Value], site: Any) -> Value:
    """JSON text with symbolic values inside, which are written as JSON when the run is there. Values that are no texts
    only where the layout is the default one, since they may be containers."""
    parts: list[Symbolic] = []
    ascii_only = options.get("ensure_ascii", True) is not False

    def mark(part: Value) -> Value:
        if type(part) is Symbolic and (part.type is str or options.keys() <= _WHOLE):
            parts.append(part)
            return _MARK.format(len(parts) - 1)
        if isinstance(part, dict):
            return {k: mark(v) for k, v in part.items()}
        if isinstance(part, list | tuple):
            return [mark(v) for v in part]
        return part

    marked = mark(value)
    part = blocker([marked, *options.values()], {})
    if part is not MISSING or not parts:
        return unknown_because(interp, "json.dumps", part if part is not MISSING else value, site)
    text = run_plain(interp, json.dumps, (marked,), options)
    total: Value = ""
    for number, piece in enumerate(parts):
        before, _, text = text.partition(json.dumps(_MARK.format(number), ensure_ascii=ascii_only))
        written = exprs.Written(value=piece.expr, form="json-ascii" if ascii_only else "json")
        quoted = Symbolic(written, piece.unknown, str)
        total = interp.binary("+", interp.binary("+", total, before, site), quoted, site)
    return interp.binary("+", total, text, site)


@overlay("json", "simplejson", "ujson", "orjson", "json5", "commentjson", "hjson", "json.decoder", "rapidjson")
def json_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """json; its relatives are read as plain JSON."""
    error = make_class("JSONDecodeError", "json.JSONDecodeError", (interp.error("ValueError").value.cls,))
    attrs: dict[str, Value] = {
        "loads": Native("json.loads", _loads),
        "load": Native("json.load", _load),
        "dumps": Native("json.dumps", _dumps),
        "dump": Native("json.dump", _dump),
        "JSONDecodeError": error,
        "JSONEncoder": JSON_ENCODER,
        "JSONDecoder": JSON_DECODER,
    }
    if name == "json":
        attrs["decoder"] = interp.import_module("json.decoder")
    if name == "orjson":
        attrs["dumps"] = Native("orjson.dumps", _orjson_dumps)
    return attrs


def _orjson_dumps(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    text = _dumps(interp, args[:1], {"separators": (",", ":"), "ensure_ascii": False}, site)
    return text.encode() if isinstance(text, str) else text


def _dump(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    if len(args) > 1 and stream_of(args[1]) is not None:
        text = _dumps(interp, args[:1], kwargs, site)
        interp.call(interp.getattr(args[1], "write"), [text])
    return None
