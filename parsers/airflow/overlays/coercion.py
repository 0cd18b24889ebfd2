"""Values made to fit annotations, as pydantic's lax mode does for plain data and nested models."""

from __future__ import annotations

import datetime as dt
import decimal
import re
import uuid
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.classes import OBJECT, OTHERS, PLAIN
from parsers.airflow.evaluator.errors import Raised
from parsers.airflow.evaluator.values import ClassValue, Instance, Symbolic, Unknown, Value
from parsers.airflow.overlays import clock, enum_module, pathlib_module, pendulum_parse
from parsers.airflow.overlays.dataclasses_module import is_data_class
from parsers.airflow.overlays.digests import UUID
from parsers.airflow.overlays.numbers_modules import DECIMAL
from parsers.airflow.overlays.plain import NOT_KNOWN, lower, run_plain
from parsers.airflow.overlays.pydantic_constraints import MisfitError, before, part
from parsers.airflow.overlays.typing_module import args_of, origin_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from parsers.airflow.evaluator.interpreter import Interpreter

_TRUE = frozenset(("true", "t", "yes", "y", "on", "1"))
_FALSE = frozenset(("false", "f", "no", "n", "off", "0"))
_COLLECTIONS: dict[ClassValue, type] = {PLAIN[t]: t for t in (list, set, frozenset, tuple)}
_ABSTRACT = {
    "Sequence": list,
    "Iterable": list,
    "Collection": list,
    "MutableSequence": list,
    "Set": set,
    "AbstractSet": set,
}
_MAPPINGS = frozenset(("dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict"))


def _bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _TRUE:
        return True
    if isinstance(value, str) and value.lower() in _FALSE:
        return False
    if isinstance(value, int | float) and value in (0, 1):
        return bool(value)
    raise MisfitError("value could not be parsed to a boolean")


def _int(value: Any) -> int:
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float | decimal.Decimal) and value == int(value):
        return int(value)
    if isinstance(value, str) and len(value) < 4000:
        return int(value.strip().replace("_", ""))
    raise MisfitError("value is not a valid integer")


def _float(value: Any) -> float:
    if isinstance(value, int | float | str | decimal.Decimal):
        return float(value)
    raise MisfitError("value is not a valid float")


def _str(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, int | float | decimal.Decimal) and not isinstance(value, bool):
        return str(value)
    raise MisfitError("str type expected")


def _datetime(value: Any) -> dt.datetime:
    if isinstance(value, dt.datetime):
        return value
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001
    if isinstance(value, str):
        return pendulum_parse.parse(value, tz=None).plain()  # type: ignore[no-any-return]
    if isinstance(value, int | float):
        return dt.datetime.fromtimestamp(value, dt.timezone.utc)
    raise MisfitError("invalid datetime")


def _date(value: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else _datetime(value).date()


def _timedelta(value: Any) -> dt.timedelta:
    if isinstance(value, dt.timedelta):
        return value
    if isinstance(value, int | float):
        return dt.timedelta(seconds=value)
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) and len(value) < 100 else None
    if found is None or not any(found.groups()):
        raise MisfitError("invalid duration")
    parts = {k: float(v) for k, v in found.groupdict().items() if v is not None and k != "sign"}
    total = dt.timedelta(**{k.rstrip("2"): v for k, v in parts.items()})
    return -total if found["sign"] == "-" else total


_DURATION = re.compile(
    r"(?P<sign>[+-])?(?:"
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>[\d.]+)S)?)?"
    r"|(?:(?P<days2>\d+)(?: days?,?)?[ ,]*)?(?:(?P<hours2>\d+):)?(?P<minutes2>\d+):(?P<seconds2>\d+(?:\.\d+)?)"
    r")"
)
"""ISO 8601, and `1 day 02:03:04`, as pydantic reads durations."""


_SCALARS: dict[ClassValue, Callable[[Any], Any]] = {
    PLAIN[bool]: _bool, PLAIN[int]: _int, PLAIN[float]: _float, PLAIN[str]: _str,
    PLAIN[bytes]: lambda v: v if isinstance(v, bytes) else _str(v).encode(),
    clock.DATETIME: _datetime, clock.DATE: _date, clock.TIMEDELTA: _timedelta,
    pathlib_module.PATH: lambda v: v if isinstance(v, PurePosixPath) else PurePosixPath(_str(v)),
    DECIMAL: lambda v: v if isinstance(v, decimal.Decimal) else decimal.Decimal(str(v)),
    UUID: lambda v: v if isinstance(v, uuid.UUID) else uuid.UUID(str(v)),
}  # fmt: skip


def fit(interp: Interpreter, annotation: Value, value: Value) -> Value:
    """`value` as `annotation` wants it; unknown values and unknown annotations leave it as it is. Raises
    MisfitError."""
    if isinstance(value, NOT_KNOWN):
        return value
    origin = origin_of(annotation)
    if origin is None or isinstance(annotation, Unknown | Symbolic):
        return value
    if isinstance(origin, str):
        return _fit_form(interp, origin, args_of(annotation), value)
    if origin in _SCALARS:
        return _scalar(interp, origin, value)
    if origin in _COLLECTIONS:
        return _collection(interp, _COLLECTIONS[origin], args_of(annotation), value)
    if origin.name in _ABSTRACT and origin.has_trait("abstract"):
        return _collection(interp, _ABSTRACT[origin.name], args_of(annotation), value)
    if origin.name in _MAPPINGS:
        return _mapping(interp, args_of(annotation), value)
    return _object(interp, origin, value)


def _scalar(interp: Interpreter, origin: ClassValue, value: Value) -> Value:
    if isinstance(value, Instance) and origin in value.cls.mro:
        return value
    plain = lower(value)
    if isinstance(plain, Instance):
        raise MisfitError(f"{origin.name} expected")
    try:
        return _SCALARS[origin](plain)
    except MisfitError:
        raise
    except (ValueError, TypeError, OverflowError, ArithmeticError) as error:
        raise MisfitError(str(error)) from None


def _collection(interp: Interpreter, kind: type, args: tuple[Value, ...], value: Value) -> Value:
    plain = lower(value)
    if isinstance(plain, str | bytes | dict) or not hasattr(plain, "__iter__") or isinstance(plain, ClassValue):
        raise MisfitError(f"value is not a valid {kind.__name__}")
    items = interp.items(value)
    if kind is tuple and args and args[-1] is not Ellipsis:
        if len(args) != len(items):
            raise MisfitError("wrong tuple length")
        return tuple(fit(interp, a, v) for a, v in zip(args, items, strict=True))
    inner = args[0] if args else None
    fitted = [fit(interp, inner, v) if args else v for v in items]
    return run_plain(interp, kind, (fitted,), {})


def _mapping(interp: Interpreter, args: tuple[Value, ...], value: Value) -> Value:
    plain = lower(value)
    if not isinstance(plain, dict):
        raise MisfitError("value is not a valid dict")
    if len(args) != 2:
        return dict(plain)
    return {fit(interp, args[0], k): fit(interp, args[1], v) for k, v in plain.items()}


def _fit_form(interp: Interpreter, form: str, args: tuple[Value, ...], value: Value) -> Value:
    if form == "None":
        if value is None:
            return None
        raise MisfitError("value is not None")
    if form == "Optional":
        return None if value is None else fit(interp, args[0], value) if args else value
    if form == "Union":
        return _union(interp, args, value)
    if form == "Literal":
        plain = lower(value)
        for option in args:
            if lower(option) == plain or option is value:
                return value
        raise MisfitError(f"unexpected value; permitted: {', '.join(repr(lower(a)) for a in args)}")
    if form == "Annotated" and args:
        return _annotated(interp, args, value)
    if form in ("Final", "Required", "NotRequired", "ClassVar") and args:
        return fit(interp, args[0], value)
    return value


def _annotated(interp: Interpreter, args: tuple[Value, ...], value: Value) -> Value:
    value = fit(interp, args[0], before(interp, args[1:], value))
    for metadata in args[1:]:
        value = part(interp, metadata, value)
    return value


def _accepts(interp: Interpreter, option: Value, value: Value) -> Value:
    """`fit` where a model that refuses the value counts as a misfit, too."""
    with interp.catching():
        try:
            return fit(interp, option, value)
        except Raised as error:
            if not error.value.cls.derives_from("pydantic.ValidationError"):
                raise
            raise MisfitError(error.describe()) from None


def _union(interp: Interpreter, args: tuple[Value, ...], value: Value) -> Value:
    for option in args:
        origin = origin_of(option)
        if value is None and (option is None or origin is OTHERS[type(None)] or origin == "None"):
            return None
        if isinstance(origin, ClassValue) and interp.class_of(value) is origin and not args_of(option):
            return value
    error: MisfitError | None = None
    models: list[Instance] = []
    for option in args:
        try:
            fitted = _accepts(interp, option, value)
        except MisfitError as raised:
            error = raised
            continue
        if not (isinstance(fitted, Instance) and fitted is not value and fitted.cls.has_trait("model")):
            return models[0] if models else fitted
        models.append(fitted)
    if models:  # of several models the one that takes most of the input, then the first
        return max(models, key=lambda m: len(m.attrs.get("__fields_set__", ())))
    raise error or MisfitError("no alternative fits")


def _object(interp: Interpreter, cls: ClassValue, value: Value) -> Value:
    if cls is OBJECT or cls.opaque or (isinstance(value, Instance) and cls in value.cls.mro):
        return value
    if cls is OTHERS[type(None)]:
        if value is None:
            return None
        raise MisfitError("value is not None")
    if cls.has_trait("enum"):
        try:
            return enum_module.by_value(interp, cls, value)
        except Raised as error:
            raise MisfitError(error.describe()) from None
    plain = lower(value)
    if cls.has_trait("model"):
        return interp.call(interp.getattr(cls, "model_validate"), [plain])
    if isinstance(plain, dict) and is_data_class(cls):
        return interp.call(cls, [], {str(k): v for k, v in plain.items()})
    return value
