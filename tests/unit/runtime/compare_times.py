"""Compares `pod_time` with pendulum; run by the Python of an environment that has both (see test_golden.py).

Prints one line per difference, and `compared N` at the end.
"""

import random
import sys
from datetime import timedelta

import pendulum
import pod_time

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Asia/Kolkata", "Australia/Lord_Howe"]
CALLS = [
    ("str", lambda d: str(d)),
    ("iso", lambda d: d.isoformat()),
    ("date", lambda d: d.to_date_string()),
    ("datetime", lambda d: d.to_datetime_string()),
    ("time", lambda d: d.to_time_string()),
    ("iso8601", lambda d: d.to_iso8601_string()),
    ("day_datetime", lambda d: d.to_day_datetime_string()),
    ("formatted_date", lambda d: d.to_formatted_date_string()),
    ("rfc822", lambda d: d.to_rfc822_string()),
    ("rfc2822", lambda d: d.to_rfc2822_string()),
    ("atom", lambda d: d.to_atom_string()),
    (
        "facts",
        lambda d: (int(d.day_of_week), d.day_of_year, d.week_of_year, d.quarter, d.days_in_month, d.week_of_month),
    ),
    ("stamp", lambda d: (d.int_timestamp, d.offset, d.timezone_name)),
    ("add days", lambda d: str(d.add(days=40))),
    ("add hours", lambda d: str(d.add(hours=30, minutes=5))),
    ("add months", lambda d: str(d.add(months=13, days=-2))),
    ("add years", lambda d: str(d.subtract(years=3, weeks=2))),
    ("plus", lambda d: str(d + timedelta(days=3, hours=5))),
    ("minus", lambda d: str(d - timedelta(days=200, minutes=1))),
    ("zone", lambda d: str(d.in_timezone("America/New_York"))),
    ("zone utc", lambda d: str(d.in_tz("UTC"))),
    ("diff", lambda d: ((d - d.subtract(days=9, hours=3)).in_days(), (d.add(hours=50) - d).in_hours())),
    ("total", lambda d: (d.add(days=2) - d).total_seconds()),
    ("replace", lambda d: str(d.replace(day=1, hour=3))),
    ("strftime", lambda d: d.strftime("%Y/%m/%d %H:%M:%S %j %a %B %z")),
    ("plus far", lambda d: str(d + timedelta(days=200, hours=1))),
    ("interval", lambda d: (str(d - d.subtract(days=40)), (d - d.add(days=3, hours=9)).in_days())),
    ("plain date", lambda d: str(d.date())),
    ("next", lambda d: str(d.next())),
    ("previous", lambda d: str(d.previous())),
    ("last of", lambda d: str(d.last_of("month"))),
    ("first of", lambda d: str(d.first_of("month"))),
    ("f-string", lambda d: f"{d:%Y%m%d}|{d}|{d:YYYY-MM}"),
]
CALLS += [(f"start {u}", lambda d, u=u: str(d.start_of(u))) for u in pod_time._UNITS]
CALLS += [(f"end {u}", lambda d, u=u: str(d.end_of(u))) for u in pod_time._UNITS]
CALLS += [
    (f"format {t}", lambda d, t=t: d.format(t))
    for t in (
        "YYYY-MM-DD HH:mm:ss", "dddd Do MMMM YYYY", "ddd D MMM YY h:mm A", "[on] DDDD Q", "X", "ZZ Z", "SSS", "E d", "x",
        "L LT", "LLLL", "zz", "hh:mm a", "YYYYMMDDTHHmmss", "M/D/YY",
    )
]  # fmt: skip


def main(seed, count):
    chooser = random.Random(seed)
    compared = 0
    for _ in range(count):
        stamp = chooser.randrange(946684800, 1893456000)
        zone = chooser.choice(ZONES)
        theirs = pendulum.from_timestamp(stamp, tz=zone)
        ours = pod_time.parse(theirs.isoformat()).in_timezone(zone)
        for name, call in CALLS:
            expected, found = attempt(call, theirs), attempt(call, ours)
            compared += 1
            if expected != found:
                print(f"{theirs.isoformat()} {zone} {name}: pendulum {expected!r}, pod_time {found!r}")
    print("compared", compared)


def attempt(call, value):
    try:
        return call(value)
    except Exception as error:
        return type(error).__name__


main(int(sys.argv[1]), int(sys.argv[2]))
