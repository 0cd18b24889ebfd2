"""Variables, environment values, connections and parameters from files and items."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migrate.cli.values import connections, parameters, values
from migrate.errors import UserError


def test_variables_from_an_export(tmp_path: Path) -> None:
    file = tmp_path / "variables.json"
    file.write_text(json.dumps({"a": "text", "b": {"k": [1]}, "c": 3, "d": {"value": "x", "description": "y"}}))
    assert values([str(file)], "--variables") == {"a": "text", "b": '{"k": [1]}', "c": "3", "d": "x"}


def test_variables_from_yaml_and_items(tmp_path: Path) -> None:
    file = tmp_path / "v.yaml"
    file.write_text("a: one\nb: [1, 2]\n")
    assert values([str(file), "a=two", "c=x=y"], "--variables") == {"a": "two", "b": "[1, 2]", "c": "x=y"}


def test_environment_from_dotenv(tmp_path: Path) -> None:
    file = tmp_path / "worker.env"
    file.write_text("# comment\nexport A=1\nB = \"two words\"\nC='#x'\nD=plain # note\n\n")
    assert values([str(file)], "--env") == {"A": "1", "B": "two words", "C": "#x", "D": "plain"}


def test_dotenv_quotes_comments_and_references(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME_OF_THIS_PROCESS", "leaked")
    file = tmp_path / ".env"
    file.write_text('A="prod" # why\nB=${A}-${HOME_OF_THIS_PROCESS}-${Z:-d}\nC="two\nlines"\nD=\n')
    found = values([str(file)], "--env")
    assert found == {"A": "prod", "B": "prod-${HOME_OF_THIS_PROCESS}-d", "C": "two\nlines", "D": ""}


def test_lines_that_are_no_values_are_passed_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "worker.env"
    file.write_text("A=1\nDIR:somewhere\nB=2\n")
    assert values([str(file)], "--env") == {"A": "1", "B": "2"}
    assert "worker.env:2: expected NAME=VALUE; passed over." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("v.json", '{"a": 1,\n oops}', "v.json:2: not valid JSON"),
        ("v.yaml", "a: [1\n", "v.yaml:2: not valid YAML"),
        ("v.json", "[1]", "expected an object"),
    ],
)
def test_errors_name_file_and_line(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UserError, match=message.replace("[", r"\[")):
        values([str(tmp_path / name)], "--variables")


def test_a_missing_file_is_explained() -> None:
    with pytest.raises(UserError, match="Give a file, or NAME=VALUE"):
        values(["nowhere.json"], "--variables")


def test_connections_lose_their_secrets(tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    extra = json.dumps({"region": "eu", "aws_secret_access_key": "zzz", "token": "abc"})
    objects = {
        "db": {"conn_type": "postgres", "host": "h", "login": "u", "password": "p4ss", "port": 5432, "extra": extra},
        "uri": "mysql://user:s3cret@host:3306/shop?charset=utf8",
    }
    file.write_text(json.dumps(objects))
    found = connections([file])
    assert found == {
        "db": {"conn_type": "postgres", "host": "h", "login": "u", "port": 5432, "extra": {"region": "eu"}},
        "uri": {
            "conn_type": "mysql",
            "host": "host",
            "login": "user",
            "schema": "shop",
            "port": 3306,
            "extra": {"charset": "utf8"},
        },
    }
    assert "p4ss" not in str(found)


def test_digdag_parameters(tmp_path: Path) -> None:
    file = tmp_path / "p.yml"
    file.write_text("a: 1\nb: {c: [2]}\n")
    assert parameters(["a=x"], [file]) == {"a": "x", "b": {"c": [2]}}
    with pytest.raises(UserError, match="KEY=VALUE"):
        parameters(["a"], [])


def test_dotted_digdag_parameters(tmp_path: Path) -> None:
    file = tmp_path / "p.yml"
    file.write_text("a: {x: 1}\nb: text\n")
    assert parameters(["a.b=1", "b.c.d=2"], [file]) == {"a": {"x": 1, "b": "1"}, "b": {"c": {"d": "2"}}}
