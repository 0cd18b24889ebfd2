"""Modules that are modelled by their own pure functions: math, textwrap, fnmatch, urllib.parse, html, shlex, base64
..."""

from __future__ import annotations

import base64
import binascii
import calendar
import cmath
import colorsys
import difflib
import fnmatch
import html
import keyword
import math
import shlex
import statistics
import string
import struct
import textwrap
import unicodedata
import urllib.parse
import zlib
from types import ModuleType
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.classes import EXCEPTIONS
from parsers.airflow.evaluator.values import Native, Value
from parsers.airflow.overlays.plain import constants, error_class, pure, pures
from parsers.airflow.overlays.registry import overlay, register_methods

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

FUNCTIONS: dict[ModuleType, str] = {
    math: "acos asin atan atan2 ceil copysign cos cosh degrees dist erf exp expm1 fabs floor fmod frexp fsum gcd "
    "hypot isclose isfinite isinf isnan isqrt lcm ldexp log log10 log1p log2 modf pow prod radians remainder sin sinh "
    "sqrt tan tanh trunc",
    cmath: "sqrt exp phase polar rect",
    textwrap: "dedent fill shorten wrap",
    fnmatch: "fnmatch fnmatchcase filter translate",
    urllib.parse: "quote quote_plus unquote unquote_plus unquote_to_bytes urlencode urljoin urlparse urlsplit "
    "urlunparse urlunsplit parse_qs parse_qsl urldefrag",
    html: "escape unescape",
    shlex: "quote split join",
    base64: "b64encode b64decode urlsafe_b64encode urlsafe_b64decode standard_b64encode standard_b64decode b32encode "
    "b32decode b16encode b16decode b85encode b85decode",
    binascii: "hexlify unhexlify crc32 b2a_hex a2b_hex",
    calendar: "isleap leapdays monthrange weekday monthcalendar timegm",
    statistics: "mean fmean median median_low median_high mode multimode stdev pstdev variance pvariance harmonic_mean "
    "geometric_mean quantiles",
    unicodedata: "normalize category name lookup combining",
    zlib: "crc32 adler32",
    difflib: "get_close_matches",
    keyword: "iskeyword",
    colorsys: "rgb_to_hsv hsv_to_rgb",
}
CONSTANTS: dict[ModuleType, str] = {
    math: "pi e tau inf nan",
    calendar: "MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY",
    string: "ascii_letters ascii_lowercase ascii_uppercase digits hexdigits octdigits punctuation printable whitespace",
}


def _named(module: ModuleType) -> dict[str, Value]:
    attrs: dict[str, Value] = dict(pures(module, FUNCTIONS.get(module, "")))
    attrs.update(constants(module, CONSTANTS.get(module, "")))
    return attrs


@overlay(*(m.__name__ for m in FUNCTIONS if m not in (math, calendar, textwrap)))
def plain_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """Any module that is no more than its functions."""
    return _named(next(m for m in FUNCTIONS if m.__name__ == name))


@overlay("math")
def math_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """math, with the functions that can explode bounded."""

    def bounded(function: str) -> Native:
        def apply(*args: int) -> int:
            if any(a > 2_000 for a in args):
                raise ValueError(f"math.{function} of a number above 2000 is not evaluated")
            result: int = getattr(math, function)(*args)
            return result

        return pure(f"math.{function}", apply)

    return {**_named(math), **{f: bounded(f) for f in ("factorial", "comb", "perm")}}


@overlay("struct")
def struct_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """struct, for formats of a bounded size."""

    def bounded(function: str) -> Native:
        def apply(layout: str | bytes, *args: Any) -> Any:
            interp.meter.check_text(struct.calcsize(layout), f"struct.{function}")
            return getattr(struct, function)(layout, *args)

        return pure(f"struct.{function}", apply)

    error = error_class(struct.error, "struct.error", EXCEPTIONS["Exception"])
    functions = ("pack", "unpack", "unpack_from", "calcsize")
    return {**{f: bounded(f) for f in functions}, "error": error}


@overlay("textwrap")
def textwrap_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """textwrap; `indent` takes a predicate."""

    def indent(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: object) -> Value:
        predicate = kwargs.pop("predicate", args[2] if len(args) > 2 else None)
        if predicate is None:
            return plain.call(interp, args[:2], kwargs, None)

        def test(line: str) -> bool:
            return interp.truth(interp.call(predicate, [line]))

        text = kwargs.get("text", args[0] if args else None)
        prefix = kwargs.get("prefix", args[1] if len(args) > 1 else None)
        return pure("textwrap.indent", lambda t, p: textwrap.indent(t, p, test)).call(interp, [text, prefix], {}, None)

    plain = pure("textwrap.indent", textwrap.indent)
    return {**_named(textwrap), "indent": Native("textwrap.indent", indent)}


@overlay("calendar")
def calendar_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """calendar: functions, and the names of days and months as lists."""
    names = {n: list(getattr(calendar, n)) for n in ("day_name", "day_abbr", "month_name", "month_abbr")}
    return {**_named(calendar), **names}


for _type in (
    urllib.parse.ParseResult, urllib.parse.SplitResult, urllib.parse.ParseResultBytes, urllib.parse.DefragResult,
):  # fmt: skip
    register_methods(
        _type,
        {"geturl", "_replace", "_asdict"},
        {"scheme", "netloc", "path", "params", "query", "fragment", "username", "password", "hostname", "port", "url"},
    )
