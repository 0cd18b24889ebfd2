"""Numbers as Java prints them."""

from __future__ import annotations

import math
from decimal import Decimal


def double_text(value: float) -> str:
    """A number as `Double.toString` has it: 1.5, 1000.0, 1.0E20."""
    if not math.isfinite(value):
        return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return f"{value:.1f}" if value == int(value) else repr(value)
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    figures = "".join(map(str, digits))
    return f"{'-' if sign else ''}{figures[0]}.{figures[1:] or '0'}E{len(figures) - 1 + int(exponent)}"
