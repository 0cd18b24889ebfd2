"""Spans of time with pendulum's methods."""

from __future__ import annotations

from datetime import timedelta


class Duration(timedelta):
    """A time span; `in_days()` and friends are whole numbers, `total_days()` and friends are not."""

    @classmethod
    def of(cls, delta):
        """The same span with these methods."""
        return cls(days=delta.days, seconds=delta.seconds, microseconds=delta.microseconds)

    def total_minutes(self):
        return self.total_seconds() / 60

    def total_hours(self):
        return self.total_seconds() / 3600

    def total_days(self):
        return self.total_seconds() / 86400

    def total_weeks(self):
        return self.total_days() / 7

    def in_seconds(self):
        return int(self.total_seconds())

    def in_minutes(self):
        return int(self.total_minutes())

    def in_hours(self):
        return int(self.total_hours())

    def in_days(self):
        return int(self.total_days())

    def in_weeks(self):
        return int(self.total_weeks())

    @property
    def hours(self):
        return self.seconds // 3600

    @property
    def minutes(self):
        return self.seconds % 3600 // 60

    @property
    def remaining_seconds(self):
        return self.seconds % 60

    def as_timedelta(self):
        return timedelta(seconds=self.total_seconds())

    def __abs__(self):
        return Duration.of(timedelta(seconds=abs(self.total_seconds())))


class Interval(Duration):
    """The span between two moments: `in_days()` counts dates."""

    @classmethod
    def between(cls, start, end, delta):
        self = cls.of(delta)
        self.start, self.end = start, end
        return self

    def in_days(self):
        return self.end.toordinal() - self.start.toordinal()

    def in_weeks(self):
        days = self.in_days()
        return days // 7 if days >= 0 else -(-days // 7)

    def in_months(self):
        return int(self.total_days() / 30.4369)

    def in_years(self):
        return int(self.total_days() / 365.2425)

    def __abs__(self):
        return self if self.total_seconds() >= 0 else self.start - self.end

    def __repr__(self):
        return f"<Interval [{self.start} -> {self.end}]>"

    __str__ = __repr__
