from __future__ import annotations

import logging
from functools import lru_cache

from .. import REGION
from ..settings import Mode, Settings
from ._util import timed

log = logging.getLogger(__name__)


@lru_cache(maxsize=None)
def prefix(region=REGION):
    return region.upper() + "-"


@timed("load")
def load(settings: Settings, ds: str, limit: int = 10, **context):
    """Loads."""
    kind = "everything" if settings.mode is Mode.FULL else "changes"
    print(f"@@ load={prefix()}{settings.key} {kind} {ds} {limit} {load.__name__}")
    return {"table": settings.tables[0], "rows": limit * 2}


class Loader:
    """Keeps settings."""

    retries = 2

    def __init__(self, settings):
        self.settings = settings

    def run(self, ti, **_):
        print(f"@@ run={self.settings.key} {self.retries} {type(self).__name__} {ti.task_id}")
        return self.finish(self.settings)

    @staticmethod
    def finish(settings):
        from .._late import late

        return late(settings.name)
