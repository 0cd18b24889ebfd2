"""Configuration: files, flags, `--set`, and errors that name the line."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from migrate.config import BudgetSection, Config
from migrate.config_docs import commented_toml, markdown
from migrate.config_load import load_config, locate, tomllib
from migrate.errors import UserError
from parsers.airflow.evaluator.budget import Budgets


def load(tmp_path: Path, text: str = "", sets: tuple[str, ...] = (), **flags: object) -> Config:
    (tmp_path / "migrate.toml").write_text(text)
    return load_config(None, tmp_path, sets, flags)


def test_defaults_without_a_file(tmp_path: Path) -> None:
    config = load_config(None, tmp_path)
    assert config == Config()
    assert config.schedule.suspend_all is True
    assert config.images["python"] == "python:3.12-slim"


def test_a_given_image_keeps_the_other_defaults(tmp_path: Path) -> None:
    config = load(tmp_path, '[images]\npython = "registry.example.com/py:1"\n')
    assert (config.images["python"], config.images["bash"]) == ("registry.example.com/py:1", "bash:5.2")


def test_pyproject_table(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.migrate]\nnamespace = "argo"\n')
    assert load_config(None, tmp_path).namespace == "argo"


def test_flags_win_over_set_and_set_over_the_file(tmp_path: Path) -> None:
    text = 'namespace = "file"\nservice_account = "file"\nairflow_version = "2.5"\n'
    config = load(tmp_path, text, ("namespace=set", "service_account=set"), namespace="flag", unmapped=None)
    assert (config.namespace, config.service_account, config.airflow_version) == ("flag", "set", "2.5")


@pytest.mark.parametrize(
    ("item", "key", "value"),
    [
        ("airflow_version=3.10", "airflow_version", "3.10"),
        ("schedule.suspend_all=false", "schedule.suspend_all", False),
        ("budgets.steps=100", "budgets.steps", 100),
        ("pools.a=3", "pools.a", 3),
        ('task_images."etl.load_*"=x:1', "task_images.etl.load_*", "x:1"),
        ('assume."variable:n"=[1, 2]', "assume.variable:n", [1, 2]),
        ("connections.db=my-secret", "connections.db.secret", "my-secret"),
        ('labels={team="a"}', "labels.team", "a"),
    ],
)
def test_set_overrides_any_key(tmp_path: Path, item: str, key: str, value: object) -> None:
    found: object = load(tmp_path, "", (item,)).model_dump()
    for part in [key] if key in ("airflow_version",) else key.split(".", 1):
        for name in [part] if isinstance(found, dict) and part in found else part.split("."):
            assert isinstance(found, dict)
            found = found[name]
    assert found == value


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('namespace = "a"\nimagse = 1\n', 2, "did you mean `images`"),
        ("[schedule]\n# x\nsuspend_al = true\n", 3, "did you mean `schedule.suspend_all`"),
        ('[schedule]\nstarting_deadline = "x"\n', 2, "valid integer"),
        ("a = = 1\n", 1, "not valid TOML"),
        ("[queues.gpu]\nnode_selectr = {}\n", 2, "node_selector"),
        ('unmapped = "ignore"\n', 1, "'hosted'"),
    ],
)
def test_errors_name_file_and_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(UserError) as error:
        load(tmp_path, text)
    assert f"migrate.toml:{line}:" in str(error.value)
    assert words in str(error.value)


@pytest.mark.parametrize("item", ["nonsense", "=1", "nope=1", "schedule.nope=1"])
def test_bad_set_is_an_error(tmp_path: Path, item: str) -> None:
    with pytest.raises(UserError, match="--set"):
        load(tmp_path, "", (item,))


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        load_config(tmp_path / "no.toml", tmp_path)


def test_locate_finds_dotted_and_quoted_keys() -> None:
    assert locate('[a]\nb.c = 1\n["x.y"]\n"k k" = 2\n', ("x.y", "k k")) == 4
    assert locate("[a]\nb.c = 1\n", ("a", "b", "c")) == 2


def test_the_commented_file_shows_the_defaults() -> None:
    text = commented_toml()
    assert tomllib.loads(text) == {name: {} for name in tomllib.loads(text)}
    live = "\n".join(
        line[2:] if line.startswith("# ") and " = " in line and '"..."' not in line else line
        for line in text.splitlines()
    )
    live = "\n".join(
        line for line in live.splitlines() if not line.startswith("#") and (" = " in line or line.startswith("["))
    )
    keys = [line for line in live.splitlines() if line.split(" = ")[0].isidentifier() or line.startswith("[")]
    assert Config.model_validate(tomllib.loads("\n".join(keys))).schedule == Config().schedule


def test_every_key_is_documented() -> None:
    page = markdown()
    assert all(f"| `{name}` |" in page or f"## [{name}]" in page for name in Config.model_fields)
    assert "| None |" not in page


@pytest.mark.parametrize(
    ("subject", "image"),
    [(("etl", "load_a", "BashOperator"), "a:1"), (("x", "t", "DbtOperator"), "b:1"), (("x", "t", "Other"), None)],
)
def test_task_images(subject: tuple[str, str, str], image: str | None) -> None:
    assert Config(task_images={"etl.load_*": "a:1", "Dbt*": "b:1"}).task_image(*subject) == image


def test_every_limit_of_evaluation_can_be_configured(tmp_path: Path) -> None:
    limits = {field.name: field.default for field in dataclasses.fields(Budgets)}
    assert BudgetSection().model_dump() == limits
    assert load(tmp_path, "[budgets]\nfile_lines = 70000\n").budgets.file_lines == 70_000
