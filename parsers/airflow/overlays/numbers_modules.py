"""`random`, `decimal`, `fractions`, `numbers`."""

from __future__ import annotations

import decimal
import fractions
import random
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.classes import PLAIN
from parsers.airflow.evaluator.values import Native, Value
from parsers.airflow.overlays.plain import (
    NOT_KNOWN,
    constants,
    lower,
    model_type,
    opaque_call,
    run_plain,
)
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


RANDOM_NAMES = (
    "random randint randrange choice choices sample shuffle uniform gauss normalvariate betavariate "
    "getrandbits triangular expovariate"
)


def _random(name: str, instance: bool) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        source = args[0].native if instance else interp.state.get("random")
        rest = list(args[1:] if instance else args)
        if source is None or any(isinstance(lower(a), NOT_KNOWN) for a in rest):
            return interp.unknown(f"`random.{name}` without a seed is different each time", site)
        if name in ("choice", "choices", "sample"):
            rest[0] = (
                lower(rest[0]) if isinstance(lower(rest[0]), str | list | tuple | range) else interp.items(rest[0])
            )
        return run_plain(interp, getattr(source, name), [lower(a) if not isinstance(a, list) else a for a in rest], {})

    return Native(f"random.{name}", call)


def _seed(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    value = lower(args[0] if args else kwargs.get("a"))
    if isinstance(value, str | int | float | bytes):
        interp.mark_stateful()
        interp.state["random"] = random.Random(value)  # noqa: S311
    else:
        interp.state.pop("random", None)
    return None


def _random_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    value = lower(args[1] if len(args) > 1 else kwargs.get("x"))
    if isinstance(value, str | int | float | bytes):
        args[0].native = random.Random(value)  # noqa: S311
    return None


@overlay("random")
def random_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """random: real numbers after a known seed, else not known."""
    cls = make_class(
        "Random",
        "random.Random",
        (),
        {"__init__": Native("Random.__init__", _random_init), **{n: _random(n, True) for n in RANDOM_NAMES.split()}},
    )
    return {**{n: _random(n, False) for n in RANDOM_NAMES.split()}, "seed": Native("random.seed", _seed), "Random": cls}


DECIMAL = model_type(
    decimal.Decimal,
    "decimal.Decimal",
    methods="quantize to_integral_value as_tuple is_nan is_zero normalize sqrt copy_abs compare is_finite is_infinite",
)
FRACTION = model_type(
    fractions.Fraction, "fractions.Fraction", methods="limit_denominator", attributes="numerator denominator"
)


@overlay("decimal", "fractions", "numbers")
def numbers_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """decimal, fractions, numbers."""
    if name == "fractions":
        return {"Fraction": FRACTION}
    if name == "numbers":
        return {
            "Number": (PLAIN[int], PLAIN[float], DECIMAL),
            "Integral": PLAIN[int],
            "Real": (PLAIN[int], PLAIN[float]),
        }
    rounding = "ROUND_HALF_UP ROUND_HALF_EVEN ROUND_DOWN ROUND_UP ROUND_CEILING ROUND_FLOOR ROUND_HALF_DOWN"
    return {
        "Decimal": DECIMAL,
        **constants(decimal, rounding),
        "InvalidOperation": interp.error("ArithmeticError").value.cls,
        "getcontext": opaque_call("decimal.getcontext", "is not modelled"),
    }
