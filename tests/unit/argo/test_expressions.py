"""Compiled expressions are evaluated and compared with what the source language gives."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emitters.argo.expressions import Code, NotExpressible, as_json, as_text, as_value, compile_expr, quote, truth
from emitters.argo.language import evaluate
from migrate.ir import exprs as e

LOGICAL = "2024-03-10T06:30:00+00:00"


class Scope:
    """Names of one imagined call."""

    def output(self, ref: e.OutputRef) -> Code:
        return Code(f"outputs['{ref.task}']", "json")

    def time(self, of: str) -> str:
        return f"'{LOGICAL}'"

    def param(self, name: str) -> Code:
        return Code(f"params['{name}']", "text")

    def conf(self) -> Code:
        return Code("conf", "json")

    def item(self, of: str | None = None) -> Code:
        return Code("item", "json")

    def fact(self, field: str) -> Code:
        return Code(f"'{field}'", "text")

    def variable(self, ref: Any) -> Code:
        return Code("variable", "text")


VALUES = {
    "outputs": {"x": '{"k": [1, "two"], "t": "a b"}', "n": "null", "s": '"it\'s"', "f": "1.0", "b": "true"},
    "params": {"day": "Mon"},
    "conf": '{"a": {"b": "c"}}',
    "item": '{"i": 2, "kw": {"x": "v"}}',
    "variable": '{"host": "h"}',
}


def text(expr: e.Expr) -> Any:
    return evaluate(as_text(compile_expr(expr, Scope())), VALUES)


@pytest.mark.parametrize(
    ("expr", "printed"),
    [
        (e.Literal(value="a"), "a"),
        (e.OutputRef(task="s"), "it's"),
        (e.OutputRef(task="n"), "None"),
        (e.OutputRef(task="f"), "1.0"),
        (e.OutputRef(task="b"), "True"),
        (e.OutputRef(task="x", path=("k", 1)), "two"),
        (e.ParamRef(name="day"), "Mon"),
        (e.RunConfRef(name="a", path=("b",)), "c"),
        (e.RunConfRef(name="z", default=e.Literal(value="d")), "d"),
        (e.ItemRef(path=("x",)), "v"),
        (e.ItemRef(path=("$index",)), "2"),
        (e.VariableRef(name="v", json_path=("host",)), "h"),
        (e.Concat(parts=(e.Literal(value="<"), e.OutputRef(task="s"), e.Literal(value=">"))), "<it's>"),
    ],
)
def test_values_print_as_in_the_source(expr: e.Expr, printed: str) -> None:
    assert text(expr) == printed


@pytest.mark.parametrize(
    ("ref", "printed"),
    [
        (e.TimeRef(of="logical", layout="%Y-%m-%d"), "2024-03-10"),
        (e.TimeRef(of="logical", layout="iso"), "2024-03-10T06:30:00+00:00"),
        (e.TimeRef(of="logical", layout="str"), "2024-03-10 06:30:00+00:00"),
        (e.TimeRef(of="logical", layout="unix"), "1710052200"),
        (e.TimeRef(of="logical", layout="day 1: %d.%m"), "day 1: 10.03"),
        (e.TimeRef(of="logical", layout="%Y%m%dT%H%M%S", zone="Asia/Tokyo"), "20240310T153000"),
        (
            e.TimeRef(of="logical", shifts=(e.TimeShift(days=-1), e.TimeShift(seconds=3600)), layout="str"),
            "2024-03-09 07:30:00+00:00",
        ),
        (e.TimeRef(of="logical", shifts=(e.TimeShift(months=1),), truncate="month", layout="%F"), "2024-04-01"),
        (e.TimeRef(of="logical", truncate="week", layout="%F"), "2024-03-04"),
        (e.TimeRef(of="logical", truncate="day", zone="America/New_York", layout="iso"), "2024-03-10T00:00:00-05:00"),
    ],
)  # fmt: skip
def test_times(ref: e.TimeRef, printed: str) -> None:
    assert text(ref) == printed


@given(
    st.datetimes(min_value=dt.datetime(1990, 1, 1), max_value=dt.datetime(2040, 1, 1)),
    st.sampled_from(["UTC", "Asia/Tokyo", "America/New_York"]),
)
def test_strftime_is_pythons(moment: dt.datetime, zone: str) -> None:
    from zoneinfo import ZoneInfo

    class At(Scope):
        def time(self, of: str) -> str:
            return f"'{moment.strftime('%Y-%m-%dT%H:%M:%SZ')}'"

    fmt = "%Y-%m-%d %H:%M:%S %y %b %B %a %A %j %p %I 100%% x"
    shown = moment.replace(tzinfo=dt.timezone.utc, microsecond=0).astimezone(ZoneInfo(zone)).strftime(fmt)
    code = compile_expr(e.TimeRef(of="logical", layout=fmt, zone=zone), At())
    assert evaluate(as_text(code), {}) == shown


@pytest.mark.parametrize("fmt", ["%U", "%s", "%-H"])
def test_formats_without_a_layout(fmt: str) -> None:
    with pytest.raises(NotExpressible):
        compile_expr(e.TimeRef(of="logical", layout=fmt), Scope())


@pytest.mark.parametrize("kind", [e.Template(text="{{ x }}"), e.Opaque(why="?"), e.SecretRef(name="s")])
def test_what_expressions_cannot_say(kind: e.Expr) -> None:
    with pytest.raises(NotExpressible):
        compile_expr(kind, Scope())


@given(st.text(max_size=40))
def test_quoted_texts_come_back(value: str) -> None:
    quoted = quote(value)
    assert "{{" not in quoted and "}}" not in quoted
    assert evaluate(quoted, {}) == value


@pytest.mark.parametrize(
    ("value", "true"), [(0, False), (1, True), ("", False), ("x", True), (None, False), ([], False), ({"a": 1}, True)]
)
def test_truth_is_pythons(value: Any, true: bool) -> None:
    assert evaluate(truth(compile_expr(e.Literal(value=value), Scope())), {}) is true


def test_lists_of_a_loop() -> None:
    code = Code("list", "list")
    values = {"list": '["1","\\"a\\"","{\\"k\\":1}"]'}
    assert evaluate(as_value(code), values) == [1, "a", {"k": 1}]
    assert evaluate(as_json(code), values) == '[1,"a",{"k":1}]'


def test_comparisons() -> None:
    ref = e.OutputRef(task="x", path=("k",))
    inside = e.Compare(op="in", left=e.Literal(value="two"), right=ref)
    both = e.Bool(op="and", items=(inside, e.Bool(op="not", items=(e.OutputRef(task="n"),))))
    assert evaluate(truth(compile_expr(both, Scope())), VALUES) is True
