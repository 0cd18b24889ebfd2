from __future__ import annotations

import functools
import json
import logging

from .config import Source

log = logging.getLogger(__name__)


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        print(f"@@ start={function.__name__}")
        try:
            return function(*args, **kwargs)
        finally:
            print(f"@@ end={function.__name__}")

    return wrapper


@logged
def extract_rows(source, rows, day, **context):
    log.info("rows %s", rows)
    print(f"@@ rows={source} {json.dumps(rows, ensure_ascii=False, sort_keys=True)} {day} {context['ds']}")
    return rows


class Loader:
    def __init__(self, source: Source, prefix="all"):
        self.source = source
        self.prefix = prefix

    def _say(self, what):
        print(f"@@ load={self.prefix}:{self.source.table}:{what}")

    def bulk(self, ti):
        rows = ti.xcom_pull(task_ids=f"{self.source.name}.extract")
        self._say(len(rows))
        return sum(r["price"] for r in rows)

    @logged
    def single(self, day, **_):
        self._say(day)


def summarize(counts):
    return ",".join(f"{k}={v}" for k, v in sorted(counts.items()))
