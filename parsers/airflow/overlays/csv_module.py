"""`csv`."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.generators import Stream
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import Native, Unknown, Value
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


def _writer(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return interp.unknown("nothing is written at conversion", site)


@overlay("csv")
def csv_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """csv; written tables are not kept."""
    return {
        "reader": Native("csv.reader", _reader),
        "DictReader": DICT_READER,
        "writer": Native("csv.writer", _writer),
        "DictWriter": Native("csv.DictWriter", _writer),
        "QUOTE_ALL": csv.QUOTE_ALL,
        "QUOTE_MINIMAL": csv.QUOTE_MINIMAL,
        "QUOTE_NONE": csv.QUOTE_NONE,
        "QUOTE_NONNUMERIC": csv.QUOTE_NONNUMERIC,
        "excel": "excel",
        "Error": error_class(csv.Error, "csv.Error", interp.error("Exception").value.cls),
    }
