"""Configured ways to run a task: Argo's http template, Spark's operator, parameters of the run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from migrate.config import Config
from migrate.pipeline import Conversion, convert
from migrate.request import Request

HEAD = """\
from datetime import datetime
from airflow import DAG
from airflow.providers.http.operators.http import HttpOperator
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
with DAG("w", schedule=None, start_date=datetime(2024, 1, 1)):
"""
SHOP = {"shop": {"url": "https://shop.internal/v2"}}


def made(tmp_path: Path, line: str, **config: Any) -> tuple[dict[str, Any], Conversion]:
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "w.py").write_text(f"{HEAD}    {line}\n")
    result = convert(
        Request(system="airflow", roots=(tmp_path / "dags",), config=Config.model_validate(config), jobs=1)
    )
    text = next(f.text for f in result.files if f.path == "w/workflow-template.yaml")
    templates = yaml.safe_load(text)["spec"]["templates"]
    return next(t for t in templates if t["name"] == "t"), result


@pytest.mark.parametrize(
    ("arguments", "url"),
    [
        ("endpoint='close/{{ ds }}'", "https://shop.internal/v2/close/{{inputs.parameters.date}}"),
        ("endpoint='/close'", "https://shop.internal/v2/close"),
        ("endpoint='close', retries=1, data='x=1', headers={'A': '{{ ds }}'}", "https://shop.internal/v2/close"),
    ],
)
def test_plain_request_becomes_the_engines_own(tmp_path: Path, arguments: str, url: str) -> None:
    line = f"HttpOperator(task_id='t', http_conn_id='shop', {arguments})"
    found, result = made(tmp_path, line, http={"mode": "template"}, connections=SHOP)
    assert (found["http"]["url"], found["http"]["method"]) == (url, "POST")
    assert found["http"]["successCondition"] == "response.statusCode < 400"
    assert found.get("retryStrategy", {}).get("expression") is None
    rights = next(f.text for f in result.files if f.path == "shared/rights.yaml")
    assert "workflowtasksets/status" in rights


@pytest.mark.parametrize(
    "arguments",
    [
        "http_conn_id='other', endpoint='close'",
        "http_conn_id='shop', endpoint='{{ ds }}/close'",
        "http_conn_id='shop', endpoint='close', data='{{ \"{{\" }}inputs.parameters.x}}'",
        "http_conn_id='shop', endpoint='close', data={'a': 'b'}",
        "http_conn_id='shop', endpoint='close', response_check=lambda response: response.ok",
        "http_conn_id='shop', endpoint='close', extra_options={'allow_redirects': False}",
    ],
)
def test_other_requests_stay_in_a_pod(tmp_path: Path, arguments: str) -> None:
    found, _ = made(tmp_path, f"HttpOperator(task_id='t', {arguments})", http={"mode": "template"}, connections=SHOP)
    assert "http" not in found
    assert "script" in found or "container" in found


def test_without_the_mode_nothing_changes(tmp_path: Path) -> None:
    found, _ = made(tmp_path, "HttpOperator(task_id='t', http_conn_id='shop', endpoint='x')", connections=SHOP)
    assert "http" not in found


SPARK = """SparkSubmitOperator(task_id='t', application='s3a://code/a.py', conf={'spark.day': '{{ ds }}', 'spark.n': 3},
        packages='a:b:1,c:d:2', num_executors=4, driver_memory='1g', env_vars={'S': 'x', 'D': '{{ ds }}'},
        application_args=['--day', '{{ ds }}', "it's: {a}"], yarn_queue='q')"""


def test_submitted_application_becomes_an_object(tmp_path: Path) -> None:
    found, result = made(tmp_path, SPARK, spark={"mode": "operator"})
    text = found["resource"]["manifest"]
    filled = yaml.safe_load(text.replace("{{=toJson(inputs.parameters['date'])}}", '"2024-05-01"'))
    spec = filled["spec"]
    assert (filled["kind"], spec["type"], spec["sparkVersion"]) == ("SparkApplication", "Python", "3.5.3")
    assert spec["sparkConf"] == {"spark.day": "2024-05-01", "spark.n": "3"}
    assert spec["deps"] == {"packages": ["a:b:1", "c:d:2"]}
    assert spec["executor"] == {"instances": 4}
    assert spec["driver"] == {
        "memory": "1g",
        "env": [{"name": "S", "value": "x"}, {"name": "D", "value": "2024-05-01"}],
    }
    assert spec["arguments"] == ["--day", "2024-05-01", "it's: {a}"]
    assert sorted({f.code for f in result.report.findings}) == ["OPS022", "OPS063", "TIM001"]


@pytest.mark.parametrize("more", ["'{{ params.file }}'", "'/a.py', application_args=['{{ \"{{\" }}item}}']"])
def test_application_of_another_form_is_submitted(tmp_path: Path, more: str) -> None:
    line = f"SparkSubmitOperator(task_id='t', application={more})"
    found, _ = made(tmp_path, line, spark={"mode": "operator"})
    assert "resource" not in found


DIG = """\
_export:
  env: prod
  n: 3
  path: ${env}/x
  db_password: hunter2hunter2
  td: {database: d}
+a:
  echo>: ${env} ${n + 1} ${path}
+b:
  _export: {env: own}
  echo>: ${env}
"""


def dig(tmp_path: Path, **config: Any) -> tuple[dict[str, Any], str]:
    (tmp_path / "w.dig").write_text(DIG)
    result = convert(Request(system="digdag", roots=(tmp_path,), config=Config.model_validate(config), jobs=1))
    text = next(f.text for f in result.files if f.path == "w/workflow-template.yaml")
    given = yaml.safe_load(text)["spec"].get("arguments", {}).get("parameters", [])
    return {p["name"]: p.get("value") for p in given}, text


def test_exported_texts_become_parameters_of_the_run(tmp_path: Path) -> None:
    params, text = dig(tmp_path, digdag={"export_as_params": True})
    assert params.get("env") == "prod"
    assert not {"n", "path", "td", "db_password"} & set(params)
    assert "'env': 'prod'}" not in text.replace("'params': {'env': 'prod'}", "")
    assert "'env': 'own'" in text


def test_exports_are_constants_else(tmp_path: Path) -> None:
    params, text = dig(tmp_path)
    assert "env" not in params
    assert "'env': 'prod'" in text
