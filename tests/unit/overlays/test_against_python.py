"""Each chunk of `chunks/*.txt` is run by the evaluator and by Python; the names it binds must be equal.

Chunks are separated by lines `---`. A name that begins with an underscore is not compared; values that have no plain
form
(classes, functions, modules) are not either.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from parsers.airflow.evaluator.values import Instance, Symbolic, Unknown
from parsers.airflow.overlays.plain import lower

CHUNKS = sorted((Path(__file__).parent / "chunks").glob("*.txt"))
CASES = [
    pytest.param(chunk, id=f"{file.stem}-{number}")
    for file in CHUNKS
    for number, chunk in enumerate(file.read_text().split("\n---\n"), 1)
]


def plain(value: Any) -> Any:
    """Evaluated and real values in one comparable form."""
    value = lower(value)
    if isinstance(value, dict):
        return {plain(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(plain(v) for v in value) if type(value) in (list, tuple) else tuple(plain(v) for v in value)
    if isinstance(value, set | frozenset):
        return {plain(v) for v in value}
    if hasattr(value, "key") and hasattr(value, "utcoffset"):
        return value.key
    return str(value) if type(value).__name__ in ("PosixPath", "PurePosixPath", "UUID", "StrEnum") else value


@pytest.mark.parametrize("chunk", CASES)
def test_chunk(chunk: str, evaluate: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("chunk_of_test")
    monkeypatch.setitem(sys.modules, "chunk_of_test", module)
    exec(compile(chunk, "chunk", "exec", dont_inherit=True), vars(module))
    expected = dict(vars(module))
    program = evaluate(chunk)
    assert [f.text for f in program.findings] == []
    compared = 0
    for name, value in expected.items():
        if (
            name.startswith("_")
            or name.isupper()
            or isinstance(value, type | types.ModuleType | types.FunctionType)
            or callable(value)
        ):
            continue
        got = program[name]
        assert not isinstance(got, Unknown | Symbolic), f"{name}: {got.why if isinstance(got, Unknown) else got}"
        if isinstance(lower(got), Instance):
            continue
        assert plain(got) == plain(value), name
        compared += 1
    assert compared, "the chunk binds nothing to compare"
