"""Time zones by the ids that Java's `ZoneId` takes: regions of the tz database and offsets (`+09:00`, `UTC+9`)."""

from __future__ import annotations

import re
from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

FIXED = re.compile(r"(UTC|GMT|UT|)([+-])(\d\d?|\d{4}|\d{6}|\d\d:\d\d|\d\d:\d\d:\d\d)")
LARGEST = 18 * 3600
NO_REGIONS = {"EST", "HST", "MST", "ROC", "Factory", "localtime", "posixrules"}
"""Names of the tz database that are no regions to Java."""
STEADY = {
    3.5: "Asia/Tehran", 4.5: "Asia/Kabul", 5.5: "Asia/Kolkata", 5.75: "Asia/Kathmandu", 6.5: "Asia/Yangon",
    8.75: "Australia/Eucla", 9.5: "Australia/Darwin", -9.5: "Pacific/Marquesas",
}  # fmt: skip
"""Regions that have one of the odd offsets, all the year."""


def zone_id(name: str) -> str:
    """The id that Java gives a zone (`UTC+9` is `UTC+09:00`). Raises ValueError for what is no zone."""
    if name in ("Z", "UTC", "GMT", "UT"):
        return name
    match = FIXED.fullmatch(name)
    if match is None:
        region(name)
        return name
    prefix, offset = match.group(1), _offset(match)
    return (prefix + offset_text(offset)) if offset else prefix or "Z"


def region(name: str) -> ZoneInfo:
    """A region of the tz database that Java knows, too. Raises ValueError."""
    if name in NO_REGIONS or name.startswith(("posix/", "right/")):
        raise ValueError(f"unknown time zone {name}")
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as error:
        raise ValueError(f"unknown time zone {name}") from error


def tzinfo_of(name: str) -> tzinfo:
    """The zone of an id. Raises ValueError."""
    if name in ("Z", "UTC", "GMT", "UT"):
        return timezone.utc
    match = FIXED.fullmatch(name)
    return region(name) if match is None else timezone(timedelta(seconds=_offset(match)))


def is_offset(name: str) -> bool:
    """Whether an id is an offset, no region."""
    return FIXED.fullmatch(name) is not None


def clock_zone(name: str) -> str:
    """The zone that `java.util.TimeZone` makes of an id: `UTC+09:00` and offsets with seconds are GMT to it."""
    return "UTC" if name.startswith("UT") or name.count(":") > 1 else name


def named(name: str) -> str | None:
    """A region of the tz database that is always the same as a zone; None if there is none."""
    if name in ("Z", "UTC", "UT"):
        return "UTC"
    match = FIXED.fullmatch(name)
    if match is None:
        return name
    hours = _offset(match) / 3600
    if hours == 0:
        return "UTC"
    if hours.is_integer() and -12 <= hours <= 14:
        return f"Etc/GMT{-hours:+.0f}"
    return STEADY.get(hours)


def offset_text(seconds: int) -> str:
    """`+09:00`, with seconds only where there are any."""
    rest = abs(seconds)
    text = f"{'-' if seconds < 0 else '+'}{rest // 3600:02}:{rest // 60 % 60:02}"
    return f"{text}:{rest % 60:02}" if rest % 60 else text


def _offset(match: re.Match[str]) -> int:
    digits = match.group(3).replace(":", "")
    digits = digits.zfill(2).ljust(6, "0")
    hours, minutes, seconds = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    total = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or total > LARGEST:
        raise ValueError(f"unknown time zone {match.group()}")
    return -total if match.group(2) == "-" else total
