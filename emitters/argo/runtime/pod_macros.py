"""The `macros` of templates."""

from __future__ import annotations

import contextlib
import json
import random
import time
import types
import uuid
from datetime import datetime, timedelta

import pod_time


def ds_add(ds, days):
    """A day `YYYY-MM-DD` plus a number of days."""
    if not days:
        return str(ds)
    return (datetime.strptime(str(ds), "%Y-%m-%d") + timedelta(days=days)).strftime("%Y-%m-%d")


def ds_format(ds, input_format, output_format):
    """A date text in another format."""
    return datetime.strptime(str(ds), input_format).strftime(output_format)


def datetime_diff_for_humans(dt, since=None):
    """`3 days ago`, or `3 days before` another time."""
    return pod_time.logical(dt).diff_for_humans(since)


def _ds_format_locale(ds, input_format, output_format, locale=None):
    from babel.dates import format_datetime

    return format_datetime(datetime.strptime(str(ds), input_format), format=output_format, locale=locale or "en_US")


def macros(_third_generation):
    """The namespace."""
    space = types.SimpleNamespace(
        ds_add=ds_add,
        ds_format=ds_format,
        ds_format_locale=_ds_format_locale,
        datetime_diff_for_humans=datetime_diff_for_humans,
        datetime=datetime,
        timedelta=timedelta,
        time=time,
        uuid=uuid,
        random=random.random,
        json=json,
    )
    for name in ("dateutil", "yaml"):
        with contextlib.suppress(ImportError):
            setattr(space, name, __import__(name))
    return space
