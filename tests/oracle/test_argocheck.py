"""Argo's own validator accepts every manifest of every sample and case."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
MIGRATE = Path(sys.executable).parent / "migrate"
SETS = [
    ("airflow", "samples/airflow"),
    ("airflow", "tests/cases/airflow"),
    ("airflow", "tests/oracle/airflow"),
    ("digdag", "samples/digdag"),
    ("digdag", "tests/cases/digdag"),
    ("digdag", "tests/oracle/digdag"),
]
REGISTRY = "the controller asks the registry for the image's entrypoint"
"""The source gives no command either; OPS041 says what that takes."""


def refused(argocheck: Path, out: Path) -> list[str]:
    """What the validator, with its extra checks, says against the manifests of an output folder."""
    files = [
        str(p) for p in sorted(out.rglob("*.yaml")) if ".migrate" not in p.parts and p.name != "kustomization.yaml"
    ]
    command = [str(argocheck), "-extra", "-extra-fails", *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert rows, done.stderr
    assert rows[-1].get("summary"), done.stdout[-500:]
    assert rows[-1]["checked"] > 0
    said = {f["code"] for f in json.loads((out / "report.json").read_text())["findings"]}
    bad = []
    for row in rows[:-1]:
        extra = [e for e in row.get("extra") or [] if not (REGISTRY in e and "OPS041" in said)]
        if row.get("error") or extra:
            bad.append(f"{row['file']}: {row.get('error') or extra}")
    return bad


@pytest.mark.oracle
@pytest.mark.parametrize(("system", "folder"), SETS, ids=[f for _, f in SETS])
def test_manifests_are_valid(system: str, folder: str, argocheck: Path, tmp_path: Path) -> None:
    if not (ROOT / folder).is_dir():
        pytest.skip(f"there is no {folder}")
    command = [str(MIGRATE), system, str(ROOT / folder), "-o", str(tmp_path / "argo"), "--fail-on", "never", "-q"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert refused(argocheck, tmp_path / "argo") == []
