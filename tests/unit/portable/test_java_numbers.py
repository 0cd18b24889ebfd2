"""Numbers as `Double.toString` prints them."""

from __future__ import annotations

import pytest

from migrate.portable.java_numbers import double_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"), (-0.0, "-0.0"), (1.5, "1.5"), (1000.0, "1000.0"), (0.001, "0.001"), (0.00012, "1.2E-4"),
        (9999999.5, "9999999.5"), (1e7, "1.0E7"), (-123456789.5, "-1.234567895E8"), (1e23, "1.0E23"),
        (float("inf"), "Infinity"), (float("-inf"), "-Infinity"), (float("nan"), "NaN"),
    ],
)  # fmt: skip
def test_double(value: float, text: str) -> None:
    assert double_text(value) == text
