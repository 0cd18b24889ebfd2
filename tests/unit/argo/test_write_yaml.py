from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from emitters.argo.write_yaml import COMMENT, to_yaml


class Yaml11(yaml.SafeLoader):
    """A YAML 1.1 reader that also knows y and n, as Argo's does."""


Yaml11.yaml_implicit_resolvers = {k: list(v) for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}
for letter in "yYnN":
    Yaml11.yaml_implicit_resolvers.setdefault(letter, []).insert(
        0, ("tag:yaml.org,2002:bool", __import__("re").compile("^[yYnN]$"))
    )
Yaml11.add_constructor("tag:yaml.org,2002:bool", lambda loader, node: node.value.lower() in ("y", "yes", "on", "true"))


@pytest.mark.parametrize(
    "text",
    ["y", "N", "yes", "on", "Off", "true", "NULL", "~", "1_0", "1e3", "0o7", "12:30", "2024-01-01", "- x", "a: b",
     "x #y", "{{= tasks['a'].status }}", "!tag", "&a", "*a", "", " x", "'", '"', "%", "@x", "0x1F", ".5", "1.", "+1",
     "-.inf"],
)  # fmt: skip
def test_texts_stay_texts(text: str) -> None:
    written = to_yaml({"key": text, "list": [text]})
    assert yaml.load(written, Loader=Yaml11) == {"key": text, "list": [text]}


@given(st.text(max_size=60))
def test_every_text_comes_back(text: str) -> None:
    assert yaml.load(to_yaml({"k": text}), Loader=Yaml11) == {"k": text}


def test_comments_stand_above_list_items() -> None:
    written = to_yaml({"tasks": [{COMMENT: "dag.py:3  a (Bash): x", "name": "a"}, {"name": "b"}]}, header="h")
    assert written == "# h\ntasks:\n# dag.py:3 a (Bash): x\n- name: a\n- name: b\n"


def test_scripts_are_block_strings() -> None:
    assert "source: |\n" in to_yaml({"source": "def f():\n    return 1\n"})


def test_values_of_other_types_stay(value: Any = (True, 1, 1.5, None)) -> None:
    assert yaml.safe_load(to_yaml({"v": list(value)})) == {"v": list(value)}
