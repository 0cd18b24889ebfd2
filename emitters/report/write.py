"""All files of the report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from emitters.report.details import collect
from emitters.report.model import Report
from emitters.report.write_html import to_html
from emitters.report.write_markdown import to_markdown
from emitters.report.write_sarif import to_sarif
from migrate.output import OutputFile


def write_report(report: Report, files: Sequence[OutputFile], roots: Sequence[Path]) -> list[OutputFile]:
    """report.json, report.md, report.html and report.sarif. `files`: the manifests; `roots`: where the sources are."""
    details = collect(report, files, roots)
    return [
        OutputFile(path="report.html", text=to_html(report, details)),
        OutputFile(path="report.json", text=report.model_dump_json(indent=1) + "\n"),
        OutputFile(path="report.md", text=to_markdown(report)),
        OutputFile(path="report.sarif", text=to_sarif(report)),
    ]
