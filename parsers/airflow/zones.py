"""Time zones and dates of evaluated values."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from parsers.airflow.evaluator.values import Value


def zone_name(zone: Any) -> str | None:
    """The IANA name of a zone; whole-hour offsets as `Etc/GMT-9` (inverted sign); None when it is none."""
    if zone is None:
        return None
    if isinstance(zone, str):
        return _known(zone)
    key = getattr(zone, "key", None)
    if isinstance(key, str):
        return key
    if zone is timezone.utc:
        return "UTC"
    if not isinstance(zone, tzinfo):
        return None  # whatever the source gives
    offset = zone.utcoffset(datetime(2024, 1, 1, tzinfo=timezone.utc).replace(tzinfo=None))
    if offset is None or offset == timedelta(0):
        return "UTC"
    hours, rest = divmod(int(offset.total_seconds()), 3600)
    return None if rest else f"Etc/GMT{-hours:+d}"


def _known(name: str) -> str | None:
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, KeyError):
        return None


def as_aware(value: datetime, zone: str = "UTC") -> datetime:
    """A naive date is taken in `zone`; UTC is the default of Airflow's `default_timezone`."""
    if value.tzinfo is not None:
        return value
    return value.replace(tzinfo=timezone.utc if zone == "UTC" else ZoneInfo(zone))


def parse_date(value: Value) -> datetime | None:
    """A start or end date: a datetime, or text in ISO form; None for anything else."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, str):
        text = value.strip().replace("Z", "+00:00").replace("/", "-")
        for candidate in (text, text.replace(" ", "T", 1)):
            try:
                return datetime.fromisoformat(candidate)
            except ValueError:
                continue
        for layout in ("%Y-%m-%d", "%Y%m%d", "%Y-%m-%d %H:%M", "%Y%m%dT%H%M%S", "%d-%m-%Y"):
            try:
                return datetime.strptime(text, layout)  # noqa: DTZ007  naive means UTC, see as_aware
            except ValueError:
                continue
    return None
