"""How Airflow's deciding operators skip what is below them."""

from __future__ import annotations

from typing import Literal

from migrate.ir.workflow import Branch
from parsers.airflow.generation import Generation

LATEST_ONLY = Branch(kind="gate", spares_known_items=True)
"""A branch that names all of its direct children, or none."""


def branch_kind(kind: Literal["choose", "gate"], generation: Generation, ignore_rules: bool = False) -> Branch:
    """Instances of a task that is mapped over known items exist when the run starts. A branch skips by task and map
    index -1, so it does not find them; a short circuit skips by task in Airflow 2, and as a branch does in Airflow 3
    (recorded: 258-skipped-maps, 259-short-circuit-maps)."""
    return Branch(kind=kind, ignore_rules=ignore_rules, spares_known_items=kind == "choose" or generation.major >= 3)
