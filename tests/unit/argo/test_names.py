from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emitters.argo.names import env_name, key_name, param_name, parameter_name, unique_slugs
from migrate.names import RESERVED, secret_object, slug

LEGAL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("load_a", "load-a"),
        ("extract.load.x", "extract-load-x"),
        ("+wf+g+t", "wf-g-t"),
        ("Überblick 1", "uberblick-1"),
        ("1st", "t-1st"),
        ("in", "in-task"),
        ("endsWith", "endswith-task"),
        ("__a__", "a"),
    ],
)
def test_slug(source: str, name: str) -> None:
    assert slug(source) == name


def test_names_that_clash_all_get_a_hash() -> None:
    names = unique_slugs(["a_b", "a.b", "c"])
    assert names["c"] == "c"
    assert names["a_b"] != names["a.b"]
    assert all(n.startswith("a-b-") for n in (names["a_b"], names["a.b"]))
    assert unique_slugs(["a_b", "a.b", "a-b", "c"])["a_b"] == names["a_b"]


def test_our_own_names_count_as_taken_inside_a_workflow_only() -> None:
    assert unique_slugs(["main"])["main"] != "main"
    assert unique_slugs(["main"], inside=False)["main"] == "main"


def test_nothing_left_of_an_id() -> None:
    assert LEGAL.fullmatch(slug("日本"))
    assert slug("日本") != slug("中国")


@given(st.lists(st.text(min_size=1, max_size=90), min_size=1, max_size=12, unique=True))
def test_names_are_legal_and_distinct(ids: list[str]) -> None:
    names = unique_slugs(ids, 52)
    assert all(LEGAL.fullmatch(n) and len(n) <= 52 and n not in RESERVED for n in names.values())
    assert len(set(names.values())) == len(ids)


@given(st.text(min_size=1, max_size=300))
def test_other_names_are_legal(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", env_name(text))
    assert re.fullmatch(r"[-._a-zA-Z0-9]{1,253}", key_name(text))
    assert re.fullmatch(r"[-a-z0-9]+", parameter_name(text))
    assert re.fullmatch(r"[-a-zA-Z0-9_]+", param_name(text))


def test_no_two_workflows_share_a_secret() -> None:
    ids = ["a_b", "a-b", "a.b", "A_b", "a__b", "_a_b", "a/b", "x" * 70, "x" * 71, "1", "t_1", "é"]
    names = [secret_object(i) for i in ids]
    assert len(set(names)) == len(ids)
    assert names[0] == "a-b-secrets"
    assert all(len(n) <= 63 and re.fullmatch(r"[a-z]([-a-z0-9]*[a-z0-9])?", n) for n in names)
