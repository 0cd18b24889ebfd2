"""Open files: `open`, `io.StringIO`, `io.BytesIO`, `codecs.open`, as objects over text that was read at once."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.generators import Stream as Lines
from parsers.airflow.evaluator.values import Instance, Native, Unknown, Value
from parsers.airflow.overlays.plain import NOT_KNOWN, Arguments, lower, run_plain
from parsers.airflow.overlays.readable import absolute, decode, path_text, read_bytes, unreadable
from parsers.airflow.overlays.registry import builtin, make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

Stream = io.StringIO | io.BytesIO


def stream_of(value: Value) -> Stream | None:
    """The Python stream inside an open file; None for other values."""
    if isinstance(value, Instance) and isinstance(value.native, io.StringIO | io.BytesIO):
        return value.native
    return None


def content_of(interp: Interpreter, name: str, value: Value, site: Any) -> Value:
    """What is left to read of a file-like object, or the text or bytes that were given: plain, or Unknown."""
    stream = stream_of(value)
    if stream is not None:
        return stream.read()
    value = lower(value)
    if isinstance(value, str | bytes | bytearray):
        return value
    if isinstance(value, Instance):
        read = interp.getattr(value, "read", None, None)
        return interp.call(read, []) if read is not None else value
    return value


def _method(name: str, function: Callable[[Stream, list[Any]], Any]) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        stream = args[0].native
        rest = [lower(a) for a in (*args[1:], *kwargs.values())]
        if any(isinstance(a, NOT_KNOWN) for a in rest):
            return interp.unknown(f"`{name}` was given a value that is not known", site, rest[0])
        return run_plain(interp, function, (stream, rest), {})

    return Native(f"file.{name}", call)


def _enter(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return args[0]


def _write(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    instance, text = args[0], lower(args[1])
    stream: Any = instance.native
    if not isinstance(text, str | bytes):
        instance.attrs["unknown content"] = text
        return interp.unknown(
            "the length of a text that is not known", site, text if isinstance(text, NOT_KNOWN) else None
        )
    interp.meter.check_text(stream.tell() + len(text))
    return run_plain(interp, stream.write, (text,), {})


def _writelines(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    for item in interp.iterate(args[1], site):
        _write(interp, [args[0], item], {}, site)
    return None


def _getvalue(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    instance = args[0]
    if "unknown content" in instance.attrs:
        return interp.unknown("the text was made of values that are not known", site)
    return instance.native.getvalue()


_NAMESPACE: dict[str, Value] = {
    "__enter__": Native("file.__enter__", _enter),
    "__exit__": Native("file.__exit__", lambda interp, args, kwargs, site: None),
    "__iter__": _method("__iter__", lambda stream, rest: Lines(iter(stream.readlines()))),
    "__next__": _method("__next__", lambda stream, rest: next(stream)),
    "read": _method("read", lambda stream, rest: stream.read(*rest)),
    "readline": _method("readline", lambda stream, rest: stream.readline(*rest)),
    "readlines": _method("readlines", lambda stream, rest: stream.readlines(*rest)),
    "seek": _method("seek", lambda stream, rest: stream.seek(*rest)),
    "tell": _method("tell", lambda stream, rest: stream.tell()),
    "truncate": _method("truncate", lambda stream, rest: stream.truncate(*rest)),
    "write": Native("file.write", _write),
    "writelines": Native("file.writelines", _writelines),
    "getvalue": Native("file.getvalue", _getvalue),
    "close": Native("file.close", lambda interp, args, kwargs, site: None),
    "flush": Native("file.flush", lambda interp, args, kwargs, site: None),
    "readable": Native("file.readable", lambda interp, args, kwargs, site: True),
    "closed": False,
}
IO_BASE = make_class("IOBase", "io.IOBase", (), dict(_NAMESPACE))
TEXT_FILE = make_class("TextIOWrapper", "io.TextIOWrapper", (IO_BASE,))
BINARY_FILE = make_class("BufferedReader", "io.BufferedReader", (IO_BASE,))


def _new_stream(kind: type[io.StringIO] | type[io.BytesIO]) -> Native:
    def init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        rest = [lower(a) for a in (*args[1:], *kwargs.values())][:1]
        instance = args[0]
        if rest and not isinstance(rest[0], str | bytes | None):
            instance.attrs["unknown content"] = rest[0]
            rest = []
        instance.native = run_plain(interp, kind, rest, {})
        return None

    return Native(f"io.{kind.__name__}.__init__", init)


STRING_IO = make_class("StringIO", "io.StringIO", (IO_BASE,), {"__init__": _new_stream(io.StringIO)})
BYTES_IO = make_class("BytesIO", "io.BytesIO", (IO_BASE,), {"__init__": _new_stream(io.BytesIO)})


def open_file(interp: Interpreter, path: Value, mode: str, encoding: Value, errors: Value, site: Any) -> Value:
    """An open file, or an Unknown when its path or content is not known. Written files are noted, nothing is
    written."""
    text = path_text(interp, path)
    if text is None:
        return unreadable(interp, "open", path, site)
    binary = "b" in mode
    if any(flag in mode for flag in "wax"):
        interp.state.setdefault("written files", set()).add(absolute(text))
        native: Stream = io.BytesIO() if binary else io.StringIO()
    else:
        data = read_bytes(interp, "open", path, site)
        if isinstance(data, Unknown):
            return data
        native = io.BytesIO(data) if binary else io.StringIO(decode(interp, data, encoding, errors))
    return Instance(
        BINARY_FILE if binary else TEXT_FILE, {"name": text, "mode": mode, "encoding": encoding or "utf-8"}, native
    )


@builtin("open")
def open_(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """The builtin `open`."""
    bound = Arguments(interp, "open", args, kwargs, "file mode buffering encoding errors newline closefd opener")
    mode = lower(bound.get("mode", "r"))
    if not isinstance(mode, str):
        return interp.unknown("`open` was given a mode that is not known", site, mode)
    return open_file(interp, bound.need("file"), mode, lower(bound.get("encoding")), lower(bound.get("errors")), site)


def _codecs_open(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    bound = Arguments(interp, "codecs.open", args, kwargs, "filename mode encoding errors buffering")
    mode = str(lower(bound.get("mode", "r")))
    return open_file(
        interp, bound.need("filename"), mode, lower(bound.get("encoding")), lower(bound.get("errors")), site
    )


@overlay("io", "codecs")
def io_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """io and codecs."""
    if name == "codecs":
        return {"open": Native("codecs.open", _codecs_open)}
    return {
        "StringIO": STRING_IO,
        "BytesIO": BYTES_IO,
        "TextIOWrapper": TEXT_FILE,
        "IOBase": IO_BASE,
        "open": open_,
        "SEEK_SET": 0,
        "SEEK_CUR": 1,
        "SEEK_END": 2,
    }
