"""Time zones as plain data: IANA zones, fixed offsets, and the extra members that pytz and pendulum give theirs."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_OFFSET = re.compile(r"^([+-])(\d{2}):?(\d{2})$")


class NamedZone(ZoneInfo):
    """A zone that also knows its `name` (pendulum) and `zone` (pytz), and can localize as pytz does."""

    @property
    def name(self) -> str:
        """The IANA name."""
        return self.key

    @property
    def zone(self) -> str:
        """The IANA name."""
        return self.key

    def localize(self, value: datetime, is_dst: bool = False) -> datetime:
        """pytz: a naive wall time in this zone."""
        if value.tzinfo is not None:
            raise ValueError("Not naive datetime (tzinfo is already set)")
        return value.replace(tzinfo=self, fold=0)

    def normalize(self, value: datetime, is_dst: bool = False) -> datetime:
        """pytz: the same moment in this zone."""
        return value.astimezone(self)

    def convert(self, value: datetime) -> datetime:
        """pendulum: the same moment in this zone; a naive time is taken as wall time of it."""
        return value.replace(tzinfo=self) if value.tzinfo is None else value.astimezone(self)


def zone_of(name: str) -> NamedZone:
    """An IANA zone. Raises ValueError when there is none of that name."""
    try:
        return NamedZone(name)
    except (OSError, KeyError, ValueError) as error:
        raise ValueError(f"unknown time zone {name!r}") from error


def any_zone(value: object) -> tzinfo:
    """A zone from a name, an offset text, seconds, or a zone. Raises ValueError, TypeError."""
    if isinstance(value, tzinfo):
        return value
    if isinstance(value, bool):
        raise TypeError("a truth value is no time zone")
    if isinstance(value, int | float):
        return timezone(timedelta(seconds=value)) if abs(value) > 14 else timezone(timedelta(hours=value))
    if isinstance(value, str):
        if value.lower() in ("utc", "z"):
            return zone_of("UTC")
        offset = _OFFSET.match(value)
        if offset:
            span = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
            return timezone(span if offset[1] == "+" else -span)
        return zone_of(value)
    raise TypeError(f"no time zone: {value!r}")


def zone_name(zone: object) -> str | None:
    """The IANA name of a zone, `UTC` for the zero offset, None when there is none."""
    if isinstance(zone, ZoneInfo):
        return zone.key
    if zone is None or not isinstance(zone, tzinfo):
        return None
    return "UTC" if zone.utcoffset(None) == timedelta(0) else None
