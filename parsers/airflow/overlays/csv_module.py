"""`csv`."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.generators import Stream
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import Instance, Native, Unknown, Value
from parsers.airflow.overlays.file_objects import stream_of
from parsers.airflow.overlays.plain import (
    NOT_KNOWN,
    Arguments,
    error_class,
    first_unknown,
    lower,
    run_plain,
    unknown_because,
)
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def _lines(interp: Interpreter, source: Value, site: Any) -> Value:
    if isinstance(source, NOT_KNOWN):
        return interp.unknown("the table to read is not known", site, source)
    stream = stream_of(source)
    if isinstance(stream, io.StringIO):
        return stream.read().splitlines(keepends=True)
    lines = [lower(line) for line in interp.iterate(source, site)]
    part = first_unknown(lines)
    return unknown_because(interp, "csv.reader", part, site) if part is not MISSING else lines


_FORMAT = ("delimiter", "quotechar", "escapechar", "doublequote", "skipinitialspace", "quoting", "strict", "dialect")


def _options(kwargs: dict[str, Value]) -> dict[str, Any]:
    return {k: lower(v) for k, v in kwargs.items() if k in _FORMAT and isinstance(lower(v), str | int | bool)}


def _reader(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    lines = _lines(interp, args[0], site)
    if isinstance(lines, Unknown):
        return lines
    options = _options({**({"dialect": args[1]} if len(args) > 1 else {}), **kwargs})
    rows = run_plain(interp, lambda: list(csv.reader(lines, **options)), (), {})
    interp.meter.check_items(len(rows))
    return Stream(iter(rows))


def _dict_reader(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    instance = args[0]
    bound = Arguments(interp, "DictReader", args[1:], kwargs, "f fieldnames restkey restval dialect")
    lines = _lines(interp, bound.need("f"), site)
    names = lower(bound.get("fieldnames"))
    if isinstance(lines, Unknown) or isinstance(names, NOT_KNOWN):
        instance.attrs["rows"] = lines
        return None
    options = {"restkey": lower(bound.get("restkey")), "restval": lower(bound.get("restval")), **_options(bound.rest())}

    def read() -> tuple[list[Any], list[Any]]:
        reader = csv.DictReader(lines, fieldnames=list(names) if names is not None else None, **options)
        fields = list(reader.fieldnames or [])
        return fields, list(reader)

    instance.attrs["fieldnames"], rows = run_plain(interp, read, (), {})
    interp.meter.check_items(len(rows))
    instance.attrs["rows"] = Stream(iter(rows))
    return None


def _rows(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return args[0].attrs["rows"]


def _next_row(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    rows = args[0].attrs["rows"]
    if isinstance(rows, Unknown):
        return rows
    for row in rows:
        return row
    raise interp.error("StopIteration")


DICT_READER = make_class(
    "DictReader",
    "csv.DictReader",
    (),
    {
        "__init__": Native("csv.DictReader.__init__", _dict_reader),
        "__iter__": Native("csv.DictReader.__iter__", _rows),
        "__next__": Native("csv.DictReader.__next__", _next_row),
    },
)


def _new_writer(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    given = {**({"dialect": args[1]} if len(args) > 1 else {}), **kwargs}
    return Instance(WRITER, {"target": args[0], "options": _writer_options(given)})


def _writer_options(kwargs: dict[str, Value]) -> dict[str, Any]:
    end = lower(kwargs.get("lineterminator"))
    return {**_options(kwargs), **({"lineterminator": end} if isinstance(end, str) else {})}


def _write_row(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    cells = [lower(cell) for cell in interp.items(args[1], site)]
    part = first_unknown(cells)
    if part is not MISSING:
        text: Value = unknown_because(interp, "csv.writer", part, site)
    else:
        buffer = io.StringIO()
        run_plain(interp, lambda: csv.writer(buffer, **args[0].attrs["options"]).writerow(cells), (), {})
        text = buffer.getvalue()
    write = interp.getattr(args[0].attrs["target"], "write", site, None)
    return None if write is None else interp.call(write, [text], {}, site)


def _write_rows(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    for row in interp.iterate(args[1], site):
        interp.call(interp.getattr(args[0], "writerow"), [row], {}, site)
    return None


def _dict_writer(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    bound = Arguments(interp, "DictWriter", args[1:3], {k: v for k, v in kwargs.items() if k in _NAMED}, "f fieldnames")
    names = interp.items(bound.need("fieldnames"), site)
    target, options = bound.need("f"), _writer_options(kwargs)
    args[0].attrs.update({"target": target, "fieldnames": names, "options": options, "given": kwargs})
    return None


_NAMED = ("f", "fieldnames")


def _write_record(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    writer, record = args[0], interp.dictionary([args[1]], {}, site)
    names = writer.attrs["fieldnames"]
    extra = [k for k in record if k not in names]
    if extra and lower(writer.attrs["given"].get("extrasaction")) != "ignore":
        raise interp.error("ValueError", f"dict contains fields not in fieldnames: {extra[0]!r}")
    rest = writer.attrs["given"].get("restval", "")
    return _write_row(interp, [writer, [record.get(n, rest) for n in names]], {}, site)


def _write_header(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return _write_row(interp, [args[0], args[0].attrs["fieldnames"]], {}, site)


WRITER = make_class(
    "writer",
    "csv.writer",
    (),
    {"writerow": Native("csv.writerow", _write_row), "writerows": Native("csv.writerows", _write_rows)},
)
DICT_WRITER = make_class(
    "DictWriter",
    "csv.DictWriter",
    (),
    {
        "__init__": Native("csv.DictWriter.__init__", _dict_writer),
        "writeheader": Native("csv.writeheader", _write_header),
        "writerow": Native("csv.writerow", _write_record),
        "writerows": Native("csv.writerows", _write_rows),
    },
)


@overlay("csv")
def csv_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """csv."""
    return {
        "reader": Native("csv.reader", _reader),
        "DictReader": DICT_READER,
        "writer": Native("csv.writer", _new_writer),
        "DictWriter": DICT_WRITER,
        "QUOTE_ALL": csv.QUOTE_ALL,
        "QUOTE_MINIMAL": csv.QUOTE_MINIMAL,
        "QUOTE_NONE": csv.QUOTE_NONE,
        "QUOTE_NONNUMERIC": csv.QUOTE_NONNUMERIC,
        "excel": "excel",
        "Error": error_class(csv.Error, "csv.Error", interp.error("Exception").value.cls),
    }
