"""The sample of a Digdag project: everything in it converts, and what was written proves equal to the source."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from emitters.argo.verify import verify_folder
from migrate.cli import cli

SAMPLE = Path(__file__).resolve().parents[3] / "samples" / "digdag"


@pytest.fixture(scope="module")
def argo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sample") / "argo"
    result = CliRunner().invoke(cli, ["digdag", str(SAMPLE), "-o", str(out), "-q"])
    assert result.exit_code == 0, result.output
    return out


def test_every_task_converts(argo: Path) -> None:
    report = json.loads((argo / "report.json").read_text())
    assert {t["disposition"] for w in report["workflows"] for t in w["tasks"]} == {"converted"}
    assert {f["severity"] for f in report["findings"]} == {"info", "warning"}
    assert sorted(w["id"] for w in report["workflows"]) == [
        "daily_sales", "hourly_import", "monthly_invoices", "weekly_cleanup",
    ]  # fmt: skip


def test_nothing_differs(argo: Path) -> None:
    proofs = verify_folder(argo)
    assert proofs.state != "differs", proofs.text(verbose=True)


def test_schedules(argo: Path) -> None:
    specs = {p.parent.name: yaml.safe_load(p.read_text())["spec"] for p in argo.glob("*/cron-workflow.yaml")}
    assert {name: spec["schedules"] for name, spec in specs.items()} == {
        "daily-sales": ["30 1,2,3 * * *"], "hourly-import": ["10 * * * *"], "monthly-invoices": ["0 5,6,7 1 * *"],
        "weekly-cleanup": ["15 2,3,4 * * Sun"],
    }  # fmt: skip
    assert {spec["timezone"] for spec in specs.values()} == {"Europe/Berlin"}
    assert (specs["hourly-import"]["concurrencyPolicy"], specs["hourly-import"]["startingDeadlineSeconds"]) == (
        "Forbid", 3000,
    )  # fmt: skip


def test_secrets_are_named(argo: Path) -> None:
    stubs = list(yaml.safe_load_all((argo / "shared" / "secrets.yaml").read_text()))
    (keys,) = [set(s["stringData"]) for s in stubs if s["metadata"]["name"] == "digdag-secrets"]
    assert {"td.apikey", "pg.password", "mail.password", "aws.access_key_id"} <= keys
    assert all(not value for stub in stubs for value in stub["stringData"].values())


def test_files_travel_with_the_tasks(argo: Path) -> None:
    text = "".join(p.read_text() for pattern in ("*/scripts.yaml", "shared/project-*.yaml") for p in argo.glob(pattern))
    for file in (
        "queries/merge.sql",
        "scripts/invoices.rb",
        "scripts/orders.py",
        "mails/invoice.txt",
        "scripts/tell.sh",
    ):
        assert (SAMPLE / file).read_text().splitlines()[-1].strip() in text, file


def test_the_readme_names_every_file() -> None:
    readme = (SAMPLE / "README.md").read_text()
    for path in SAMPLE.rglob("*"):
        name = path.relative_to(SAMPLE).as_posix()
        if path.is_file() and path.name != "README.md" and "__pycache__" not in name:
            assert name in readme or re.search(rf"`{name.split('/')[0]}/`", readme), name
