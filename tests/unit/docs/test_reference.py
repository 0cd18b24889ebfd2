"""Generated pages are current, and what they are generated from is complete."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import click
import jsonschema
import pytest

from migrate.cli import cli
from migrate.diagnostics.explain import AREAS, HEADINGS, area, parts
from migrate.diagnostics.registry import all_findings
from migrate.reference import reference_files

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.mark.parametrize("name", sorted(reference_files()))
def test_generated_pages_are_current(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == reference_files()[name], "run: uv run python tests/reference.py"


def test_the_readme_shows_a_real_run() -> None:
    path = DOCS.parent / "tests" / "reference.py"
    spec = importlib.util.spec_from_file_location("reference_script", path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    text = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert script.readme_with_real_output(text) == text, "run: uv run python tests/reference.py"


@pytest.mark.parametrize("name", ["inspect.json", "report.json"])
def test_schemas_are_valid(name: str) -> None:
    schema = json.loads((DOCS / "schema" / name).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert not jsonschema.Draft202012Validator(schema).is_valid({})


@pytest.mark.parametrize("code", sorted(all_findings()))
def test_every_finding_has_its_page(code: str) -> None:
    found = all_findings()[code]
    assert all(heading in (found.__doc__ or "") for heading in HEADINGS), found
    assert all(len(part) >= 5 for part in parts(found))
    assert found.message
    assert area(code) in AREAS.values(), f"add the area of {code} to AREAS"


def commands(group: click.Group) -> list[click.Command]:
    return [
        c for item in group.commands.values() for c in (commands(item) if isinstance(item, click.Group) else [item])
    ]


@pytest.mark.parametrize("command", commands(cli), ids=lambda c: c.name)
def test_every_command_has_help(command: click.Command) -> None:
    assert command.help
    assert [o.name for o in command.params if isinstance(o, click.Option) and not o.help and o.name != "form"] == []


def test_links_between_pages_resolve() -> None:
    missing = []
    for page in [*DOCS.rglob("*.md"), DOCS.parent / "README.md", DOCS.parent / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                missing.append(f"{page.relative_to(DOCS.parent)}: {target}")
    assert missing == []
