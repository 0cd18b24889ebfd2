"""Cron patterns of the source system to patterns that Argo's parser (robfig/cron) reads the same way.

What robfig has no word for (last day, n-th weekday, day of month and weekday together) becomes a pattern that fires too
often and a condition (`when`) over the present time (mapping 9).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from emitters.argo.expressions import quote
from migrate.ir.schedule import PRESETS

WEEKDAYS = {name: i for i, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
MONTHS = {
    name: i + 1
    for i, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"))
}
STAR = ("*", "?")


class NoPattern(ValueError):  # noqa: N818 - an outcome
    """Argo cannot fire like this; the argument says why."""


@dataclass(frozen=True)
class Fires:
    """When a workflow fires. patterns: five fields each. when: expression that must hold (empty: none).

    seconds: seconds that were dropped. changed: a pattern is written differently. superset: `when` filters ticks.
    """

    patterns: tuple[str, ...]
    when: str = ""
    seconds: int = 0
    changed: bool = False

    @property
    def superset(self) -> bool:
        """Whether the patterns fire too often."""
        return bool(self.when)


@dataclass
class _Days:
    """The day part of a pattern, taken apart."""

    any_day: bool
    any_weekday: bool
    days: set[int] = field(default_factory=set)
    last_day: bool = False
    weekdays: set[int] = field(default_factory=set)
    nth: list[tuple[int, int]] = field(default_factory=list)


def croniter_fires(pattern: str, zone: str) -> Fires:
    """A pattern in croniter's reading (Airflow). Raises NoPattern."""
    text = PRESETS.get(pattern.strip().lower(), pattern.strip())
    fields = text.split()
    seconds = 0
    if len(fields) in (6, 7):
        if not fields[5].isdigit():
            raise NoPattern("several seconds of a minute")
        if len(fields) == 7 and fields[6] != "*":
            raise NoPattern("years")
        seconds, fields = int(fields[5]), fields[:5]
    if len(fields) != 5:
        raise NoPattern(f"{len(fields)} fields")
    if re.search(r"\b[hHrR]\b|[hHrR]\(|\dW", " ".join(fields)):
        raise NoPattern("hashed or nearest-weekday fields")
    minute, hour = (_tidy(f, high) for f, high in zip(fields[:2], (59, 23), strict=True))
    month = _tidy(fields[3], 12, MONTHS)
    days = _days(fields[2], fields[4])
    if days.last_day or days.nth:
        day, weekday, when = _superset(days, zone)
    else:
        day, weekday, when = _tidy(fields[2], 31), _weekday_field(fields[4]), ""
        if day not in STAR and weekday not in STAR:
            day, weekday = _no_star(day, "1-31"), _no_star(weekday, "0-6")
    made = " ".join([minute, hour, day, month, weekday])
    return Fires((made,), when, seconds, made != " ".join(text.split()[:5]))


def cron4j_fires(pattern: str, zone: str) -> Fires:
    """A pattern in cron4j's reading (Digdag): day of month and weekday must both hold, `L` is the last day."""
    fields = pattern.split()
    if len(fields) != 5:
        raise NoPattern(f"{len(fields)} fields")
    minute, hour = (_tidy(f, high) for f, high in zip(fields[:2], (59, 23), strict=True))
    month = _tidy(fields[3], 12, MONTHS)
    days = _days(fields[2], fields[4])
    both = not days.any_day and not days.any_weekday
    if not both and not days.last_day:
        named, weekday = set() if days.any_day else set(days.days), _weekday_field(fields[4])
        passed = _passed_over(named)
        if passed and {2, 3} <= (months := _months(month)):
            rows = ((_list(named), _list(months - {3})), (_list(named - passed), "3"))
            return Fires(tuple(" ".join([minute, hour, d, m, weekday]) for d, m in rows), "", 0, True)
        made = " ".join([minute, hour, _tidy(fields[2], 31), month, weekday])
        when = _leap_clause(named, zone)
        return Fires((made,), when, 0, bool(when) or made != " ".join(fields))
    clauses = [" || ".join(_day_clauses(days, zone))]
    if both:
        clauses.append(f"int({_now(zone)}.Weekday()) in {sorted(days.weekdays)}")
    day = _list(days.days | (set(range(28, 32)) if days.last_day else set()))
    needed = clauses if days.last_day else clauses[1:]
    when = " && ".join(f"({c})" if " || " in c else c for c in needed)
    return Fires((" ".join([minute, hour, day, month, "*"]),), when, 0, True)


def _months(field: str) -> set[int]:
    return set(range(1, 13) if field == "*" else expand(field, 1, 12, MONTHS))


def _passed_over(days: set[int]) -> set[int]:
    """Days of March that cron4j passes over in every year: to it the 31st of February is the 3rd of March."""
    plain, leap = _passed(days, 28), _passed(days, 29)
    return plain if plain == leap else set()


def _passed(days: set[int], length: int) -> set[int]:
    beyond = [day for day in days if day > length]
    return {day for day in days if beyond and day < min(beyond) - length}


def _leap_clause(days: set[int], zone: str) -> str:
    """The condition without the days of March that are passed over in leap years, or in others, only."""
    plain, leap = _passed(days, 28), _passed(days, 29)
    if plain == leap:
        return ""
    now = _now(zone)
    tests = [
        f"int({now}.Day()) in {sorted(passed)} && {now}.Year() % 4 {sign} 0"
        for passed, sign in ((plain, "!="), (leap, "=="))
        if passed
    ]
    return f"!(int({now}.Month()) == 3 && ({' || '.join(tests)}))"


def merged(parts: list[Fires], zone: str) -> Fires:
    """Several patterns of one schedule. A condition of one must not hold back the others, so each condition is tied to
    its own pattern's minutes and hours where they differ; where that cannot be told, NoPattern is raised."""
    if len(parts) == 1:
        return parts[0]
    patterns = tuple(dict.fromkeys(p for f in parts for p in f.patterns))
    if not any(f.when for f in parts):
        return replace(parts[0], patterns=patterns, changed=any(f.changed for f in parts))
    clauses = []
    for part in parts:
        here = _fires_now(part.patterns[0], zone)
        clauses.append(f"({here} && ({part.when}))" if part.when else f"({here})")
    return Fires(patterns, " || ".join(clauses), parts[0].seconds, True)


def _fires_now(pattern: str, zone: str) -> str:
    """Whether the pattern fires at the present minute."""
    minute, hour, day, month, weekday = pattern.split()
    now = _now(zone)
    tests = []
    for text, call, low, high, names in (
        (minute, "Minute()", 0, 59, {}),
        (hour, "Hour()", 0, 23, {}),
        (day, "Day()", 1, 31, {}),
        (month, "Month()", 1, 12, MONTHS),
        (weekday, "Weekday()", 0, 6, WEEKDAYS),
    ):
        if text not in STAR:
            tests.append(f"int({now}.{call}) in {sorted(expand(text, low, high, names))}")
    return " && ".join(tests) or "true"


def expand(text: str, low: int, high: int, names: dict[str, int] | None = None) -> set[int]:
    """The numbers that a field stands for. Raises NoPattern."""
    names = names or {}
    found: set[int] = set()
    for part in text.lower().split(","):
        match = re.fullmatch(r"(\*|\?|\w+(?:-\w+)?)(?:/(\d+))?", part)
        if match is None:
            raise NoPattern(f"field `{text}`")
        body, step = match[1], int(match[2] or 1)
        if body in STAR:
            start, stop = low, high
        else:
            ends = [_value(x, names, text) for x in body.split("-")]
            start, stop = ends[0], ends[-1] if len(ends) == 2 else (high if match[2] else ends[0])
        if step == 0:
            raise NoPattern(f"field `{text}`")
        if start > stop:
            found.update(range(start, high + 1, step))
            start = low
        found.update(range(start, stop + 1, step))
    return found


def _value(text: str, names: dict[str, int], whole: str) -> int:
    if text in names:
        return names[text]
    if not text.isdigit():
        raise NoPattern(f"field `{whole}`")
    return int(text)


def _tidy(text: str, high: int, names: dict[str, int] | None = None) -> str:
    """A field as robfig reads it: no range that goes round, no step beyond the field."""
    low = 1 if high in (31, 12) else 0
    if re.search(r"\b(\w+)-(\w+)", text):
        for first, last in re.findall(r"\b(\w+)-(\w+)", text.lower()):
            ends = [(names or {}).get(x, int(x) if x.isdigit() else 0) for x in (first, last)]
            if ends[0] > ends[1]:
                return _list(expand(text, low, high, names))
    for step in re.findall(r"/(\d+)", text):
        if int(step) > high:
            return _list(expand(text, low, high, names))
    return text


def _weekday_field(text: str) -> str:
    """Weekday 7 is 0; ranges that reach it are split."""
    if text in STAR or not re.search(r"7|-", text):
        return text
    try:
        numbers = {n % 7 for n in expand(text, 0, 7, WEEKDAYS)} if "7" in text else expand(text, 0, 6, WEEKDAYS)
    except NoPattern:
        return text
    if "7" not in text and _tidy(text, 6, WEEKDAYS) == text:
        return text
    return "*" if numbers == set(range(7)) else _list(numbers)


def _no_star(text: str, whole: str) -> str:
    """`*/2` beside a restricted other day field: robfig would demand both, the source wants either."""
    return re.sub(r"(^|,)[*?]", rf"\g<1>{whole}", text)


def _list(numbers: set[int]) -> str:
    """Numbers as a field, runs of three and more as ranges."""
    out: list[str] = []
    run: list[int] = []
    for n in [*sorted(numbers), None]:
        if run and (n is None or n != run[-1] + 1):
            out += [f"{run[0]}-{run[-1]}"] if len(run) > 2 else list(map(str, run))
            run = []
        if n is not None:
            run.append(n)
    return ",".join(out)


def _days(day: str, weekday: str) -> _Days:
    found = _Days(day in STAR, weekday in STAR)
    if not found.any_day:
        parts = day.lower().split(",")
        found.last_day = "l" in parts
        rest = [p for p in parts if p != "l"]
        found.days = expand(",".join(rest), 1, 31) if rest else set()
    if not found.any_weekday:
        for part in weekday.lower().split(","):
            nth = re.fullmatch(r"(\w+)#(\d)", part)
            last = re.fullmatch(r"l(\w+)|(\w+)l", part)
            if nth:
                found.nth.append((_value(nth[1], WEEKDAYS, weekday) % 7, int(nth[2])))
            elif last and part not in WEEKDAYS:
                found.nth.append((_value(last[1] or last[2], WEEKDAYS, weekday) % 7, -1))
            else:
                found.weekdays |= {n % 7 for n in expand(part, 0, 7 if "7" in part else 6, WEEKDAYS)}
    return found


def _superset(days: _Days, zone: str) -> tuple[str, str, str]:
    """Day and weekday field that fire often enough, and the condition: either part may hold (croniter)."""
    clauses = [*_day_clauses(days, zone), *_weekday_clauses(days, zone)]
    when = " || ".join(f"({c})" if " && " in c and len(clauses) > 1 else c for c in clauses)
    if days.any_weekday:
        return _list(days.days | set(range(28, 32))), "*", when
    if days.any_day:
        return "*", _list(days.weekdays | {n for n, _ in days.nth}), when
    return "*", "*", when


def _day_clauses(days: _Days, zone: str) -> list[str]:
    now = _now(zone)
    out = [f"{now}.Day() in {sorted(days.days)}"] if days.days else []
    return [*out, f"{now}.AddDate(0, 0, 1).Day() == 1"] if days.last_day else out


def _weekday_clauses(days: _Days, zone: str) -> list[str]:
    now = _now(zone)
    out = [f"int({now}.Weekday()) in {sorted(days.weekdays)}"] if days.weekdays else []
    for weekday, place in days.nth:
        right = f"int({now}.Weekday()) == {weekday}"
        if place < 0:
            out.append(f"{right} && {now}.AddDate(0, 0, 7).Month() != {now}.Month()")
        else:
            out.append(f"{right} && int(({now}.Day() + 6) / 7) == {place}")
    return out


def _now(zone: str) -> str:
    return f"now().In(timezone({quote(zone)}))"
