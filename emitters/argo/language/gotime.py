"""Go's time values, as far as our expressions use them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

UTC = dt.timezone.utc
_LAYOUT = {
    "2006": "%Y", "01": "%m", "02": "%d", "15": "%H", "04": "%M", "05": "%S", "06": "%y", "Jan": "%b", "January": "%B",
    "Mon": "%a", "Monday": "%A", "002": "%j", "PM": "%p", "03": "%I", "MST": "%Z",
}  # fmt: skip
_TOKENS = re.compile(r"2006|January|Jan|Monday|Mon|MST|-07:00|-0700|Z07:00|002|01|02|03|04|05|06|15|PM|_2|[1-5]")
_ZERO = dt.datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, order=True)
class GoTime:
    """A moment shown in a zone."""

    moment: dt.datetime

    def In(self, zone: ZoneInfo) -> GoTime:  # noqa: N802 - Go's names
        """The same moment in another zone."""
        return GoTime(self.moment.astimezone(zone))

    def UTC(self) -> GoTime:  # noqa: N802
        """The same moment in UTC."""
        return GoTime(self.moment.astimezone(UTC))

    def Unix(self) -> int:  # noqa: N802
        """Seconds of the epoch."""
        return int(self.moment.timestamp())

    def Year(self) -> int:  # noqa: N802
        """Year by the wall clock."""
        return self.moment.year

    def Month(self) -> int:  # noqa: N802
        """Month by the wall clock."""
        return self.moment.month

    def Day(self) -> int:  # noqa: N802
        """Day of the month by the wall clock."""
        return self.moment.day

    def Hour(self) -> int:  # noqa: N802
        """Hour by the wall clock."""
        return self.moment.hour

    def Minute(self) -> int:  # noqa: N802
        """Minute by the wall clock."""
        return self.moment.minute

    def Weekday(self) -> int:  # noqa: N802
        """0 is Sunday."""
        return (self.moment.weekday() + 1) % 7

    def Add(self, distance: dt.timedelta) -> GoTime:  # noqa: N802
        """Real time later."""
        zone = self.moment.tzinfo
        return GoTime((self.moment.astimezone(UTC) + distance).astimezone(zone))

    def AddDate(self, years: int, months: int, days: int) -> GoTime:  # noqa: N802
        """Calendar arithmetic on the wall clock; overflowing days run into the next month."""
        wall = self.moment.replace(tzinfo=None)
        month = wall.month - 1 + months
        first = wall.replace(year=wall.year + years + month // 12, month=month % 12 + 1, day=1)
        later = first + dt.timedelta(days=wall.day - 1 + days)
        return GoTime(_local(later, self.moment.tzinfo))

    def Truncate(self, distance: dt.timedelta) -> GoTime:  # noqa: N802
        """The last multiple of the distance since the zero time (a Monday), in real time."""
        passed = self.moment.astimezone(UTC) - _ZERO
        return GoTime((_ZERO + passed // distance * distance).astimezone(self.moment.tzinfo))

    def Format(self, layout: str) -> str:  # noqa: N802
        """The text of a layout."""

        def piece(match: re.Match[str]) -> str:
            word = match[0]
            if word in _LAYOUT:
                return self.moment.strftime(_LAYOUT[word]).zfill(4 if word == "2006" else 0)
            offset = self.moment.strftime("%z")
            if word == "-0700":
                return offset
            if word in ("-07:00", "Z07:00"):
                return "Z" if word[0] == "Z" and offset == "+0000" else f"{offset[:3]}:{offset[3:]}"
            return {"_2": f"{self.moment.day:2d}", "2": str(self.moment.day), "1": str(self.moment.month)}.get(
                word, word
            )

        return _TOKENS.sub(piece, layout)


def _local(wall: dt.datetime, zone: dt.tzinfo | None) -> dt.datetime:
    """A wall-clock time in a zone, as Go reads it: one that a clock change skips is taken with the offset before."""
    made = wall.replace(tzinfo=zone)
    return made.astimezone(UTC).astimezone(zone)


def date(text: str, layout: str | None = None, zone: str | None = None) -> GoTime:
    """expr-lang's `date`. Raises ValueError."""
    if layout is None:
        found = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
        return GoTime(found if found.tzinfo else found.replace(tzinfo=UTC))
    pattern = _TOKENS.sub(lambda m: _LAYOUT.get(m[0], m[0]), layout)
    wall = dt.datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone follows
    return GoTime(_local(wall, ZoneInfo(zone) if zone else UTC))


def duration(text: str) -> dt.timedelta:
    """expr-lang's `duration`. Raises ValueError."""
    match = re.fullmatch(r"(-?)((?:\d+(?:\.\d+)?(?:h|m|s|ms))+)", text)
    if match is None:
        raise ValueError(f"no duration: {text}")
    sizes = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
    seconds = sum(float(n) * sizes[unit] for n, unit in re.findall(r"(\d+(?:\.\d+)?)(ms|h|m|s)", match[2]))
    return dt.timedelta(seconds=-seconds if match[1] else seconds)
