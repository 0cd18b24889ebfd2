"""cron4j's patterns, and times around clock changes."""

from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest

from migrate.portable.cron4j import BadPatternError, next_time, parse

UTC = timezone.utc


def times(pattern: str, start: str, zone: str, count: int) -> list[str]:
    """The next matching times in UTC."""
    found, at = [], datetime.fromisoformat(start)
    for _ in range(count):
        at = next_time(parse(pattern), at, ZoneInfo(zone))
        found.append(at.strftime("%m-%dT%H:%M"))
    return found


@pytest.mark.parametrize(
    ("pattern", "zone", "wanted"),
    [
        ("0 3 13 * Fri", "UTC", ["03-13T03:00", "11-13T03:00"]),
        ("0 3 L * *", "UTC", ["03-31T03:00", "04-30T03:00"]),
        ("0 5 * * *|8 10 * * *", "UTC", ["03-01T05:00", "03-01T10:08"]),
        ("*/90 * * * *", "UTC", ["03-01T01:00", "03-01T02:00"]),
        ("0 0 * * 7", "UTC", ["03-08T00:00", "03-15T00:00"]),
        ("0 22-2 * * *", "UTC", ["03-01T01:00", "03-01T02:00"]),
        ("0 0 * * *", "America/New_York", ["03-01T05:00", "03-02T05:00"]),
    ],
)
def test_next_times(pattern: str, zone: str, wanted: list[str]) -> None:
    assert times(pattern, "2026-03-01T00:00:00+00:00", zone, 2) == wanted


def test_a_skipped_local_time_moves_forward() -> None:
    assert times("30 2 * * *", "2026-03-07T12:00:00+00:00", "America/New_York", 2) == ["03-08T07:30", "03-09T06:30"]


def test_a_local_time_that_exists_twice_is_the_later_one() -> None:
    assert times("30 1 * * *", "2026-10-31T12:00:00+00:00", "America/New_York", 1) == ["11-01T06:30"]


@pytest.mark.parametrize("pattern", ["@daily", "* * * *", "0 0 0 * * *", "60 * * * *", "a * * * *", "*/0 * * * *", ""])
def test_refused(pattern: str) -> None:
    with pytest.raises(BadPatternError):
        parse(pattern)


def test_never_matching() -> None:
    with pytest.raises(BadPatternError):
        next_time(parse("0 0 31 2 *"), datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo("UTC"))
