"""Which values from outside would resolve a finding, if the user supplied them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from migrate.diagnostics.base import Diagnostic, Severity

_PREFIXES = ("variable:", "env:", "connection:")
_IN_TEXT = re.compile(r"the (environment variable|variable|connection) `([^`]+)` is not known")
_KINDS = {"environment variable": "env", "variable": "variable", "connection": "connection"}


def supply_names(finding: Diagnostic) -> set[str]:
    """Names such as `variable:x`, `env:X`, `connection:c` that the finding depends on; empty for notes."""
    if finding.severity is Severity.INFO:
        return set()
    name = getattr(finding, "name", None)
    found = {name} if isinstance(name, str) and name.startswith(_PREFIXES) else set()
    return found | {f"{_KINDS[kind]}:{item}" for kind, item in _IN_TEXT.findall(finding.text)}


def supply(findings: Iterable[Diagnostic], by_file: Mapping[str, Sequence[str]]) -> list[tuple[str, int]]:
    """Names with the number of workflows that depend on each, the most useful first.

    `by_file`: ids of the workflows of each file, for findings that name none.
    """
    users: dict[str, set[str]] = defaultdict(set)
    for finding in findings:
        for name in supply_names(finding):
            users[name].update(
                [finding.workflow] if finding.workflow else by_file.get(finding.span.file) or [finding.span.file]
            )
    return sorted(((name, len(ids)) for name, ids in users.items()), key=lambda item: (-item[1], item[0]))
