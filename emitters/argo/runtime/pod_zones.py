"""Time zones: by name, by offset, and their names."""

from __future__ import annotations

import re
from datetime import timedelta, timezone, tzinfo


class _Utc(tzinfo):
    """UTC, with the names that code asks a zone for."""

    name = key = "UTC"

    def utcoffset(self, dt):
        return timedelta(0)

    def dst(self, dt):
        return timedelta(0)

    def tzname(self, dt):
        return "UTC"

    def fromutc(self, dt):
        return dt

    def __str__(self):
        return "UTC"

    def __repr__(self):
        return "Timezone('UTC')"

    def __eq__(self, other):
        return isinstance(other, _Utc) or other is timezone.utc

    def __hash__(self):
        return hash("UTC")

    def __reduce__(self):
        return (zone, ("UTC",))


UTC = _Utc()


def zone(name):
    """A time zone for an IANA name, an offset in seconds or hours, or a tzinfo."""
    if isinstance(name, tzinfo):
        return UTC if str(name) == "UTC" else name
    if isinstance(name, (int, float)):
        return timezone(timedelta(hours=name))
    if name in (None, "", "UTC", "utc", "Etc/UTC", "Z"):
        return UTC
    fixed = re.fullmatch(r"([+-])(\d\d):?(\d\d)", name)
    if fixed:
        seconds = int(fixed[2]) * 3600 + int(fixed[3]) * 60
        return timezone(timedelta(seconds=seconds if fixed[1] == "+" else -seconds))
    return _zone_class()(name)


def _zone_class():
    global _ZONE
    if _ZONE is None:
        import zoneinfo

        class Zone(zoneinfo.ZoneInfo):
            """A zone that also has a `name`."""

            @property
            def name(self):
                return self.key

            def __repr__(self):
                return f"Timezone('{self.key}')"

        _ZONE = Zone
    return _ZONE


_ZONE = None


def is_utc(tz):
    return str(tz) in ("UTC", "Etc/UTC", "UTC+00:00", "Timezone('UTC')", "tzutc()", "Z")


def zone_name(value):
    """Name of a date-time's zone: the IANA name, `UTC`, or the offset."""
    key = getattr(value.tzinfo, "key", None) or getattr(value.tzinfo, "name", None)
    if isinstance(key, str):
        return key
    if value.utcoffset() == timedelta(0):
        return "UTC"
    return value.strftime("%z")[:3] + ":" + value.strftime("%z")[3:5]
