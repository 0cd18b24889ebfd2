"""Durations such as `1d 2h 3m 4s` (digdag-plugin-utils `Durations.java`): units in this order, each at most once."""

from __future__ import annotations

import re
from typing import Any

PATTERN = re.compile(
    r"\s*(?:(\d+)\s*d)?\s*(?:(\d+)\s*h)?\s*(?:(\d+)\s*m)?\s*(?:(\d+)\s*s)?\s*", re.IGNORECASE | re.ASCII
)
UNITS = (86400, 3600, 60, 1)


def seconds_of(value: Any) -> int:
    """The seconds of a duration. Raises ValueError for what is none."""
    match = PATTERN.fullmatch(value) if isinstance(value, str) else None
    if match is None or not any(match.groups()):
        raise ValueError(f"Invalid duration: {value}")
    return sum(int(number) * unit for number, unit in zip(match.groups(), UNITS, strict=True) if number)
