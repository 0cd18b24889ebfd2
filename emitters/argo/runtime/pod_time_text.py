"""The tokens that pendulum's `format` writes a date-time with."""

from __future__ import annotations

import calendar
import re

from pod_zones import zone_name

TOKEN = re.compile(
    r"\[([^\]]*)\]|\\(?:.)|LTS|LT|LLLL|LLL|LL|L|YYYY|YY|Y|Qo|Q|MMMM|MMM|MM|Mo|M|DDDD|DDD|DD|Do|D|dddd|ddd|dd|do|d|E"
    r"|HH|H|hh|h|mm|m|ss|s|S{1,6}|A|a|X|x|zz|z|ZZ|Z|W{1,2}"
)
_LOCAL = {
    "LTS": "h:mm:ss A", "LT": "h:mm A", "L": "MM/DD/YYYY", "LL": "MMMM D, YYYY", "LLL": "MMMM D, YYYY h:mm A",
    "LLLL": "dddd, MMMM D, YYYY h:mm A",
}  # fmt: skip


def token_text(value, token):
    if token.startswith("\\"):
        return token[1:]
    if token in _LOCAL:
        return value.format(_LOCAL[token])
    if set(token) == {"S"}:
        return ("%06d" % value.microsecond)[: len(token)]
    found = _TOKENS.get(token)
    return found(value) if found else token


def _ordinal(number):
    if 10 <= number % 100 <= 20:
        return "%dth" % number
    return "%d%s" % (number, {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th"))


def _offset(value, colon):
    text = value.strftime("%z")[:5]
    return text[:3] + ":" + text[3:] if colon and text else text


_TOKENS = {
    "YYYY": lambda v: "%04d" % v.year,
    "YY": lambda v: "%04d" % v.year if v.year < 0 else ("%04d" % v.year)[2:],
    "Y": lambda v: str(v.year),
    "Q": lambda v: str(v.quarter),
    "Qo": lambda v: _ordinal(v.quarter),
    "MMMM": lambda v: calendar.month_name[v.month],
    "MMM": lambda v: calendar.month_abbr[v.month],
    "MM": lambda v: "%02d" % v.month,
    "Mo": lambda v: _ordinal(v.month),
    "M": lambda v: str(v.month),
    "DDDD": lambda v: "%03d" % v.day_of_year,
    "DDD": lambda v: str(v.day_of_year),
    "DD": lambda v: "%02d" % v.day,
    "Do": lambda v: _ordinal(v.day),
    "D": lambda v: str(v.day),
    "dddd": lambda v: calendar.day_name[v.weekday()],
    "ddd": lambda v: calendar.day_abbr[v.weekday()],
    "dd": lambda v: calendar.day_abbr[v.weekday()][:2],
    "d": lambda v: str(v.isoweekday() % 7),
    "do": lambda v: _ordinal(v.isoweekday() % 7),
    "E": lambda v: str(v.isoweekday()),
    "HH": lambda v: "%02d" % v.hour,
    "H": lambda v: str(v.hour),
    "hh": lambda v: "%02d" % (v.hour % 12 or 12),
    "h": lambda v: str(v.hour % 12 or 12),
    "mm": lambda v: "%02d" % v.minute,
    "m": lambda v: str(v.minute),
    "ss": lambda v: "%02d" % v.second,
    "s": lambda v: str(v.second),
    "A": lambda v: "AM" if v.hour < 12 else "PM",
    "X": lambda v: str(v.int_timestamp),
    "x": lambda v: str(int(v.timestamp() * 1000)),
    "z": lambda v: zone_name(v),
    "zz": lambda v: v.tzname() or "",
    "Z": lambda v: _offset(v, colon=True),
    "ZZ": lambda v: _offset(v, colon=False),
    "W": lambda v: str(v.isocalendar()[1]),
    "WW": lambda v: "%02d" % v.isocalendar()[1],
}
