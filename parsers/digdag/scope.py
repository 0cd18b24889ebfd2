"""What parameters a task sees: levels of exports and stored values from the root down, and what is constant of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from migrate.ir.actions import Layer
from migrate.ir.exprs import Expr
from migrate.portable.digdag_text import evaluate_value, is_dynamic, merge
from migrate.portable.js_library import STANDARD
from migrate.portable.js_parse import Unsupported
from migrate.portable.js_values import JsFault

BUILTINS = (
    "timezone", "project_id", "session_id", "session_uuid", "attempt_id", "task_name", "retry_attempt_name",
    "session_time", "session_date", "session_date_compact", "session_local_time", "session_tz_offset",
    "session_unixtime", "last_session_time", "last_session_date", "last_session_date_compact",
    "last_session_local_time", "last_session_tz_offset", "last_session_unixtime", "next_session_time",
    "next_session_date", "next_session_date_compact", "next_session_local_time", "next_session_tz_offset",
    "next_session_unixtime", "last_executed_session_time", "last_executed_session_date",
    "last_executed_session_date_compact", "last_executed_session_local_time", "last_executed_session_tz_offset",
    "last_executed_session_unixtime", "error", "moment", "task", "schedule", "_workdir",
)  # fmt: skip


class NotConstant(Exception):  # noqa: N818 - an answer, not an error
    """The value is only there when the workflow runs."""


@dataclass(frozen=True)
class Scope:
    """Levels around a task, weakest first. workdir: folder (below the project) that its files are relative to."""

    layers: tuple[Layer, ...] = ()
    workdir: str = ""
    zone: str = "UTC"

    def level(self, exports: Mapping[str, Any] | None, values: tuple[Expr, ...] = ()) -> Scope:
        """One level further in: values that are there when it runs, then its exports."""
        own = {k: v for k, v in (exports or {}).items() if k != "_workdir"}
        if not own and not values:
            return self
        return replace(self, layers=(*self.layers, Layer(values=values, exports=own)))

    def names(self) -> set[str]:
        """Names that some level exports."""
        return {name for layer in self.layers for name in layer.exports}

    def constant(self, value: Any) -> Any:
        """The value with its `${...}` evaluated. Raises NotConstant, or JsFault where Digdag's evaluation fails too."""
        try:
            return evaluate_value(value, Constants(self.layers), {}, None, Constants(self.layers, 0))
        except Unsupported as reason:
            raise NotConstant(str(reason)) from None

    def static(self, value: Any) -> Any:
        """As `constant`, with faults of JavaScript as NotConstant."""
        try:
            return self.constant(value)
        except JsFault as fault:
            raise NotConstant(str(fault)) from None


class Constants(Mapping[str, Any]):
    """The constant parameters of some levels, evaluated when read. Anything else raises NotConstant.

    limit: parameters from this place on (in the order in which they are set) are read as they are written.
    """

    def __init__(self, layers: tuple[Layer, ...], limit: int | None = None) -> None:
        self.layers = layers
        self.limit = limit
        self.order = {n: i for i, n in enumerate(dict.fromkeys(n for layer in layers for n in layer.exports))}

    def __contains__(self, name: object) -> bool:
        return name not in STANDARD_NAMES

    def __getitem__(self, name: str) -> Any:
        if name in STANDARD_NAMES:
            raise KeyError(name)
        found: Any = None
        known = False
        for layer in reversed(self.layers):
            if name in layer.exports:
                value = layer.exports[name]
                if not isinstance(value, Mapping):
                    return self._evaluated(name, value if not known else found)
                found = _merged(value, found) if known else value
                known = True
            if layer.values:
                raise NotConstant(f"`{name}` may be stored by a task")
        if known:
            return self._evaluated(name, found)
        raise NotConstant(f"`{name}` is given when the workflow runs")

    def _evaluated(self, name: str, value: Any) -> Any:
        place = self.order[name]
        if self.limit is not None and place >= self.limit:
            return value
        return evaluate_value(value, Constants(self.layers, place), {}, None, Constants(self.layers, 0))

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


STANDARD_NAMES = {"undefined", *STANDARD}
"""Names that JavaScript itself brings."""


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(base)
    merge(out, over)
    return out


def holds_code(value: Any) -> bool:
    """Whether some text in a value is evaluated."""
    if isinstance(value, str):
        return is_dynamic(value)
    if isinstance(value, Mapping):
        return any(holds_code(v) for v in value.values())
    return isinstance(value, list | tuple) and any(holds_code(v) for v in value)
