"""Which version of Airflow a DAG is converted for."""

from __future__ import annotations

import re

from migrate.diagnostics.building import AssumedVersion
from parsers.airflow.context import DagContext
from parsers.airflow.generation import Generation

_THREE = re.compile(r"^\s*(?:from|import)\s+airflow\.(sdk|providers\.standard)\b", re.M)
_TWO = re.compile(
    r"\bschedule_interval\s*=|\bexecution_date\b|SubDagOperator|\bfail_stop\s*=|airflow\.contrib\.|"
    r"airflow\.(?:operators|sensors)\.\w+_(?:operator|sensor)s?\b|\bdays_ago\b|airflow\.utils\.dates"
)
TWO, THREE = "2.11", "3.1"


def generation_of(text: str, wanted: str | None) -> tuple[Generation, str]:
    """(generation, why) from the file's text, unless the user named a version (`2`, `2.11`, `3.1`)."""
    if wanted:
        full = {"2": TWO, "3": THREE}.get(wanted, wanted)
        return (Generation(full, assumed=False), "as asked for")
    found = _THREE.search(text)
    if found is not None:
        return (Generation(THREE), f"the file imports `airflow.{found.group(1)}`")
    old = _TWO.search(text)
    if old is not None:
        return (Generation(TWO), f"the file says `{old.group(0).strip()}`")
    return (Generation(TWO), "nothing in the file says which version")


def note_generation(context: DagContext, why: str) -> None:
    """TIM001, unless the user named the version."""
    if context.generation.assumed:
        context.report(AssumedVersion, generation=context.generation.text, why=why)
