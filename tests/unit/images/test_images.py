"""Dockerfiles and requirements of images that tasks need."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from migrate.config import Config
from migrate.distributions import third_party
from migrate.pins import read_pins
from migrate.pipeline import Conversion, convert
from migrate.request import Request

DAG = """
from datetime import datetime
from airflow import DAG
from airflow.models import BaseOperator
from airflow.operators.python import PythonOperator, PythonVirtualenvOperator
from airflow.providers.amazon.aws.operators.athena import AthenaOperator
from airflow.providers.dbt.cloud.hooks.dbt import DbtCloudHook
from airflow.providers.http.hooks.http import HttpHook

def score():
    import pandas as pd
    import yaml
    try:
        import polars
    except ImportError:
        pass
    return len(pd.DataFrame()) + len(yaml.dump({}))

def by_hook():
    return HttpHook().run("x").text

def by_other_hook():
    return DbtCloudHook().get_conn()

def in_venv():
    import numpy
    return numpy.pi

with DAG("shop", schedule=None, start_date=datetime(2024, 1, 1)):
    PythonOperator(task_id="score", python_callable=score)
    PythonOperator(task_id="hook", python_callable=by_hook)
    PythonOperator(task_id="other_hook", python_callable=by_other_hook)
    PythonOperator(task_id="plain", python_callable=lambda: 1)
    PythonVirtualenvOperator(task_id="venv", python_callable=in_venv, requirements=["numpy==2.1.0"])
    AthenaOperator(task_id="athena", query="select 1", database="d", output_location="s3://x")
"""
INSTRUCTIONS = {"FROM", "WORKDIR", "RUN", "COPY", "ENV"}


def converted(root: Path, system: str = "airflow", **config: object) -> Conversion:
    return convert(Request(system=system, roots=(root,), config=Config.model_validate(config), jobs=1))


def built(root: Path, system: str = "airflow", **build: object) -> tuple[dict[str, str], dict[str, str]]:
    """(files below `images/`, image by template)"""
    result = converted(root, system, build={"dockerfiles": True, **build})
    return {f.path: f.text for f in result.files if f.path.startswith("images/")}, images(result)


def images(result: Conversion) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in result.files:
        if file.path.endswith("workflow-template.yaml"):
            for template in yaml.safe_load(file.text)["spec"]["templates"]:
                part = template.get("script") or template.get("container") or {}
                if part:
                    found[template["name"]] = part["image"]
    return found


def instructions(text: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile; fails for a line that is none."""
    joined = re.sub(r"\\\n", " ", "".join(f"{line}\n" for line in text.splitlines() if not line.startswith("#")))
    found = [line.split(None, 1) for line in joined.splitlines() if line.strip()]
    assert all(len(parts) == 2 and parts[0] in INSTRUCTIONS for parts in found), text
    assert found[0][0] == "FROM"
    return [(parts[0], " ".join(parts[1].split())) for parts in found]


@pytest.fixture
def dags(tmp_path: Path) -> Path:
    folder = tmp_path / "repo" / "dags"
    folder.mkdir(parents=True)
    (folder / "dag.py").write_text(DAG)
    return folder


def test_packages_become_an_image_of_each_kind(dags: Path) -> None:
    files, used = built(dags)
    assert sorted(files) == [
        "images/airflow-2.11/Dockerfile",
        "images/airflow-2.11/requirements.txt",
        "images/python/Dockerfile",
        "images/python/requirements.txt",
    ]
    assert files["images/python/requirements.txt"] == "pandas\nPyYAML\n"
    assert files["images/airflow-2.11/requirements.txt"].split() == [
        "apache-airflow-providers-amazon",
        "apache-airflow-providers-dbt-cloud",
        "apache-airflow-providers-http",
    ]
    assert used == {
        "athena": "migrate-airflow-2.11:1",
        "hook": "migrate-airflow-2.11:1",
        "other-hook": "migrate-airflow-2.11:1",
        "plain": "python:3.12-slim",
        "score": "migrate-python:1",
        "venv": "python:3.12-slim",
    }


def test_the_dockerfiles(dags: Path) -> None:
    files, _ = built(dags)
    assert instructions(files["images/python/Dockerfile"]) == [
        ("FROM", "python:3.12-slim"),
        ("COPY", "requirements.txt /tmp/requirements.txt"),
        ("RUN", "pip install --no-cache-dir --requirement /tmp/requirements.txt"),
    ]
    framework = instructions(files["images/airflow-2.11/Dockerfile"])
    assert framework[0] == ("FROM", "apache/airflow:2.11.0")
    assert "--constraint /tmp/release.txt" in framework[-1][1]
    head = files["images/python/Dockerfile"].splitlines()[:3]
    assert head == [
        "# docker build -t migrate-python:1 -f images/python/Dockerfile images/python",
        "# For these tasks:",
        "#   shop.score",
    ]


def test_nothing_is_written_unless_asked_for(dags: Path) -> None:
    result = converted(dags)
    assert not [f.path for f in result.files if f.path.startswith("images/")]
    assert images(result)["score"] == "python:3.12-slim"
    listed = {(p.kind, p.name): p.keys for p in result.report.prerequisites}
    assert listed["image to build", "python"] == ["PyYAML", "pandas"]
    assert ("package", "apache-airflow-providers-http") in listed
    told = {f.task: f.message for f in result.report.findings if f.code == "PY005"}
    assert told == {
        "score": "the image needs the packages PyYAML, pandas",
        "other_hook": "the image needs the packages apache-airflow-providers-dbt-cloud",
    }


def test_names_bases_and_versions_are_the_users(dags: Path) -> None:
    (dags.parent / ".git").mkdir()
    (dags.parent / "requirements.txt").write_text(
        "Pandas[performance] == 2.2.2 , <3\n--index-url x\npyyaml ; python_version > '3'\nnumpy @ file:///x\n"
        "apache-airflow-providers-amazon==9.2.0  # ours\n"
    )
    files, used = built(dags, registry="registry.example/team/", tag="7", names={"airflow-2.11": "acme/airflow:3"})
    assert files["images/python/requirements.txt"] == "Pandas[performance]==2.2.2,<3\nPyYAML\n"
    assert "apache-airflow-providers-amazon==9.2.0" in files["images/airflow-2.11/requirements.txt"]
    assert (used["score"], used["hook"]) == ("registry.example/team/migrate-python:7", "acme/airflow:3")
    own = converted(
        dags, build={"dockerfiles": True}, images={"python": "acme/python:3"}, task_images={"*.hook": "h:1"}
    )
    assert images(own)["hook"] == "h:1"
    assert "FROM acme/python:3\n" in next(f.text for f in own.files if f.path == "images/python/Dockerfile")


def test_files_are_the_same_for_any_order(dags: Path) -> None:
    (dags / "zzz.py").write_text(DAG.replace('"shop"', '"again"'))
    files, _ = built(dags)
    again, _ = built(dags)
    assert files == again
    assert "#   again.score\n#   shop.score\n" in files["images/python/Dockerfile"]


def test_an_image_for_expressions_and_one_for_large_projects(tmp_path: Path) -> None:
    (tmp_path / "main.dig").write_text(
        "+engine:\n  echo>: ${[1, 2].reduceRight(function(a, b) { return a + b })}\n"
        "+large:\n  sh>: wc data.csv\n+code:\n  py>: tasks.load.run\n"
    )
    (tmp_path / "data.csv").write_text("x" * 1_000_000)
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "__init__.py").write_text("")
    (tmp_path / "tasks" / "load.py").write_text("import digdag\nimport requests\nfrom tasks.other import f\n")
    (tmp_path / "tasks" / "other.py").write_text("import yaml\ndef f(): pass\n")
    (tmp_path / "tasks" / "unused.py").write_text("import torch\n")
    files, used = built(tmp_path, "digdag")
    script = instructions(files["images/script/Dockerfile"])
    assert [name for name, _ in script] == ["FROM", "WORKDIR", "RUN", "FROM", "COPY", "COPY", "ENV"]
    assert "moment@" in script[2][1]
    project = instructions(files["images/project-main/Dockerfile"])
    assert project[0] == ("FROM", "python:3.12-slim")
    assert project[-1] == ("COPY", ". /af/project")
    assert "**/.*\n" in files["images/project-main/Dockerfile.dockerignore"]
    assert project[1] == ("RUN", "pip install --no-cache-dir PyYAML requests"), "its context is the project"
    assert "images/project-main/requirements.txt" not in files
    assert used["main-code"] == used["main-large"] == "migrate-project-main:1"  # code may read the large file, too


def test_what_a_text_imports() -> None:
    text = (
        "import os, numpy\nfrom . import x\nfrom own.part import y\ndef f():\n    from google.cloud import bigquery\n"
    )
    assert third_party(text, ["own"]) == {"numpy", "google-cloud-bigquery"}
    assert third_party("print 'Python 2'", []) == set()


def test_pins_stay_inside_the_repository(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("outside==1\n")
    inner = tmp_path / "repo" / "dags"
    inner.mkdir(parents=True)
    (inner / "requirements.txt").write_text("inside>=1,<2\n-e .\n")
    assert read_pins([inner]) == {"inside": "inside>=1,<2"}
