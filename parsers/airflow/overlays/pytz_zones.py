"""pytz: its zones are IANA zones with `localize` and `normalize`."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING

from parsers.airflow.evaluator.values import Value
from parsers.airflow.overlays.plain import pure
from parsers.airflow.overlays.registry import make_class, overlay
from parsers.airflow.overlays.zones import zone_of

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


@overlay("pytz", "pytz.exceptions")
def pytz_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """timezone, utc, FixedOffset, all_timezones."""
    key_error = interp.error("KeyError").value.cls
    missing = make_class("UnknownTimeZoneError", "pytz.UnknownTimeZoneError", (key_error,))

    def timezone(key: str) -> dt.tzinfo:
        try:
            return zone_of(key)
        except ValueError:
            raise interp.raised(missing, key) from None

    names = sorted(zoneinfo.available_timezones())
    return {
        "timezone": pure("pytz.timezone", timezone),
        "utc": zone_of("UTC"),
        "UTC": zone_of("UTC"),
        "FixedOffset": pure("pytz.FixedOffset", lambda minutes: dt.timezone(dt.timedelta(minutes=minutes))),
        "all_timezones": names,
        "common_timezones": names,
        "UnknownTimeZoneError": missing,
    }
