"""Help is fast: it imports nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from migrate.cli import cli

HEAVY = ("libcst", "pydantic", "rich", "yaml", "jinja2", "croniter")


@pytest.mark.parametrize("args", [["--help"], ["airflow", "--help"], ["inspect", "airflow", "--help"]])
def test_help_imports_nothing_heavy(args: list[str]) -> None:
    code = (
        f"import sys; sys.argv = ['migrate', *{args!r}]\n"
        "from migrate._guard import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print('LOADED', [m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("LOADED []")
    assert "Usage:" in done.stdout


def test_every_command_of_the_front_page() -> None:
    result = CliRunner().invoke(cli, ["--help"])
    for name in ("airflow", "digdag", "inspect", "verify", "explain", "operators", "init"):
        assert f"\n  {name} " in result.output


def test_version() -> None:
    assert CliRunner().invoke(cli, ["--version"]).output.startswith("migrate, version ")


def test_shadowed_packages_are_refused(tmp_path) -> None:
    (tmp_path / "parsers").mkdir()
    (tmp_path / "parsers" / "__init__.py").write_text("raise SystemExit('user code ran')")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\nfrom migrate._guard import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "parsers" in done.stderr
    assert "user code ran" not in done.stderr
