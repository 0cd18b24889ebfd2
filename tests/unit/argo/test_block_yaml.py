"""The fast writer against PyYAML: the same bytes for whatever it accepts."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from emitters.argo.write_yaml import _WRITER, COMMENT, UnusualError, by_library, to_yaml

ODD = st.text(alphabet="aN1 -:#?'\"{}[],&*!|>%@`=~<.\n\t\\é\u2028\u0085\U0001f600\x07", max_size=12)
WORD = st.text(alphabet="aey0-9./:=@+_x", max_size=6)
SCALAR = st.one_of(ODD, WORD, st.text(max_size=20), st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False))
KEY = st.one_of(st.text(alphabet="abcDe-_./1: ", max_size=10), ODD)
DATA = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEY, inner, max_size=4), max_leaves=20
)


@given(st.dictionaries(KEY, DATA, min_size=1, max_size=5))
@settings(max_examples=400, deadline=None)
def test_same_bytes_as_the_library(data: dict[str, Any]) -> None:
    written = to_yaml(data)
    assert written == by_library(data)


@pytest.mark.parametrize(
    "text",
    ["", "a", "a: b", "a #b", "a:", "- a", "-a", "? a", "?a", ":a", "=", "<<", "2024-01-01", "2024-01-01T00:00:00", "1",
     "yes", "it's {{x}}", "{{= a }}", "'{{x}}", "{{\"x\"}}", "a\nb", "a\nb\n", "a\n\nb\n\n", "\na", " a\nb", "a \nb", "a\n b ",
     "a\tb\nc", "é\nb\n", "\U0001f600\nb", "\u2028", "---", "...", "--- a", "a\n---\nb", "$x", "(x)", "a, b", "[x", "|", "%x"],
)  # fmt: skip
def test_same_bytes_of_every_kind_of_text(text: str) -> None:
    for data in ({"k": text}, {"k": [text]}, {"k": [[text, 1]]}, {"k": {"l": [{"m": text, "n": text}]}}):
        assert to_yaml(data) == by_library(data), text


def test_manifests_need_no_library() -> None:
    data = {
        "a": [{COMMENT: "dag.py:1  x", "name": "n", "args": ["x", "echo 'a'"], "s": "def f():\n  return 1\n"}],
        "b": {},
    }
    assert _WRITER.text(data) == by_library(data)
    with pytest.raises(UnusualError):
        _WRITER.text({"k": "\u2028"})


def test_what_is_written_is_read_back() -> None:
    data = {"k": [{"a": "x: y", "b": ["1", "no", "a:b"]}, [["deep"], "x"]], "n": None, "f": 1.5}
    assert yaml.safe_load(to_yaml(data)) == data
