"""Common base of the intermediate representation's models."""

from __future__ import annotations

from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict

Json: TypeAlias = Any
"""A JSON value (None, bool, int, float, str, list, dict). Values that JSON has no form for are tagged objects:
`{"$tuple": [...]}`, `{"$set": [...]}`, `{"$frozenset": [...]}`, `{"$range": [start, stop, step]}`, `{"$uuid": text}`,
`{"$datetime": iso}` (with pendulum's methods), `{"$python_datetime": iso}`, `{"$date": iso}`,
`{"$timedelta": seconds}`, `{"$bytes": base64}`, `{"$object": {...}}`, `{"$clock": iso}` (a time of day),
`{"$decimal": text}`, `{"$path": text}` (pathlib),
`{"$float": "inf" | "nan"}`, `{"$pairs": [[key, value], ...]}` (a dict whose keys are not all text). A real dict whose
single key starts with `$` is wrapped as `{"$dict": {...}}`."""


class Model(BaseModel):
    """Frozen, strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)
