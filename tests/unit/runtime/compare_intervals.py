"""Compares `pod_interval` with Airflow's cron timetables; run by the Python of an Airflow environment.

argv: seed, count. Prints one line per difference, and `compared N` at the end.
"""

import random
import sys
import warnings

warnings.simplefilter("ignore")
import pendulum  # noqa: E402
import pod_time  # noqa: E402
from airflow.timetables.interval import CronDataIntervalTimetable  # noqa: E402
from pod_interval import Schedule  # noqa: E402

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe"]
PATTERNS = [
    "0 0 * * *", "30 2 * * *", "15 1 * * *", "0 * * * *", "*/20 * * * *", "0 */6 * * *", "5 4 * * 1-5", "0 12 1 * *",
    "0 0 1,15 * *", "0 0 13 * 5", "0 0 L * *", "0 9 * * 1#2", "30 1,2,3 * * *", "0 0 29 2 *", "0 3 * 3,10 0", "@weekly",
    "@monthly", "10-30/10 8-10 * * *", "0 22 * * SUN", "0 0 * JAN-MAR MON", "7 * * * 2", "0 0 31 * *",
]  # fmt: skip


def main(seed, count):
    chooser = random.Random(seed)
    compared = 0
    for _ in range(count):
        pattern, zone = chooser.choice(PATTERNS), chooser.choice(ZONES)
        moment = pendulum.from_timestamp(chooser.randrange(1577836800, 1767225600) // 60 * 60, tz="UTC")
        if chooser.random() < 0.5:
            change = chooser.choice(["2024-03-31T01:00", "2024-10-27T01:00", "2024-03-10T07:00", "2024-11-03T06:00"])
            moment = pendulum.parse(change).add(minutes=chooser.randrange(-3000, 3000))
        timetable = CronDataIntervalTimetable(pattern, pendulum.timezone(zone))
        expected = timetable.infer_manual_data_interval(run_after=moment)
        schedule = Schedule([pattern], zone)
        end = schedule.before(pod_time.parse(moment.isoformat()), inclusive=True)
        found = (schedule.before(end), end)
        compared += 1
        wanted = tuple(pod_time.parse(t.isoformat()) for t in (expected.start, expected.end))
        if wanted != found:
            print(pattern, zone, moment, "Airflow", *map(str, wanted), "runner", *map(str, found))
    print("compared", compared)


main(int(sys.argv[1]), int(sys.argv[2]))
