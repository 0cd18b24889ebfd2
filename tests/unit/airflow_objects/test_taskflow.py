from __future__ import annotations

IMPORTS = """
from airflow.decorators import dag, setup, task, teardown
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
"""


def test_ids_data_edges_and_override(evaluate) -> None:
    result = evaluate(
        """
        @task
        def get(n): return {"k": n}
        @task(task_id="other", retries=3)
        def use(a, *, b=None): ...
        with DAG("d"):
            first, second = get(1), get(2)
            use(first["k"], b=[second, {"x": get.override(task_id="third")(3)}])
            use.override(retries=1)(1)
        """,
        imports=IMPORTS,
    )
    assert result.tasks == ["get", "get__1", "third", "other", "other__1"]
    assert result.edges == ["get>other", "get__1>other", "third>other"]
    assert result.dag.tasks["other"].upstream == {"get": "data", "get__1": "data", "third": "data"}
    assert [result.dag.tasks[t].arguments["retries"].value for t in ("other", "other__1")] == [3, 1]


def test_variants_and_unknown_ones(evaluate) -> None:
    result = evaluate(
        """
        with DAG("d"):
            @task.bash
            def a(): return "ls"
            @task.branch(task_id="choose")
            def b(): return "c"
            @task.virtualenv(requirements=["x"])
            def c(): ...
            @task.some_vendor(model="m")
            def e(): ...
            @task.run_if(lambda context: True)
            @task.short_circuit
            def f(): ...
            a() >> b() >> [c(), e(), f()]
        """,
        imports=IMPORTS,
    )
    kinds = {t.task_id: t.decorator for t in result.dag.tasks.values()}
    assert kinds == {
        "a": "task.bash", "choose": "task.branch", "c": "task.virtualenv", "e": "task.some_vendor",
        "f": "task.short_circuit",
    }  # fmt: skip
    assert "run_if" in result.dag.tasks["f"].arguments
    assert result.dag.tasks["choose"].operator.derives_from("BranchPythonOperator")


def test_multiple_outputs_from_the_annotation(evaluate) -> None:
    result = evaluate(
        """
        from typing import Dict
        with DAG("d"):
            @task
            def a() -> Dict[str, int]: ...
            @task
            def b() -> dict: ...
            @task
            def c() -> list: ...
            @task(multiple_outputs=False)
            def e() -> dict: ...
            a(), b(), c(), e()
        """,
        imports=IMPORTS,
    )
    found = {t: task.arguments.get("multiple_outputs") for t, task in result.dag.tasks.items()}
    assert {t: a.value if a else None for t, a in found.items()} == {"a": True, "b": True, "c": None, "e": False}


def test_mapping(evaluate) -> None:
    result = evaluate(
        """
        @task
        def make(): ...
        @task
        def one(x, y=0): ...
        with DAG("d"):
            values = make()
            mapped = one.partial(y=values["z"]).expand(x=values.map(lambda v: v + 1).zip([1, 2]))
            one.expand_kwargs(make())
            bash = BashOperator.partial(task_id="b", env={}).expand(bash_command=["a", "b"])
            bash >> EmptyOperator(task_id="end")
            one(mapped)
        """,
        imports=IMPORTS,
    )
    assert result.edges == ["b>end", "make>one", "make__1>one__1", "one>one__2"]
    tasks = result.dag.tasks
    assert {t for t in tasks if tasks[t].mapping} == {"one", "one__1", "b"}
    assert tasks["one__1"].mapping.kind == "kwargs"
    assert tasks["b"].arguments["env"].origin == "partial"
    assert list(tasks["b"].mapping.arguments) == ["bash_command"]


def test_result_in_text_makes_a_template_but_no_edge(evaluate) -> None:
    result = evaluate(
        """
        @task
        def get(): ...
        with DAG("d"):
            BashOperator(task_id="b", bash_command=f"echo {get()}")
            BashOperator(task_id="c", bash_command=get())
        """,
        imports=IMPORTS,
    )
    assert result.edges == ["get__1>c"]
    assert "xcom_pull(task_ids='get'" in result.dag.tasks["b"].arguments["bash_command"].value


def test_results_reach_only_template_fields_of_known_operators(evaluate) -> None:
    result = evaluate(
        """
        from airflow.providers.acme.operators.acme import AcmeOperator
        @task
        def get(): ...
        with DAG("d"):
            x = get()
            BashOperator(task_id="b", bash_command="ls", append_env=x)
            AcmeOperator(task_id="a", anything={"deep": [x]})
            late = BashOperator(task_id="c", bash_command="ls")
            late.bash_command = x
        """,
        imports=IMPORTS,
    )
    assert result.edges == ["get>a", "get>c"]


def test_setup_and_teardown(evaluate) -> None:
    result = evaluate(
        """
        with DAG("d"):
            @setup
            def up(): ...
            @teardown(on_failure_fail_dagrun=True)
            def down(): ...
            @task
            def work(): ...
            s, t = up(), down()
            s >> work() >> t
            with s >> t:
                EmptyOperator(task_id="inside") >> EmptyOperator(task_id="last")
        """,
        imports=IMPORTS,
    )
    tasks = result.dag.tasks
    assert tasks["up"].is_setup and tasks["down"].is_teardown and tasks["down"].on_failure_fail_dagrun
    assert tasks["down"].arguments["trigger_rule"].value == "all_done_setup_success"
    assert result.edges == ["inside>last", "last>down", "up>down", "up>inside", "up>work", "work>down"]


def test_as_teardown_with_setups(evaluate) -> None:
    result = evaluate(
        """
        with DAG("d"):
            a, b, c = (EmptyOperator(task_id=i) for i in "abc")
            a >> b >> c.as_teardown(setups=a)
        """,
        imports=IMPORTS,
    )
    assert result.edges == ["a>b", "a>c", "b>c"]
    assert result.dag.tasks["a"].is_setup and result.dag.tasks["c"].is_teardown


def test_decorated_functions_of_another_module_and_stacked_decorators(evaluate) -> None:
    result = evaluate(
        """
        from helpers import load, logged
        with DAG("d"):
            @task
            @logged
            def mine(x): return x
            mine(load())
        """,
        imports=IMPORTS,
        files={
            "helpers.py": """
            import functools
            from airflow.decorators import task
            @task
            def load(): ...
            def logged(f):
                @functools.wraps(f)
                def inner(*a, **k): return f(*a, **k)
                return inner
            """
        },
    )
    assert result.edges == ["load>mine"]


def test_dag_parameters_are_run_parameters(evaluate) -> None:
    result = evaluate(
        """
        @dag(schedule=None)
        def pipeline(name="world", count: int = 3):
            BashOperator(task_id="b", bash_command=name)
        pipeline(count=4)
        """,
        imports=IMPORTS,
    )
    assert list(result.dags) == ["pipeline"]
    value = result.dag.tasks["b"].arguments["bash_command"].value
    assert value.expr.kind == "param" and value.expr.name == "name"
    assert result.dag.arguments["params"].value == {"name": "world", "count": 4}


def test_the_decorator_of_a_dag_object(evaluate) -> None:
    result = evaluate(
        """
        dag = DAG("d", schedule=None)

        @dag.task
        def first():
            return 1

        @dag.task(task_id="second", retries=2)
        def other(value):
            pass

        other(first())
        """
    )
    assert (result.tasks, result.edges) == (["first", "second"], ["first>second"])


def test_a_decorator_that_is_not_here_may_make_tasks(evaluate) -> None:
    result = evaluate(
        """
        @vendor.task
        def train():
            return 1

        @clean_frames
        def clean(frame):
            return frame.dropna()

        @logged
        def build():
            return EmptyOperator(task_id="end")

        with DAG("d"):
            @task
            def source():
                return 1

            train()
            clean(source())
            build()
        """,
        imports="""
        import vendor
        from airflow.decorators import task
        from airflow.operators.empty import EmptyOperator
        from elsewhere import clean_frames, logged
        """,
    )
    assert result.tasks == ["source", "end"]
    assert [f.function for f in result.findings if f.code == "STR007"] == ["vendor.task", "elsewhere.clean_frames"]
