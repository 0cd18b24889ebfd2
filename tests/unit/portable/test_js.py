"""Expressions and moment chains have the values that Node.js and moment give (recorded)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.portable.digdag_text import evaluate_text, names_in, split
from migrate.portable.js_evaluate import evaluate
from migrate.portable.js_moment import library
from migrate.portable.js_parse import Unsupported
from migrate.portable.js_values import UNDEFINED, JsFault, ReferenceFault, to_text

HERE = Path(__file__).resolve().parent
EXPRESSIONS = json.loads((HERE / "js_golden.json").read_text())
RECORDED = json.loads((HERE / "digdag_golden.json").read_text())
"""Parameters, and generated texts with what Digdag 0.10 makes of them (null: the task fails)."""


@pytest.mark.parametrize(("code", "text"), EXPRESSIONS, ids=[e for e, _ in EXPRESSIONS])
def test_expression(code: str, text: str) -> None:
    assert to_text(evaluate(code, {})) == text


def test_generated_texts() -> None:
    """Each text has Digdag's value, fails as it does there, or is left to an engine."""
    wrong, unsupported = [], 0
    for zone, text, wanted in RECORDED["texts"]:
        found: str | None = None
        try:
            found = evaluate_text(text, {"timezone": zone, **RECORDED["names"]}, library(zone))
        except JsFault:
            pass
        except Unsupported:
            unsupported += 1
            continue
        if found != wanted:
            wrong.append((text, wanted, found))
    assert wrong == []
    assert unsupported < len(RECORDED["texts"]) / 6


def test_names_are_read_and_missing_ones_fail() -> None:
    names = {"a": {"b": [1, {"c": "x"}]}, "n": None}
    assert evaluate("a.b[1]['c'] + n", names) == "xnull"
    assert evaluate("a.zzz", names) is UNDEFINED
    with pytest.raises(ReferenceFault):
        evaluate("nope + 1", names)
    with pytest.raises(JsFault):
        evaluate("n.x", names)


@pytest.mark.parametrize("code", ["function(){}", "/(a+)+/g", "new Date()", "x = 1", "a => a", "`t`"])
def test_beyond_expressions_is_unsupported(code: str) -> None:
    with pytest.raises(Unsupported):
        evaluate(code, {"x": 1, "a": 1})


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("a ${1 + 2} b", "a 3 b"),
        ("$${n}", "$3"),
        ("$$${n}", "$3"),
        ("price=$5", "price=$5"),
        ("${ {k: n}.k }", "3"),
        ("${other:thing}", "${other:thing}"),
        ("[${}]", "[]"),
        ("${n", "${n"),
        ("${obj} ${nothing} ${obj.zzz}", '{"a":[true,null]}  '),
    ],
)
def test_texts(text: str, result: str) -> None:
    assert evaluate_text(text, {"n": 3, "obj": {"a": [True, None]}, "nothing": None}, {}) == result


def test_names_in() -> None:
    assert names_in({"x": ["${a.b + c['d']} ${typeof e}", "plain"]}) == ({"a", "c", "e"}, True)


@given(st.text(max_size=60))
def test_split_never_raises(text: str) -> None:
    assert all(kind in ("text", "code", "raw") for kind, _ in split(text))


@given(st.text(alphabet="abc123+-*/%()[]{}.,?:!<>=&|'\" ", max_size=40))
def test_evaluate_raises_only_its_own(text: str) -> None:
    try:
        evaluate(text, {"a": 1, "b": "x", "c": [1, {"a": 2}]})
    except (Unsupported, JsFault):
        return
