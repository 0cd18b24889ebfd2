"""pendulum's duration and its names of units."""

from __future__ import annotations

from datetime import datetime, timedelta

UNITS = ("second", "minute", "hour", "day", "week", "month", "year", "decade", "century")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Duration(timedelta):
    """A duration that keeps its years and months (30 days each month, 365 each year, as pendulum counts them)."""

    years: int
    months: int

    def __new__(
        cls,
        days: float = 0,
        seconds: float = 0,
        microseconds: float = 0,
        milliseconds: float = 0,
        minutes: float = 0,
        hours: float = 0,
        weeks: float = 0,
        years: int = 0,
        months: int = 0,
    ) -> Duration:
        whole = super().__new__(
            cls, days + years * 365 + months * 30, seconds, microseconds, milliseconds, minutes, hours, weeks
        )
        whole.years = years
        whole.months = months
        return whole

    def in_weeks(self) -> int:
        """Whole weeks."""
        return int(self.total_seconds() // 604800)

    def in_days(self) -> int:
        """Whole days."""
        return int(self.total_seconds() / 86400)

    def in_hours(self) -> int:
        """Whole hours."""
        return int(self.total_seconds() / 3600)

    def in_minutes(self) -> int:
        """Whole minutes."""
        return int(self.total_seconds() / 60)

    def in_seconds(self) -> int:
        """Whole seconds."""
        return int(self.total_seconds())

    def total_minutes(self) -> float:
        """Minutes with fraction."""
        return self.total_seconds() / 60

    def total_hours(self) -> float:
        """Hours with fraction."""
        return self.total_seconds() / 3600

    def total_days(self) -> float:
        """Days with fraction."""
        return self.total_seconds() / 86400

    def total_weeks(self) -> float:
        """Weeks with fraction."""
        return self.total_seconds() / 604800

    @property
    def hours(self) -> int:
        """Hours beside the whole days."""
        return self.seconds // 3600

    @property
    def minutes(self) -> int:
        """Minutes beside the whole hours."""
        return self.seconds // 60 % 60

    @property
    def remaining_seconds(self) -> int:
        """Seconds beside the whole minutes."""
        return self.seconds % 60

    def as_timedelta(self) -> timedelta:
        """The same length as a timedelta."""
        return timedelta(seconds=self.total_seconds())


class Interval(Duration):
    """The time between two moments."""

    start: datetime
    end: datetime

    @classmethod
    def between(cls, start: datetime, end: datetime, gap: timedelta) -> Interval:
        """The interval of a known length."""
        made = cls(days=gap.days, seconds=gap.seconds, microseconds=gap.microseconds)
        assert isinstance(made, Interval)
        made.start, made.end = start, end
        return made

    def in_months(self) -> int:
        """Whole months of the calendar."""
        low, high = sorted((self.start, self.end))
        months = (high.year - low.year) * 12 + high.month - low.month
        if (high.day, high.time()) < (low.day, low.time()):
            months -= 1
        return months if self.start <= self.end else -months

    def in_years(self) -> int:
        """Whole years of the calendar."""
        return int(self.in_months() / 12)
