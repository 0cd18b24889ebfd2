"""The findings as SARIF 2.1.0, for code scanning on the sources."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import quote

from pydantic_core import to_json

from emitters.report.model import FindingRow, Report
from migrate.diagnostics.explain import parts, summary
from migrate.diagnostics.registry import all_findings

NO_RESULTS = '"results": []'
LEVELS = {"info": "note", "warning": "warning", "manual": "warning", "error": "error", "failed": "error"}


def to_sarif(report: Report) -> str:
    """The SARIF text. Rules are the codes that occur."""
    known = all_findings()
    codes = sorted({f.code for f in report.findings})
    driver = {
        "name": "migrate",
        "version": report.migrate_version,
        "rules": [_rule(code, known) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "originalUriBaseIds": {"SOURCES": {"description": {"text": "The folder that was converted."}}},
        "results": [],
    }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    before, after = to_json(document, indent=1).decode().split(NO_RESULTS)
    return f'{before}"results": [{_results(report, codes)}]{after}\n'


def _results(report: Report, codes: list[str]) -> str:
    """The results' texts, one made after the other: mappings of all at once take several times their memory."""
    pad = "\n    "
    texts = (to_json(_result(f, codes), indent=1).decode().replace("\n", pad) for f in report.findings)
    joined = f",{pad}".join(texts)
    return f"{pad}{joined}\n   " if joined else ""


def _rule(code: str, known: dict[str, Any]) -> dict[str, Any]:
    found = known.get(code)
    if found is None:
        return {"id": code}
    description, why, what = parts(found)
    return {
        "id": code,
        "name": found.__name__,
        "shortDescription": {"text": summary(found)},
        "fullDescription": {"text": description},
        "help": {"text": f"{why}\n\n{what}", "markdown": f"**Why it matters.** {why}\n\n**What to do.** {what}"},
        "defaultConfiguration": {"level": LEVELS[found.severity.value]},
    }


def _result(f: FindingRow, codes: list[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": f.code,
        "ruleIndex": codes.index(f.code),
        "level": LEVELS[f.severity],
        "message": {"text": f.message},
        "properties": {"disposition": f.disposition},
    }
    if f.file:
        place: dict[str, Any] = {"artifactLocation": {"uri": _uri(f.file), "uriBaseId": "SOURCES"}}
        if f.line:
            place["region"] = {"startLine": f.line, "startColumn": f.column + 1}
        result["locations"] = [{"physicalLocation": place}]
    subject = ".".join(part for part in (f.workflow, f.task) if part)
    if subject:
        result.setdefault("locations", [{}])[0]["logicalLocations"] = [{"fullyQualifiedName": subject}]
    return result


@lru_cache(maxsize=1_000)
def _uri(file: str) -> str:
    return quote(file)
