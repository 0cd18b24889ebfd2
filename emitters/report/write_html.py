"""The report as one HTML file: no network, no other files.

The data stand in the page as JSON: the report at once, pieces of source and manifests in one block per workflow that is
read when its page is opened. The script builds every page from text nodes, so sources cannot inject markup.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jinja2

from emitters.report.details import Details
from emitters.report.model import Report, WorkflowRow
from migrate.diagnostics.explain import parts, summary
from migrate.diagnostics.registry import all_findings

ASSETS = Path(__file__).parent / "assets"


def to_html(report: Report, details: Details) -> str:
    """The page. The same report and details give the same text."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    places = _places(report)
    return environment.get_template("template.html").render(
        report=report,
        attention=sum(1 for f in report.findings if f.severity != "info"),
        css=_asset("report.css"),
        js=_asset("report.js"),
        data=_json(report.model_dump(mode="json")),
        codes=_json(_codes(report)),
        details=[_json(_details(w, places, details)) for w in report.workflows],
    )


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _json(value: Any) -> str:
    """JSON without a character that could end a script; the template may insert it as it is."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char, escape in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(char, escape)
    return text


def _codes(report: Report) -> dict[str, dict[str, str]]:
    known = all_findings()
    out = {}
    for code in sorted({f.code for f in report.findings}):
        found = known.get(code)
        if found is not None:
            _, why, what = parts(found)
            out[code] = {"name": found.__name__, "summary": summary(found), "why": why, "what": what}
    return out


def _places(report: Report) -> dict[tuple[str, str], set[str]]:
    """Places of findings, by ("workflow", id), and those of no workflow by ("file", name)."""
    found: dict[tuple[str, str], set[str]] = {}
    for f in report.findings:
        key = ("workflow", f.workflow) if f.workflow else ("file", f.file)
        found.setdefault(key, set()).add(f"{f.file}:{f.line}")
    return found


def _details(w: WorkflowRow, of_findings: dict[tuple[str, str], set[str]], details: Details) -> dict[str, Any]:
    places = {f"{t.file}:{t.line}" for t in w.tasks}
    places |= of_findings.get(("workflow", w.id), set()) | of_findings.get(("file", w.file), set())
    excerpts = {p: details.excerpts[p] for p in sorted(places) if p in details.excerpts}
    return {
        "excerpts": {place: [e.first, e.text] for place, e in excerpts.items()},
        "manifests": [list(pair) for pair in details.manifests.get(w.id, ())],
        "snippets": {task: list(s) for task, s in details.snippets.get(w.id, {}).items()},
    }
