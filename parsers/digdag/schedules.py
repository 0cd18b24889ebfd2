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
from migrate.portable.digdag_duration import seconds_of
from migrate.portable.java_zones import clock_zone, named, tzinfo_of
from migrate.source import Span
from parsers.digdag.dig_yaml import DigMap
from parsers.digdag.errors import DigError
from parsers.digdag.tree import boolean

COMMON_KEYS = {"skip_on_overtime", "skip_delayed_by", "start", "end"}


class NoCronError(Exception):
    """A schedule that no CronWorkflow can stand for, with the reason."""


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
    broken: str = ""
    """Why Digdag never starts a run."""

    def pairs(self, after: datetime, count: int) -> list[tuple[datetime, datetime]]:
        """The next (session time, run time) pairs whose run time is at or after `after`, in UTC."""
        out: list[tuple[datetime, datetime]] = []
        base = after.replace(microsecond=0)
        last = base - timedelta(seconds=self.delay) - timedelta(seconds=1)
        while len(out) < count:
            try:
                session = self._next(last)
            except (ValueError, OverflowError):  # after the year 9999, or never
                return out
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
        """The IR schedule; its logical time is the session time. Raises NoCronError."""
        if self.broken:
            raise NoCronError(f"Digdag logs an error whenever a run is due, and starts none: {self.broken}")
        clock = named(self.clock)
        if clock is None:
            raise NoCronError(f"no region has the time of {self.zone}, and CronWorkflows want the name of one")
        bounds: dict[str, Any] = {
            "timezone": clock, "start": self.start, "end": self.end, "bounds": "fire", "catchup": True,
            "skip_if_running": self.skip_on_overtime, "skip_delayed_by": self.skip_delayed_by, "text": text,
        }  # fmt: skip
        if self.session is None and self.delay:
            raise NoCronError("runs that start some seconds after their session, every so many seconds")
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
    start, end = (None, None) if every else (_day(config, "start", zone, 0), _day(config, "end", zone, 1))
    if start is not None and end is not None and start >= end:
        raise DigError("schedule", "The schedule of end is earlier than start", config.where("end"))
    overtime, late, broken = _skipping(config)
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
        skip_on_overtime=overtime,
        skip_delayed_by=late,
        broken=broken,
        unused=tuple(k for k in config if k not in known),
    )


def _skipping(config: DigMap) -> tuple[bool, float | None, str]:
    """(`skip_on_overtime`, seconds of `skip_delayed_by`, what is wrong with them). Digdag looks at them only when a run
    is due."""
    try:
        overtime = boolean(config, "skip_on_overtime")
        given = config.get("skip_delayed_by")
        return overtime, None if given is None else float(seconds_of(given)), ""
    except (DigError, ValueError) as error:
        return False, None, str(error)


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
    return _checked(f"*/{_whole(command, 'minutes_interval>', span)} * * * *", span), _delay(config), 0


def _seconds(command: Any, config: DigMap, span: Span) -> Parts:
    return None, _delay(config), _whole(command, "seconds_interval>", span)


def _cron(command: Any, config: DigMap, span: Span) -> Parts:
    return _checked(str(command), span), _delay(config), 0


def _delay(config: DigMap) -> int:
    found = _integer(config.get("delay", 0))
    if found is None:
        raise DigError("schedule", f"Expected integer for key 'delay' but got {config['delay']}", config.where("delay"))
    return found


def _integer(value: Any) -> int | None:
    """An integer as Jackson reads it: also from text, and without the fraction of a number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"[-+]?\d{1,18}|", value.strip()):
        return int(value.strip() or 0)
    return None


def _whole(value: Any, kind: str, span: Span) -> int:
    found = _integer(value)
    if found is None or found < 1:
        raise DigError("schedule", f"{kind} requires a positive number: {value}", span)
    return found


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
    if config.get(key) is None:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", str(config[key])):
            raise ValueError
        day = date.fromisoformat(str(config[key])) + timedelta(days=add)
    except ValueError:
        raise DigError("schedule", f"Invalid {key}: {config[key]}", config.where(key)) from None
    return datetime.combine(day, time(), tzinfo=tzinfo_of(zone)).astimezone(timezone.utc)
