from __future__ import annotations

IMPORTS = """
from airflow.decorators import task, task_group
from airflow.operators.empty import EmptyOperator
from airflow.utils.edgemodifier import Label
from airflow.utils.task_group import TaskGroup
"""


def test_nested_groups_and_their_edges(evaluate) -> None:
    result = evaluate(
        """
        with DAG("d"):
            start, end = EmptyOperator(task_id="start"), EmptyOperator(task_id="end")
            with TaskGroup("g") as g:
                a, b = EmptyOperator(task_id="a"), EmptyOperator(task_id="b")
                with TaskGroup(group_id="h") as h:
                    c = EmptyOperator(task_id="c")
                a >> h
            start >> g >> end
        """,
        imports=IMPORTS,
    )
    assert result.tasks == ["start", "end", "g.a", "g.b", "g.h.c"]
    assert result.edges == ["g.a>g.h.c", "g.b>end", "g.h.c>end", "start>g.a", "start>g.b"]
    assert list(result.dag.groups) == ["g", "g.h"]


def test_no_prefix_and_suffix_on_collision(evaluate) -> None:
    result = evaluate(
        """
        with DAG("d"):
            with TaskGroup("g", prefix_group_id=False):
                EmptyOperator(task_id="a")
                with TaskGroup("h"):
                    EmptyOperator(task_id="b")
            for _ in range(2):
                with TaskGroup("k", add_suffix_on_collision=True):
                    EmptyOperator(task_id="c")
        """,
        imports=IMPORTS,
    )
    assert result.tasks == ["a", "h.b", "k.c", "k__1.c"]


def test_same_group_id_twice_is_airflows_error(evaluate) -> None:
    result = evaluate(
        """
        with DAG("d"):
            with TaskGroup("g"):
                EmptyOperator(task_id="a")
            with TaskGroup("g"):
                EmptyOperator(task_id="b")
        """,
        imports=IMPORTS,
    )
    assert "g.a" in result.tasks
    assert any("DuplicateTaskIdFound" in f.text for f in result.findings)


def test_empty_group_joins_nothing(evaluate) -> None:
    result = evaluate(
        """
        with DAG("d"):
            a, b = EmptyOperator(task_id="a"), EmptyOperator(task_id="b")
            with TaskGroup("g") as g:
                pass
            a >> g >> b
        """,
        imports=IMPORTS,
    )
    assert result.edges == []


def test_default_args_of_groups(evaluate) -> None:
    result = evaluate(
        """
        with DAG("d", default_args={"retries": 1, "owner": "x"}):
            with TaskGroup("g", default_args={"retries": 2}):
                with TaskGroup("h", default_args={"owner": "y"}):
                    EmptyOperator(task_id="a")
                    EmptyOperator(task_id="b", retries=5)
        """,
        imports=IMPORTS,
    )
    a, b = result.dag.tasks["g.h.a"].arguments, result.dag.tasks["g.h.b"].arguments
    assert (a["retries"].value, a["owner"].value, a["retries"].origin) == (2, "y", "default_args")
    assert (b["retries"].value, b["retries"].origin) == (5, "call")


def test_decorated_group(evaluate) -> None:
    result = evaluate(
        """
        @task
        def one(): ...
        @task
        def two(x): ...
        @task_group
        def g(x):
            return two(x)
        @task_group(group_id="h", tooltip="t")
        def other():
            EmptyOperator(task_id="e")
        with DAG("d"):
            first = g(one())
            second = g(first)
            second >> other()
        """,
        imports=IMPORTS,
    )
    assert result.tasks == ["one", "g.two", "g__1.two", "h.e"]
    assert result.edges == ["g.two>g__1.two", "g__1.two>h.e", "one>g.two"]


def test_mapped_group(evaluate) -> None:
    result = evaluate(
        """
        @task
        def make(): ...
        @task
        def use(x, y): ...
        @task
        def plain(): ...
        @task_group
        def g(x, y):
            plain() >> use(x, y)
        with DAG("d"):
            g.partial(y=1).expand(x=make()) >> EmptyOperator(task_id="end")
        """,
        imports=IMPORTS,
    )
    assert result.edges == ["g.plain>g.use", "g.use>end", "make>g.plain", "make>g.use"]
    group = result.dag.groups["g"]
    assert group.mapping is not None and group.mapping.kind == "product"
    assert list(group.mapped_parameters) == ["x"]


def test_label_between_groups_lifts_to_the_groups(evaluate) -> None:
    result = evaluate(
        """
        with DAG("d"):
            a = EmptyOperator(task_id="a")
            with TaskGroup("g") as g:
                b, c = EmptyOperator(task_id="b"), EmptyOperator(task_id="c")
            a >> Label("x") >> g
        """,
        imports=IMPORTS,
    )
    assert result.edges == ["a>g.b", "a>g.c"]


def test_group_given_explicitly(evaluate) -> None:
    result = evaluate(
        """
        with DAG("d") as dag:
            g = TaskGroup("g")
            EmptyOperator(task_id="a", task_group=g)
            TaskGroup("h", parent_group=g)
        """,
        imports=IMPORTS,
    )
    assert result.tasks == ["g.a"]
    assert list(result.dag.groups) == ["g", "g.h"]
