"""What the pods of Digdag tasks get: rights, values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from migrate.config import Config
from migrate.pipeline import convert
from migrate.request import Request

ARGO = "argoproj.io"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("+a:\n  require>: other\n", [(ARGO, "workflows", ["create", "get"], None)]),
        ("sla: {duration: '00:05:00', fail: true}\n+a:\n  echo>: x\n", [(ARGO, "workflows", ["get"], None)]),
        ("+a:\n  param_get>:\n  k: name\n", [("", "configmaps", ["get"], ["digdag-params"])]),
        (
            "+a:\n  param_set>:\n  k: v\n",
            [
                ("", "configmaps", ["create"], None),
                ("", "configmaps", ["get", "patch"], ["digdag-params"]),
            ],
        ),
    ],
)
def test_rules_of_the_role(tmp_path: Path, text: str, wanted: list[Any]) -> None:
    (tmp_path / "main.dig").write_text(text)
    (tmp_path / "other.dig").write_text("+x:\n  echo>: x\n")
    result = convert(Request(system="digdag", roots=(tmp_path,), config=Config(), jobs=1))
    found = next(f.text for f in result.files if f.path == "shared/rights.yaml")
    role = next(d for d in yaml.safe_load_all(found) if d["kind"] == "Role")
    rules = [(r["apiGroups"][0], r["resources"][0], r["verbs"], r.get("resourceNames")) for r in role["rules"]]
    assert [r for r in rules if r[1] != "workflowtaskresults"] == wanted


def test_the_pod_of_a_client_gets_what_earlier_tasks_stored(tmp_path: Path) -> None:
    (tmp_path / "main.dig").write_text("+a:\n  param_get>:\n  k: day\n+b:\n  rb>: t.run\n")
    (tmp_path / "t.rb").write_text("def run(day)\nend\n")
    result = convert(Request(system="digdag", roots=(tmp_path,), config=Config(), jobs=1))
    text = next(f.text for f in result.files if f.path.endswith("workflow-template.yaml"))
    made = next(t for t in yaml.safe_load(text)["spec"]["templates"] if t["name"] == "main-b")
    assert [a["name"] for a in made["inputs"]["artifacts"]] == ["AF_IN_MAIN_A_STORE", "AF_CONTEXT"]
    assert made["initContainers"][0]["mirrorVolumeMounts"] is True
