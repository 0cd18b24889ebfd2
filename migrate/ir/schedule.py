"""When runs are made, and which time each run stands for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from typing import Literal as Lit

from pydantic import Field

from migrate.ir.base import Model

PRESETS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
"""Names of patterns that both sides know."""


class PeriodInterval(Model):
    """A run fires at the end of its period: interval = [previous tick, tick], logical time = its start."""

    kind: Lit["period"] = "period"


class PointInterval(Model):
    """Interval of length 0: start = end = logical time = fire time."""

    kind: Lit["point"] = "point"


class OffsetInterval(Model):
    """start = logical = fire time - seconds, end = fire time (trigger timetables with `interval`)."""

    kind: Lit["offset"] = "offset"
    seconds: float


class SessionInterval(Model):
    """The run stands for a session time; it fires `delay` real seconds after it.

    session: cron pattern of the session times (`0 0 * * *` for a daily schedule), in the schedule's zone.
    """

    kind: Lit["session"] = "session"
    session: str
    delay: float = 0


IntervalRule = Annotated[PeriodInterval | PointInterval | OffsetInterval | SessionInterval, Field(discriminator="kind")]


class _Bounds(Model):
    timezone: str = "UTC"
    start: datetime | None = None
    """Bounds the time that `bounds` names (aware)."""
    end: datetime | None = None
    bounds: Lit["logical", "fire"] = "logical"
    """What start and end bound: the logical time (end included) or the time of firing (end excluded)."""
    catchup: bool = False
    interval: IntervalRule = PointInterval()
    paused: bool = False
    skip_if_running: bool = False
    """A tick is dropped while an earlier run is active."""
    skip_delayed_by: float | None = None
    """Seconds after which a missed tick is dropped; None: not said by the source."""
    text: str = ""
    """The schedule as the source wrote it, for people."""


class Cron(_Bounds):
    """Cron patterns as the source wrote them (`dialect` says whose reading), before normalising for the target."""

    kind: Lit["cron"] = "cron"
    patterns: tuple[str, ...]
    dialect: Lit["croniter", "cron4j"] = "croniter"


class Interval(_Bounds):
    """A fixed distance between runs, counted from `start`. months/years for relativedelta."""

    kind: Lit["interval"] = "interval"
    seconds: float = 0
    months: int = 0


class Once(_Bounds):
    """One run, as soon as possible, for `start`."""

    kind: Lit["once"] = "once"


class Continuous(_Bounds):
    """A new run as soon as the last one is over."""

    kind: Lit["continuous"] = "continuous"


class OnData(_Bounds):
    """Runs when data sets / assets were updated; `names` in order; `cron` set for "data or time"."""

    kind: Lit["on-data"] = "on-data"
    names: tuple[str, ...] = ()
    expression: str = ""
    cron: tuple[str, ...] = ()


class UnknownSchedule(_Bounds):
    """A schedule that the front end could not read; a finding was filed."""

    kind: Lit["unknown"] = "unknown"
    why: str


Schedule = Annotated[Cron | Interval | Once | Continuous | OnData | UnknownSchedule, Field(discriminator="kind")]
