"""Workflows that grow large: what is kept once, and what is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from emitters.argo.sizes import LIMIT, run_size
from emitters.argo.source_maps import point_to, source_maps
from emitters.argo.volumes import with_common_volumes
from migrate.cli import cli

DAG = '''
from datetime import datetime
from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator

def load(table, **context):
    """{words}"""
    print("loaded", table, context["ds"])

def clean(table):
    return table

with DAG("big", start_date=datetime(2024, 1, 1), schedule=None) as dag:
    for n in range({tasks}):
        PythonOperator(task_id=f"load_{{n}}", python_callable=load, op_args=[f"t{{n}}"])
    PythonOperator(task_id="clean", python_callable=clean, op_args=["t"])
    BashOperator(task_id="note", bash_command="echo {text}")
'''


def convert(
    folder: Path, tasks: int, words: int, text: str = "done"
) -> tuple[dict[str, Any], dict[str, Any], list[Any]]:
    """The WorkflowTemplate, the ConfigMap's data, and codes of findings about the output."""
    (folder / "dag.py").write_text(DAG.format(tasks=tasks, words="word " * words, text=text))
    done = CliRunner().invoke(cli, ["airflow", str(folder), "-o", str(folder / "out"), "--fail-on", "never", "-q"])
    assert done.exit_code == 0, done.output
    template = yaml.safe_load((folder / "out/big/workflow-template.yaml").read_text())
    scripts = folder / "out/big/scripts.yaml"
    data = yaml.safe_load(scripts.read_text())["data"] if scripts.exists() else {}
    report = json.loads((folder / "out/report.json").read_text())
    return template["spec"], data, [c for f in report["findings"] if (c := f["code"])[:3] == "OUT"]


def source_of(spec: dict[str, Any], name: str) -> str:
    found: str = next(t["script"]["source"] for t in spec["templates"] if t["name"] == name)
    return found


def test_long_code_of_many_tasks_is_kept_once(tmp_path: Path) -> None:
    spec, data, codes = convert(tmp_path, tasks=60, words=500)
    ((key, text),) = data.items()
    assert "def load" in text and key.endswith(".code.py")
    assert f"exec(code('/af/src/{key}'))" in source_of(spec, "load-7")
    assert "def clean" in source_of(spec, "clean")
    assert [v["name"] for v in spec["volumes"]] == ["runtime", "src"]
    assert codes == []


def test_code_of_few_tasks_stays_where_it_is_run(tmp_path: Path) -> None:
    spec, data, _ = convert(tmp_path, tasks=3, words=500)
    assert data == {}
    assert "def load" in source_of(spec, "load-1")


def test_a_run_that_argo_cannot_keep_is_told(tmp_path: Path) -> None:
    spec, _, codes = convert(tmp_path, tasks=900, words=500)
    assert run_size(spec, 902) < LIMIT and codes == []
    spec, _, codes = convert(tmp_path, tasks=900, words=500, text="x" * LIMIT)
    assert run_size(spec, 902) > LIMIT
    assert codes == ["OUT012"]


def test_texts_that_no_config_map_holds_are_told(tmp_path: Path) -> None:
    _, data, codes = convert(tmp_path, tasks=2, words=LIMIT // 5)
    assert len(data) == 1
    assert codes == ["OUT013"]


def test_texts_are_spread_over_as_many_config_maps_as_they_need() -> None:
    files = {f"k{n}": "x" * 400_000 for n in range(5)}
    maps = source_maps("w-src", files)
    assert {name: list(texts) for name, texts in maps.items()} == {
        "w-src": ["k0", "k1"], "w-src-2": ["k2", "k3"], "w-src-3": ["k4"],
    }  # fmt: skip
    template = {
        "volumes": [
            {"name": "src", "configMap": {"name": "w-src"}},
            {"name": "modules", "configMap": {"name": "w-src", "items": [{"key": "k1", "path": "a"}, {"key": "k4", "path": "b"}]}},
            {"name": "runtime", "configMap": {"name": "migrate-runtime"}},
        ],
        "container": {"env": [{"name": "T", "valueFrom": {"configMapKeyRef": {"name": "w-src", "key": "k3"}}}]},
    }  # fmt: skip
    found = point_to(template, "w-src", maps)
    assert [v.get("projected", {}).get("sources") for v in found["volumes"]] == [
        [{"configMap": {"name": "w-src"}}, {"configMap": {"name": "w-src-2"}}, {"configMap": {"name": "w-src-3"}}],
        [
            {"configMap": {"name": "w-src", "items": [{"key": "k1", "path": "a"}]}},
            {"configMap": {"name": "w-src-3", "items": [{"key": "k4", "path": "b"}]}},
        ],
        None,
    ]
    assert found["container"]["env"][0]["valueFrom"]["configMapKeyRef"] == {"name": "w-src-2", "key": "k3"}
    assert point_to(template, "w-src", {"w-src": files}) == template
    assert source_maps("w-src", {}) == {}


def test_size_is_that_of_json_as_go_writes_it() -> None:
    assert run_size({"a": "<é>"}, 2) == len(r'{"a":"\u003cé\u003e"}'.encode()) + 240


@pytest.mark.parametrize("own", [{"emptyDir": {}}, {"secret": {"secretName": "{{inputs.parameters.s}}"}}])
def test_volumes_that_differ_stay_with_their_templates(own: dict[str, Any]) -> None:
    data = {"name": "data", "configMap": {"name": "a"}}
    names = ["one", "two", "three"]
    templates: list[dict[str, Any]] = [{"name": name, "volumes": [dict(data)]} for name in names]
    templates.append({"name": "four", "volumes": [{"name": "data", **own}, {"name": "only", "emptyDir": {}}]})
    spec = with_common_volumes({"entrypoint": "main", "templates": templates})
    assert spec["volumes"] == [data]
    assert [t.get("volumes") for t in spec["templates"][:3]] == [None, None, None]
    assert [v["name"] for v in spec["templates"][3]["volumes"]] == ["data", "only"]
