"""The fast reader against PyYAML's own loader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from emitters.argo.read_yaml import LOADER, read_yaml

SCALAR = st.one_of(
    st.text(alphabet="aN1 -:#?'\"{}[],&*!|>%@`=~<.\n", max_size=12), st.integers(), st.booleans(), st.none(), st.dates()
)
DATA = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(SCALAR, inner, max_size=4), max_leaves=20
)


def library(text: str) -> list[Any]:
    return list(yaml.load_all(text, Loader=LOADER))


def outcome(read: Callable[[str], list[Any]], text: str) -> str:
    """What a reader makes of a text: its data, or the kind of error."""
    try:
        return repr(read(text))
    except (yaml.YAMLError, ValueError, TypeError) as error:
        return repr(type(error))


@given(st.lists(DATA, min_size=1, max_size=3))
@settings(max_examples=200, deadline=None)
def test_dumped_data_come_back(documents: list[Any]) -> None:
    text = yaml.safe_dump_all(documents)
    assert read_yaml(text) == library(text)


@given(st.text(alphabet="ab1:-? \n{}[],'\"&*!|>#<=~.", max_size=40))
@settings(max_examples=400, deadline=None)
def test_any_text_reads_as_the_library_reads_it(text: str) -> None:
    assert outcome(read_yaml, text) == outcome(library, text)


@pytest.mark.parametrize(
    "text",
    ["a: &x [1]\nb: *x", "a: !!str 1", "x: {<<: {a: 1}}", "? [a]\n: b", "a: =", "- 2024-01-01\n- 1e3\n- 0o7\n- 1_0", "", "a:",
     "--- a\n--- b\n...\n", "a: [", "'<<': 1"],
)  # fmt: skip
def test_what_is_left_to_the_library(text: str) -> None:
    assert outcome(read_yaml, text) == outcome(library, text)
