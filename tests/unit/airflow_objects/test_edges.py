from __future__ import annotations

import pytest

IMPORTS = """
from airflow.models.baseoperator import chain, cross_downstream
from airflow.operators.empty import EmptyOperator
from airflow.utils.edgemodifier import Label
from airflow.utils.task_group import TaskGroup
"""
TASKS = """
with DAG("d") as dag:
    a, b, c, d, e = (EmptyOperator(task_id=i) for i in "abcde")
    {}
"""

CASES = {
    "shift": ("a >> b >> c", ["a>b", "b>c"]),
    "left shift": ("a << b << c", ["b>a", "c>b"]),
    "lists": ("a >> [b, c] >> d", ["a>b", "a>c", "b>d", "c>d"]),
    "list first": ("[a, b] >> c; [d, e] << c", ["a>c", "b>c", "c>d", "c>e"]),
    "tuple": ("a >> (b, c)", ["a>b", "a>c"]),
    "methods": ("a.set_downstream([b, c]); d.set_upstream(b)", ["a>b", "a>c", "b>d"]),
    "value of an edge": ("x = a >> b; x >> c", ["a>b", "b>c"]),
    "twice": ("a >> b; a >> b", ["a>b"]),
    "chain": ("chain(a, [b, c], [d, e])", ["a>b", "a>c", "b>d", "c>e"]),
    "chain into one": ("chain([a, b], c)", ["a>c", "b>c"]),
    "cross": ("cross_downstream([a, b], [c, d])", ["a>c", "a>d", "b>c", "b>d"]),
    "label": ("a >> Label('yes') >> b; a >> Label('no') >> [c, d]", ["a>b", "a>c", "a>d"]),
    "label left": ("a << Label('x') << b", ["b>a"]),
    "label in chain": ("chain(a, [Label('1'), Label('2')], [b, c], d)", ["a>b", "a>c", "b>d", "c>d"]),
    "set_dependency": ("dag.set_dependency('a', 'c')", ["a>c"]),
    "get_task": ("dag.get_task('a') >> dag.task_dict['b']", ["a>b"]),
    "loop": ("last = a\n    for t in [b, c, d]:\n        last >> t\n        last = t", ["a>b", "b>c", "c>d"]),
    "edge on an operator made in place": ("a >> EmptyOperator(task_id='z')", ["a>z"]),
}


@pytest.mark.parametrize("name", CASES)
def test_syntax(name: str, evaluate) -> None:
    body, expected = CASES[name]
    assert evaluate(TASKS.format(body), imports=IMPORTS).edges == expected


def test_labels_are_kept(evaluate) -> None:
    result = evaluate(TASKS.format("a >> Label('yes') >> b"), imports=IMPORTS)
    assert result.dag.tasks["b"].labels == {"a": "yes"}


def test_chain_of_lists_of_different_length_is_airflows_error(evaluate) -> None:
    result = evaluate(TASKS.format("chain([a, b], [c, d, e])"), imports=IMPORTS)
    assert result.edges == []
    assert any("different length" in f.text for f in result.findings)


def test_unknown_side_is_reported_and_the_rest_kept(evaluate) -> None:
    result = evaluate(TASKS.format("a >> [b, third.task()] >> c"), imports=IMPORTS + "import third\n")
    assert result.edges == ["a>b", "b>c"]
    assert "STR002" in result.codes()


def test_tasks_of_two_dags_cannot_be_joined(evaluate) -> None:
    result = evaluate(
        """
        with DAG("one"): a = EmptyOperator(task_id="a")
        with DAG("two"): b = EmptyOperator(task_id="b")
        a >> b
        """,
        imports=IMPORTS,
    )
    assert not result.dags["two"].tasks["b"].upstream
    assert any("more than one DAG" in f.text for f in result.findings)


def test_old_style_membership(evaluate) -> None:
    result = evaluate(
        """
        dag = DAG("d")
        a = EmptyOperator(task_id="a")
        b = EmptyOperator(task_id="b", dag=dag)
        c = EmptyOperator(task_id="c")
        e = EmptyOperator(task_id="e")
        f = EmptyOperator(task_id="f")
        dag >> a
        b >> c
        e.dag = dag
        dag.add_task(f)
        """,
        imports=IMPORTS,
    )
    assert set(result.tasks) == set("abcef")
    assert result.edges == ["b>c"]


def test_task_without_dag_is_left_out_and_said(evaluate) -> None:
    result = evaluate(
        "dag = DAG('d')\nEmptyOperator(task_id='a')\nEmptyOperator(task_id='b', dag=dag)", imports=IMPORTS
    )
    assert result.tasks == ["b"]
    assert "STR005" in result.codes()


def test_duplicate_task_id(evaluate) -> None:
    result = evaluate(TASKS.format("EmptyOperator(task_id='a')"), imports=IMPORTS)
    assert result.tasks == list("abcde")
    assert any("DuplicateTaskIdFound" in f.text for f in result.findings)
