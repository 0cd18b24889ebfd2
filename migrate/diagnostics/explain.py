"""The pages of findings: for `migrate explain`, the reference in docs/, and the rules of the SARIF file."""

from __future__ import annotations

import inspect
import re
from difflib import get_close_matches

from migrate.diagnostics.base import DISPOSITION_OF, Diagnostic
from migrate.diagnostics.registry import all_findings
from migrate.errors import UserError

HEADINGS = ("## Why it matters", "## What to do")
AREAS = {
    "BRN": "Branches",
    "BUD": "Budgets of the evaluation",
    "CFG": "Configuration",
    "DAG": "Structure and rules",
    "DIG": "Digdag",
    "EVA": "Evaluation of sources",
    "GEN": "DAGs described in YAML files, folders and dbt manifests",
    "HITL": "Decisions by people",
    "HST": "Hosted operators",
    "INT": "Faults of migrate itself",
    "LOOP": "Loops",
    "MAP": "Dynamic mapping",
    "NAM": "Names",
    "NOT": "Notifications and callbacks",
    "OPS": "Operators",
    "OUT": "Set of files written",
    "PAR": "Params",
    "POOL": "Concurrency",
    "PY": "Python callables",
    "RET": "Retries and timeouts",
    "SCH": "Schedules",
    "SEC": "Secrets, connections, rights",
    "SEN": "Sensors",
    "SRC": "Source files",
    "STR": "Structure of source workflows",
    "TIM": "Time model",
    "TPL": "Templates",
    "VAR": "Variables and environment",
    "VER": "Versions",
    "XCM": "Data between tasks",
}


def area(code: str) -> str:
    """What the letters of a code stand for."""
    letters = re.sub(r"\d.*", "", code)
    return AREAS.get(letters, letters)


def page(code: str) -> str:
    """The page of one finding as Markdown. Raises UserError for an unknown code."""
    findings = all_findings()
    found = findings.get(code.upper())
    if found is None:
        close = get_close_matches(code.upper(), list(findings), 3, 0.5)
        hint = f" Did you mean {', '.join(close)}?" if close else " `migrate explain --all` lists every code."
        raise UserError(f"there is no finding `{code}`.{hint}")
    return _page(found, "#")


def reference() -> str:
    """The reference of all findings as one Markdown page."""
    lines = [
        "# Findings",
        "",
        "Generated from the code (`migrate explain --all`); do not edit. Severities decide what becomes of a task:",
        "info leaves it `converted`, warning makes it `caveat`, manual `manual`, error `not-converted`; `failed` is",
        "our own fault or an unreadable source. A workflow is as bad as its worst finding.",
        "",
    ]
    findings = all_findings()
    lines += ["| code | finding | severity |", "|---|---|---|"]
    lines += [f"| [{c}](#{_anchor(c, f)}) | {summary(f)} | {f.severity.value} |" for c, f in findings.items()]
    last = ""
    for code, found in findings.items():
        if area(code) != last:
            last = area(code)
            lines += ["", f"## {last}"]
        lines += ["", _page(found, "###").rstrip()]
    return "\n".join(lines) + "\n"


def _anchor(code: str, found: type[Diagnostic]) -> str:
    return f"{code} {found.__name__}".lower().replace(" ", "-")


def summary(found: type[Diagnostic]) -> str:
    """The first line of the docstring."""
    return " ".join(text(found).split("\n\n")[0].split())


def text(found: type[Diagnostic]) -> str:
    """The docstring, without its indentation."""
    return inspect.cleandoc(found.__doc__ or "")


def parts(found: type[Diagnostic]) -> tuple[str, str, str]:
    """Description, why it matters, what to do."""
    body = text(found)
    before, _, rest = body.partition(HEADINGS[0])
    why, _, what = rest.partition(HEADINGS[1])
    return before.strip(), why.strip(), what.strip()


def _page(found: type[Diagnostic], level: str) -> str:
    description, why, what = parts(found)
    disposition = DISPOSITION_OF[found.severity].value
    return (
        f"{level} {found.code} {found.__name__}\n\n"
        f"{description}\n\n"
        f"Severity: {found.severity.value} (leads to `{disposition}`). Message: `{found.message}`\n\n"
        f"**Why it matters.** {why}\n\n"
        f"**What to do.** {what}\n"
    )
