"""How pendulum makes its date-times: from texts, parts and other date-times."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from parsers.airflow.overlays.pendulum_values import TOKENS, DateTime
from parsers.airflow.overlays.zones import any_zone

_FROM_TOKENS = {
    "YYYY": "%Y", "YY": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%m", "DD": "%d", "D": "%d", "DDDD": "%j",
    "HH": "%H", "H": "%H", "hh": "%I", "h": "%I", "mm": "%M", "m": "%M", "ss": "%S", "s": "%S", "A": "%p",
    "ZZ": "%z", "Z": "%z", "dddd": "%A", "ddd": "%a",
}  # fmt: skip


def from_format(text: str, fmt: str, tz: Any = "UTC", locale: str | None = None) -> DateTime:
    """pendulum.from_format. Raises ValueError for tokens that Python's strptime has no form for."""

    def one(match: re.Match[str]) -> str:
        token = match.group(0)
        if token in _FROM_TOKENS:
            return _FROM_TOKENS[token]
        if token.startswith("S"):
            return "%f"
        if token[0] in "[\\":
            return token.strip("[]\\").replace("%", "%%")
        raise ValueError(f"Unsupported token: {token}")

    return DateTime.of(datetime.strptime(text, TOKENS.sub(one, fmt)), any_zone(tz))  # noqa: DTZ007


def parse(text: str, tz: Any = "UTC", exact: bool = False, strict: bool = True, **options: Any) -> Any:
    """pendulum.parse: ISO 8601 text (basic and extended), a date with a clock; other forms when not strict."""
    value = _parse_iso(text.strip())
    if value is None and not strict:
        from dateutil import parser

        value = parser.parse(text)
    if value is None:
        raise ValueError(f"Unable to parse string [{text}]")
    if exact and not isinstance(value, datetime):
        return value
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return DateTime.of(value, any_zone(tz) if tz is not None else None)


_CLOCK = r"(?P<h>\d{1,2})(?::?(?P<mi>\d{1,2})(?::?(?P<s>\d{1,2})(?:[.,](?P<f>\d{1,9}))?)?)?"
_ISO = re.compile(
    r"(?P<y>\d{4})(?:(?P<sep>[-/.]?)(?P<m>\d{1,2})(?:(?P=sep)(?P<d>\d{1,2}))?)?"
    rf"(?:[T ]\s*{_CLOCK}\s*(?P<z>Z|[+-]\d{{2}}:?(?:\d{{2}})?)?)?"
)
_WEEK = re.compile(r"(\d{4})-?W(\d{2})(?:-?(\d))?")
_ORDINAL = re.compile(r"(\d{4})-?(\d{3})")


def _parse_iso(text: str) -> datetime | date | None:
    week = _WEEK.fullmatch(text)
    if week:
        return date.fromisocalendar(int(week[1]), int(week[2]), int(week[3] or 1))
    day = _ORDINAL.fullmatch(text)
    if day:
        return date(int(day[1]), 1, 1) + timedelta(days=int(day[2]) - 1)
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    year, month, dom = int(found["y"]), int(found["m"] or 1), int(found["d"] or 1)
    if found["h"] is None:
        return date(year, month, dom)
    micro = int((found["f"] or "0").ljust(6, "0")[:6])
    zone = None
    if found["z"]:
        text_zone = found["z"]
        zone = any_zone(text_zone if text_zone == "Z" or len(text_zone) > 3 else f"{text_zone}00")
    return datetime(year, month, dom, int(found["h"]), int(found["mi"] or 0), int(found["s"] or 0), micro, tzinfo=zone)


def make(
    year: int,
    month: int = 1,
    day: int = 1,
    hour: int = 0,
    minute: int = 0,
    second: int = 0,
    microsecond: int = 0,
    tz: Any = "UTC",
    fold: int = 1,
    tzinfo: Any = None,
) -> DateTime:
    """pendulum.datetime; pendulum.DateTime takes `tzinfo`."""
    zone = tzinfo if tzinfo is not None else any_zone(tz) if tz is not None else None
    return DateTime(year, month, day, hour, minute, second, microsecond, zone)


def instance(value: datetime, tz: Any = "UTC") -> DateTime:
    """pendulum.instance."""
    return DateTime.of(value, any_zone(tz) if tz is not None else None)
