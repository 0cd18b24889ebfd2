from __future__ import annotations

import pytest

IMPORTS = "from airflow.operators.empty import EmptyOperator\nfrom airflow.utils.task_group import TaskGroup\n"

CASES = {
    "with the teardown": (
        "with t1:\n        a >> b",
        ["a>b", "s1>t1"],
    ),
    "tasks made inside": (
        "with t1:\n        E('x') >> E('y')\n        E('z')",
        ["s1>t1", "s1>x", "s1>z", "x>y", "y>t1", "z>t1"],
    ),
    "with the setup": (
        "with s1:\n        E('x') >> E('y')",
        ["s1>t1", "s1>x", "x>y", "y>t1"],
    ),
    "nested": (
        "s2 >> t2\n    with t1:\n        E('x')\n        with t2:\n            E('y')\n        E('z')",
        ["s1>s2", "s1>t1", "s1>x", "s2>t2", "s2>y", "t2>t1", "x>t1", "y>t2"],
    ),
    "scope": (
        "with t1 as scope:\n        scope.add_task(a)",
        ["a>t1", "s1>a", "s1>t1"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_context(name: str, evaluate) -> None:
    """Expected edges are those of Airflow 2.11 and 3.1."""
    body, expected = CASES[name]
    result = evaluate(
        f"""
with DAG("d"):
    E = lambda i: EmptyOperator(task_id=i)
    a, b = E("a"), E("b")
    s1, s2, t1, t2 = E("s1").as_setup(), E("s2").as_setup(), E("t1").as_teardown(), E("t2").as_teardown()
    s1 >> t1
    {body}
""",
        imports=IMPORTS,
    )
    assert result.edges == expected


def test_teardown_is_no_leaf_of_its_group(evaluate) -> None:
    result = evaluate(
        """
        with DAG("d"):
            with TaskGroup("g") as g:
                s, w, t = (EmptyOperator(task_id=i) for i in "swt")
                s >> w >> t.as_teardown(setups=s)
            g >> EmptyOperator(task_id="after")
        """,
        imports=IMPORTS,
    )
    assert "g.w>after" in result.edges
    assert "g.t>after" not in result.edges


def test_empty_group_passes_on_in_airflow_three(evaluate) -> None:
    text = """
        with DAG("d"):
            with TaskGroup("g") as g: pass
            EmptyOperator(task_id="a") >> g >> EmptyOperator(task_id="b")
        """
    assert evaluate(text, imports=IMPORTS).edges == []
    assert evaluate(text, imports=IMPORTS, airflow_version="3.1").edges == ["a>b"]
