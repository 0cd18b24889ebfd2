"""DAGs whose dependencies form a circle: Airflow refuses them, and a step that fails stands for them."""

from __future__ import annotations

from typing import Any

import pytest

from migrate.ir.actions import Unconverted

HEAD = """
with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
    with TaskGroup("g") as g:
        a, c = EmptyOperator(task_id="a"), EmptyOperator(task_id="c")
    b = EmptyOperator(task_id="b")
"""
IMPORTS = "from airflow.utils.task_group import TaskGroup\nfrom airflow.operators.empty import EmptyOperator\n"


@pytest.mark.parametrize(
    ("edges", "circle"),
    [
        ("g >> b >> c", "the dependencies of `b`, `g.c` form a circle"),
        ("a >> c >> a", "the dependencies of `g.a`, `g.c` form a circle"),
        ("b >> b", "the dependencies of `b` form a circle"),
    ],
)
def test_a_circle_is_refused(read: Any, edges: str, circle: str) -> None:
    found = read(f"{IMPORTS}{HEAD}    {edges}\n")
    assert found.codes() == ["STR008"]
    assert found.texts("STR008") == [f"Airflow refuses this DAG: {circle}"]
    (step,) = found.workflow.nodes
    assert isinstance(step.action, Unconverted)
    assert circle in step.action.message


def test_a_way_out_of_a_group_and_back_is_no_circle(read: Any) -> None:
    found = read(f"{IMPORTS}{HEAD}    a >> b >> c\n")
    assert found.codes() == []
    assert {t.id for t in found.workflow.tasks()} == {"g.a", "g.c", "b"}
