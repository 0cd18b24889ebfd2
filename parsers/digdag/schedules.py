"""Digdag's schedules: session times, run times, and their IR form.

Source of the rules: digdag-standards, `scheduler/*SchedulerFactory.java`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from migrate.ir import schedule as ir
from migrate.portable import cron4j
from migrate.portable.java_zones import clock_zone, named, tzinfo_of
from migrate.source import Span
from parsers.digdag.dig_yaml import DigMap
from parsers.digdag.errors import DigError

COMMON_KEYS = {"skip_on_overtime", "skip_delayed_by", "start", "end"}
DURATION = re.compile(r"\s*(?:(\d+)\s*(d|day|days|h|hour|hours|m|min|minute|minutes|s|sec|second|seconds))")
UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


class NoRegionError(Exception):
    """A schedule in a fixed offset that no region of the tz database has."""


@dataclass(frozen=True)
class DigSchedule:
    """A schedule. session: cron4j pattern of session times (None: every `every` seconds of the epoch). delay: seconds
    from session to run. start/end: bounds of the run time (aware; end excluded)."""

    kind: str
    command: Any
    zone: str
    session: str | None
    delay: int
    every: int = 0
    start: datetime | None = None
    end: datetime | None = None
    skip_on_overtime: bool = False
    skip_delayed_by: float | None = None
    unused: tuple[str, ...] = ()

    def pairs(self, after: datetime, count: int) -> list[tuple[datetime, datetime]]:
        """The next (session time, run time) pairs whose run time is at or after `after`, in UTC."""
        out: list[tuple[datetime, datetime]] = []
        base = after.replace(microsecond=0)
        last = base - timedelta(seconds=self.delay) - timedelta(seconds=1)
        while len(out) < count:
            session = self._next(last)
            if session is None:
                return out
            out.append((session, session + timedelta(seconds=self.delay)))
            last = session
        return out

    def _next(self, last: datetime) -> datetime | None:
        session = self._plain_next(last)
        run = session + timedelta(seconds=self.delay)
        if self.end is not None and self.end <= run:
            return None
        if self.start is not None and self.start > run:
            session = self._plain_next(self.start - timedelta(seconds=1))
        return session

    def _plain_next(self, last: datetime) -> datetime:
        if self.session is None:
            seconds = int(last.timestamp()) // self.every * self.every + self.every
            return datetime.fromtimestamp(seconds, tz=timezone.utc)
        return cron4j.next_time(cron4j.parse(self.session), last, tzinfo_of(self.clock))

    @property
    def clock(self) -> str:
        """The zone in which the pattern is read."""
        return clock_zone(self.zone)

    @property
    def run_cron(self) -> str | None:
        """The run times as one five-field cron in local time, where one can say them."""
        if self.session is None:
            return None
        minutes, hours = self.delay // 60 % 60, self.delay // 3600
        fields = self.session.split()
        if self.kind in ("daily", "weekly", "monthly"):
            return " ".join([str(minutes), str(hours), *fields[2:]]) if hours < 24 else None
        if self.kind == "hourly":
            return f"{minutes} * * * *" if self.delay < 3600 else None
        plain = "|" not in self.session and "L" not in fields[2].upper() and "*" in (fields[2], fields[4])
        return self.session if plain and self.delay == 0 else None

    def to_ir(self, text: str) -> ir.Cron | ir.Interval:
        """The IR schedule; its logical time is the session time. Raises NoRegionError."""
        clock = named(self.clock)
        if clock is None:
            raise NoRegionError(f"no region has the time of {self.zone}, and CronWorkflows want the name of one")
        bounds: dict[str, Any] = {
            "timezone": clock, "start": self.start, "end": self.end, "bounds": "fire", "catchup": True,
            "skip_if_running": self.skip_on_overtime, "skip_delayed_by": self.skip_delayed_by, "text": text,
        }  # fmt: skip
        if self.session is None:
            return ir.Interval(seconds=float(self.every), interval=ir.PointInterval(), **bounds)
        rule = ir.SessionInterval(session=self.session, delay=float(self.delay))
        return ir.Cron(patterns=tuple(self.session.split("|")), dialect="cron4j", interval=rule, **bounds)


def read_schedule(config: DigMap, zone: str) -> DigSchedule:
    """Reads a `schedule:` mapping. Raises DigError (stage schedule)."""
    span = config.span
    key = next((k for k in config if k.endswith(">")), None)
    if "_type" in config:
        kind, command = str(config["_type"]), config.get("_command", config.get("at"))
    elif key is not None:
        kind, command = key[:-1], config[key]
    else:
        raise DigError("schedule", "Schedule config requires 'type>: at' parameter", span)
    reader = KINDS.get(kind)
    if reader is None:
        raise DigError("schedule", f"Unknown scheduler type: {kind}", config.where(key or "_type"))
    where = config.where(key or "_type")
    session, delay, every = reader(command, config, where)
    start, end = _day(config, "start", zone, 0), _day(config, "end", zone, 1)
    if start is not None and end is not None and start >= end:
        raise DigError("schedule", "The schedule of end is earlier than start", config.where("end"))
    known = COMMON_KEYS | {key, "_type", "_command", "at"}
    return DigSchedule(
        kind=kind,
        command=command,
        zone=zone,
        session=session,
        delay=delay,
        every=every,
        start=start,
        end=end,
        skip_on_overtime=config.get("skip_on_overtime") in (True, "true"),
        skip_delayed_by=duration(config["skip_delayed_by"], config.where("skip_delayed_by"))
        if "skip_delayed_by" in config
        else None,
        unused=tuple(k for k in config if k not in known),
    )


Parts = tuple["str | None", int, int]
"""(session pattern, delay, every)"""


def _clock(text: str, kind: str, parts: int, span: Span) -> int:
    """Seconds of `HH:MM:SS` (three parts) or `MM:SS` (two)."""
    pieces = str(text).split(":")
    if len(pieces) != parts or not all(re.fullmatch(r"[-+]?\d+", p) for p in pieces):
        shape = "hh:mm:ss" if parts == 3 else "mm:ss"
        raise DigError("schedule", f"{kind} scheduler requires {shape} format: {text}", span)
    seconds = 0
    for piece in pieces:
        seconds = seconds * 60 + int(piece)
    return seconds


def _hourly(command: Any, config: DigMap, span: Span) -> Parts:
    return "0 * * * *", _clock(command, "hourly>", 2, span), 0


def _daily(command: Any, config: DigMap, span: Span) -> Parts:
    return "0 0 * * *", _clock(command, "daily>", 3, span), 0


def _with_day(kind: str, pattern: str) -> Callable[[Any, DigMap, Span], Parts]:
    def read(command: Any, config: DigMap, span: Span) -> Parts:
        day, comma, clock = str(command).partition(",")
        if kind == "weekly>":
            day, clock = day.strip(), clock.strip()
        if not comma or day.startswith("-") or (kind == "monthly>" and not re.fullmatch(r"\+?\d+", day)):
            raise DigError("schedule", f"{kind} scheduler requires day,hh:mm:ss format: {command}", span)
        session = pattern.format(int(day) if kind == "monthly>" else day)
        try:
            cron4j.parse(session)
        except cron4j.BadPatternError:
            raise DigError("schedule", f"{kind} scheduler requires day,hh:mm:ss format: {command}", span) from None
        return session, _clock(clock, kind, 3, span), 0

    return read


def _minutes(command: Any, config: DigMap, span: Span) -> Parts:
    return _checked(f"*/{_whole(command, 'minutes_interval>', span)} * * * *", span), 0, 0


def _seconds(command: Any, config: DigMap, span: Span) -> Parts:
    return None, 0, _whole(command, "seconds_interval>", span)


def _cron(command: Any, config: DigMap, span: Span) -> Parts:
    delay = config.get("delay", 0)
    if not re.fullmatch(r"[-+]?\d+", str(delay)):
        raise DigError("schedule", f"Expected integer for key 'delay' but got {delay}", config.where("delay"))
    return _checked(str(command), span), int(delay), 0


def _whole(value: Any, kind: str, span: Span) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"\d+", str(value)) or int(value) < 1:
        raise DigError("schedule", f"{kind} requires a positive number: {value}", span)
    return int(value)


def _checked(pattern: str, span: Span) -> str:
    try:
        cron4j.parse(pattern)
    except cron4j.BadPatternError as error:
        raise DigError("schedule", str(error), span) from None
    return pattern


KINDS: dict[str, Callable[[Any, DigMap, Span], Parts]] = {
    "hourly": _hourly,
    "daily": _daily,
    "weekly": _with_day("weekly>", "0 0 * * {}"),
    "monthly": _with_day("monthly>", "0 0 {} * *"),
    "minutes_interval": _minutes,
    "seconds_interval": _seconds,
    "cron": _cron,
}


def _day(config: DigMap, key: str, zone: str, add: int) -> datetime | None:
    if key not in config:
        return None
    try:
        day = date.fromisoformat(str(config[key])) + timedelta(days=add)
    except ValueError:
        raise DigError("schedule", f"Invalid {key}: {config[key]}", config.where(key)) from None
    return datetime.combine(day, time(), tzinfo=tzinfo_of(zone)).astimezone(timezone.utc)


def duration(value: Any, span: Span) -> float:
    """Seconds of a Digdag duration (`1d 2h 3m 4s`). Raises DigError."""
    text = str(value).strip()
    position, total = 0, 0
    while position < len(text):
        match = DURATION.match(text, position)
        if match is None:
            raise DigError("schedule", f"Invalid duration: {value}", span)
        total += int(match.group(1)) * UNITS[match.group(2)[0]]
        position = match.end()
    if not text:
        raise DigError("schedule", "Invalid duration: it is empty", span)
    return float(total)
