"""TOML libraries."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.values import Native, Value
from parsers.airflow.overlays.file_objects import content_of, stream_of
from parsers.airflow.overlays.plain import (
    lower,
    pure,
)
from parsers.airflow.overlays.readable import read_text
from parsers.airflow.overlays.registry import overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def _parse_toml(text: str | bytes) -> Any:
    source = text.decode() if isinstance(text, bytes) else text
    if sys.version_info >= (3, 11):
        import tomllib

        return tomllib.loads(source)
    import tomli  # type: ignore[import-not-found,unused-ignore]

    return tomli.loads(source)


_toml_loads = pure("tomllib.loads", _parse_toml)


def _toml_load(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    source = args[0]
    if isinstance(lower(source), str) or stream_of(source) is None:
        text = read_text(interp, "toml.load", source, site)
    else:
        text = content_of(interp, "tomllib.load", source, site)
    return _toml_loads.call(interp, [text], {}, site)


@overlay("tomllib", "tomli", "toml", "rtoml", "tomlkit")
def toml_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """TOML readers."""
    error = interp.error("ValueError").value.cls
    return {
        "loads": _toml_loads,
        "parse": _toml_loads,
        "load": Native("toml.load", _toml_load),
        "TOMLDecodeError": error,
        "TomlDecodeError": error,
    }
