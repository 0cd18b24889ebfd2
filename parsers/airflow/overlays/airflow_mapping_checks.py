"""What Airflow refuses in `.expand(...)` and `.expand_kwargs(...)` when it loads a file.

Source: `airflow/models/mappedoperator.py`, `airflow/decorators/base.py`.
"""

from __future__ import annotations

from collections.abc import Iterable

from parsers.airflow.evaluator.generators import Stream
from parsers.airflow.evaluator.values import Value, XComArg
from parsers.airflow.overlays.airflow_errors import AirflowError
from parsers.airflow.overlays.plain import lower

_UNMAPPABLE = (str, int, float, complex, set, frozenset, type(None), Stream)


def check_arguments(kwargs: dict[str, Value], partial: Iterable[str] = (), names: Iterable[str] | None = None) -> None:
    """The arguments of `.expand()`. `partial`: what `.partial()` was given; `names`: the parameters that there are
    (None: any). Raises what Airflow raises."""
    if not kwargs:
        raise AirflowError("TypeError", "no arguments to expand against")
    known = None if names is None else set(names)
    twice = set(partial) & kwargs.keys()
    for name, value in kwargs.items():
        plain = lower(value)
        if known is not None and name not in known and name != "**":
            raise AirflowError("TypeError", f"expand() got an unexpected keyword argument '{name}'")
        if isinstance(plain, _UNMAPPABLE):
            kind = type(plain).__name__
            raise AirflowError("ValueError", f"expand() got an unexpected type '{kind}' for keyword argument '{name}'")
        if name in twice:
            raise AirflowError("TypeError", f"mapping already partial: {name}")


def check_kwargs(value: Value) -> None:
    """The argument of `.expand_kwargs()`: a list of dictionaries or results of tasks."""
    plain = lower(value)
    items = plain if isinstance(plain, list | tuple) else ()
    if isinstance(plain, (*_UNMAPPABLE, dict)) or any(isinstance(i, (*_UNMAPPABLE, list, tuple)) for i in items):
        kind = type(plain).__name__
        raise AirflowError("TypeError", f"expected XComArg or list[dict], not {kind}")


def check_results(value: Value) -> None:
    """Tasks cannot be mapped over a result with a key of its own."""
    if isinstance(value, XComArg):
        key = lower(value.key)
        if value.op == "pull" and isinstance(key, str) and key != "return_value":
            raise AirflowError("ValueError", f"cannot map over XCom with custom key '{key}' from {value.task}")
        for part in (value.of, *value.others):
            check_results(part)
    elif isinstance(value, dict):
        for part in value.values():
            check_results(part)
    elif isinstance(value, list | tuple):
        for part in value:
            check_results(part)
