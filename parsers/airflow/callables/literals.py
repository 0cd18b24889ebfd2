"""Evaluated plain data as Python source."""

from __future__ import annotations

import pprint
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import PurePath
from typing import Any
from uuid import UUID

from parsers.airflow.evaluator.budget import fits
from parsers.airflow.evaluator.values import Value
from parsers.airflow.zones import zone_name


class _Code:
    """Source text that `pprint` prints as it is."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Code) and other.text == self.text

    def __lt__(self, other: object) -> bool:
        return self.text < str(other)


class NoLiteralError(ValueError):
    """The value has no source form; `part` is the piece that has none."""

    def __init__(self, part: Value) -> None:
        super().__init__(type(part).__name__)
        self.part = part


MOST_ITEMS = 200_000


def python_literal(value: Value, special: Any = None) -> tuple[str, set[str]]:
    """(source of the value, modules it needs imported). `special(part)` gives source for parts that are no plain data,
    or None. Raises `NoLiteralError`."""
    if not fits(value, MOST_ITEMS):
        raise NoLiteralError(value)
    modules: set[str] = set()
    coded = _coded(value, modules, special)
    text = pprint.pformat(coded, width=100, sort_dicts=False) if isinstance(coded, list | dict | tuple) else repr(coded)
    return (text, modules)


def _coded(value: Value, modules: set[str], special: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | complex | str | bytes):
        return _Code(f"float({value!r})".replace("'", '"')) if value != value or value in _INFINITE else value
    if isinstance(value, list):
        return [_coded(item, modules, special) for item in value]
    if type(value) is tuple:
        return tuple(_coded(item, modules, special) for item in value)
    if type(value).__name__ in _MAPPINGS and isinstance(value, dict):
        return _mapping(value, modules, special)
    if isinstance(value, dict):
        return {_coded(k, modules, special): _coded(v, modules, special) for k, v in value.items()}
    if isinstance(value, set | frozenset):
        inner = sorted((_coded(item, modules, special) for item in value), key=repr)
        text = ", ".join(map(repr, inner))
        plain = f"{{{text}}}" if inner else "set()"
        return _Code(plain if isinstance(value, set) else f"frozenset({plain if inner else ''})")
    if isinstance(value, range | slice):
        return value
    found = _stdlib(value, modules)
    if found is None and special is not None:
        found = special(value)
    if found is None:
        raise NoLiteralError(value)
    return _Code(found)


_MAPPINGS = {"DefaultDict": "defaultdict", "OrderedDict": "OrderedDict", "Counter": "Counter"}


def _mapping(value: Any, modules: set[str], special: Any) -> _Code:
    """A mapping of `collections`."""
    modules.add("collections")
    plain = repr({_coded(k, modules, special): _coded(v, modules, special) for k, v in value.items()})
    name = _MAPPINGS[type(value).__name__]
    first = f"{_coded(value.default_factory, modules, special)!r}, " if name == "defaultdict" else ""
    return _Code(f"collections.{name}({first}{plain})")


_INFINITE = (float("inf"), float("-inf"))


def _pendulum(value: Any, modules: set[str]) -> str | None:
    """Source of an object of pendulum's, whose classes are subclasses of Python's; None: it is none of those."""
    modules.add("pendulum")
    if isinstance(value, datetime):
        numbers = [value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond]
        zone = _zone(value.tzinfo, modules)
        return f"pendulum.datetime({', '.join(map(str, numbers))}, tz={zone})"
    if isinstance(value, timedelta):
        return f"pendulum.duration(days={value.days}, seconds={value.seconds}, microseconds={value.microseconds})"
    if isinstance(value, date):
        return f"pendulum.date({value.year}, {value.month}, {value.day})"
    if isinstance(value, time):
        return f"pendulum.time({value.hour}, {value.minute}, {value.second}, {value.microsecond})"
    return None


def _stdlib(value: Value, modules: set[str]) -> str | None:
    if isinstance(value, datetime | date | timedelta | time) and type(value).__module__ != "datetime":
        return _pendulum(value, modules)
    if isinstance(value, datetime | time):
        modules.add("datetime")
        zone = _zone(value.tzinfo, modules)
        return repr(value.replace(tzinfo=None))[:-1] + (f", tzinfo={zone})" if zone else ")")
    if isinstance(value, date | timedelta):
        modules.add("datetime")
        return repr(value)
    if isinstance(value, Decimal):
        modules.add("decimal")
        return f"decimal.{value!r}"
    if isinstance(value, UUID):
        modules.add("uuid")
        return f"uuid.{value!r}"
    if isinstance(value, PurePath):
        modules.add("pathlib")
        return f"pathlib.Path({value.as_posix()!r})"
    if type(value).__name__ == "Pattern":
        modules.add("re")
        return f"re.compile({value.pattern!r}, {value.flags})"
    if type(value).__name__ == "relativedelta":
        modules.add("dateutil.relativedelta")
        return f"dateutil.relativedelta.{value!r}"
    if type(value).__name__ == "ZoneInfo":
        return _zone(value, modules)
    return None


def _zone(zone: Any, modules: set[str]) -> str | None:
    if zone is None:
        return None
    if zone is timezone.utc or zone_name(zone) == "UTC":
        modules.add("datetime")
        return "datetime.timezone.utc"
    modules.add("zoneinfo")
    return f"zoneinfo.ZoneInfo({zone_name(zone)!r})"
