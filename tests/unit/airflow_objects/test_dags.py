from __future__ import annotations

from typing import Any

IMPORTS = """
from airflow.decorators import dag, task
from airflow.operators.empty import EmptyOperator
"""


def test_declarations_that_airflow_sees(evaluate) -> None:
    result = evaluate(
        """
        with DAG("context") as c:
            EmptyOperator(task_id="a")
        constructed = DAG(dag_id="constructed", schedule_interval="@daily")
        EmptyOperator(task_id="a", dag=constructed)
        def factory(name, **kw):
            with DAG(f"made_{name}", **kw):
                EmptyOperator(task_id="a")
        factory("x", tags=["t"])
        for i in range(2):
            globals()[f"loop_{i}"] = d = DAG(f"loop_{i}")
        @dag
        def decorated(): EmptyOperator(task_id="a")
        decorated()
        class Mine(DAG):
            def __init__(self, name, **kw):
                super().__init__(dag_id="mine_" + name, catchup=False, **kw)
        own = Mine("z", description="text")
        """,
        imports=IMPORTS,
    )
    assert list(result.dags) == [
        "context", "constructed", "made_x", "loop_0", "loop_1", "decorated", "mine_z",
    ]  # fmt: skip
    assert result.dags["mine_z"].arguments["description"].value == "text"
    assert result.dags["mine_z"].arguments["catchup"].value is False


def test_dags_that_airflow_does_not_see(evaluate) -> None:
    result = evaluate(
        """
        kept = [DAG("in_list")]
        EmptyOperator(task_id="a", dag=kept[0])
        def local():
            d = DAG("local")
            EmptyOperator(task_id="a", dag=d)
        local()
        with DAG("hidden", auto_register=False) as h:
            EmptyOperator(task_id="a")
        del h
        @dag
        def never_called(): ...
        seen = DAG("seen")
        """,
        imports=IMPORTS,
    )
    assert list(result.dags) == ["seen"]
    assert result.codes().count("STR004") == 3


def test_dag_imported_from_another_file(evaluate) -> None:
    text = "from airflow import DAG\nwith DAG('helper') as dag:\n    pass\nother = DAG('other')\n"
    assert list(evaluate("import helper", files={"helper.py": text}).dags) == ["helper"]
    assert list(evaluate("from helper import other", files={"helper.py": text}).dags) == ["helper", "other"]


def test_same_id_twice_keeps_the_last(evaluate) -> None:
    result = evaluate(
        """
        for name in "ab":
            with DAG("d"):
                EmptyOperator(task_id=name)
        """,
        imports=IMPORTS,
    )
    assert result.tasks == ["b"]
    assert "STR006" in result.codes()


def test_default_args_and_params(evaluate) -> None:
    result = evaluate(
        """
        args = {"owner": "me", "retries": 2, "params": {"p": 1}, "bash_command": "no"}
        with DAG("d", default_args=args, params={"q": 2}) as dag:
            dag.default_args["retries"] = 4
            dag.doc_md = "text"
            EmptyOperator(task_id="a")
            EmptyOperator(task_id="b", default_args={"owner": "you"}, trigger_rule="dummy")
        """,
        imports=IMPORTS,
    )
    a, b = (result.dag.tasks[t].arguments for t in "ab")
    assert {n: x.value for n, x in a.items()} == {"task_id": "a", "owner": "me", "retries": 4}
    assert b["owner"].value == "you" and b["trigger_rule"].value == "always"
    assert result.dag.arguments["params"].value == {"p": 1, "q": 2}
    assert result.dag.arguments["doc_md"].value == "text"
    assert set(result.dag.default_args) == {"owner", "retries", "bash_command"}


def test_positional_arguments_of_both_generations(evaluate) -> None:
    result = evaluate(
        """
        a = DAG("new", "text", "@daily")
        b = DAG("old", "text", "@hourly", datetime(2020, 1, 1))
        """
    )
    assert result.dags["new"].arguments["schedule"].value == "@daily"
    assert result.dags["old"].arguments["schedule_interval"].value == "@hourly"
    assert result.dags["old"].arguments["start_date"].value.year == 2020


def test_places(evaluate) -> None:
    result = evaluate(
        """
        def make(n):
            return EmptyOperator(
                task_id=n,
                retries=1,
            )
        with DAG("d"):
            make("a")
            for i in "bc":
                make(i)
        """,
        imports=IMPORTS,
    )
    a, b = result.dag.tasks["a"], result.dag.tasks["b"]
    lines = [a.span.line, a.call_site.line, b.call_site.line, a.arguments["retries"].span.line]
    first = a.span.line
    assert lines == [first, first + 5, first + 7, first + 2]
    assert result.dag.span.file == "main_dag.py"


def test_unknown_ids_get_stand_ins(evaluate) -> None:
    result = evaluate(
        """
        import vendor
        with DAG("d"):
            EmptyOperator(task_id=vendor.name())
            EmptyOperator(task_id=vendor.name())
        with DAG(vendor.name()):
            EmptyOperator(task_id="a")
        """,
        imports=IMPORTS,
    )
    assert len(result.dags["d"].tasks) == 2
    assert {"STR001", "STR003"} <= set(result.codes())


def test_subdag(evaluate) -> None:
    result = evaluate(
        """
        from airflow.operators.subdag import SubDagOperator
        def sub(parent, child):
            d = DAG(f"{parent}.{child}")
            EmptyOperator(task_id="x", dag=d)
            return d
        with DAG("p") as dag:
            SubDagOperator(task_id="s", subdag=sub("p", "s")) >> EmptyOperator(task_id="e")
        """,
        imports=IMPORTS,
    )
    assert {name: d.is_subdag for name, d in result.dags.items()} == {"p": False, "p.s": True}
    assert list(result.dags["p"].tasks) == ["s", "e"]


def test_assets(evaluate) -> None:
    result = evaluate(
        """
        from airflow.sdk import Asset, asset
        one = Asset("s3://a/b")
        with DAG("d", schedule=(one & Asset("two")) | Asset(name="n", uri="u")):
            EmptyOperator(task_id="a", outlets=[one])
        @asset(uri="s3://x", schedule=None)
        def produced(): ...
        """,
        imports=IMPORTS,
    )
    assert list(result.dags) == ["d", "produced"]
    assert list(result.dags["produced"].tasks) == ["produced"]
    condition = result.dags["d"].arguments["schedule"].value
    assert condition.cls.name == "AssetAny"
    assert [o.cls.name for o in condition.attrs["objects"]] == ["AssetAll", "Asset"]


def test_dags_of_code_that_is_not_here_are_reported(evaluate) -> None:
    result = evaluate(
        """
        dag = make("a")
        for name in ("b", "c"):
            globals()[name] = vendor.create_dag(name)
        session = vendor.connect()
        """,
        imports="import vendor\nfrom ourlib import make",
    )
    assert result.dags == {}
    assert [(f.code, f.function, f.span.line) for f in result.findings] == [
        ("STR007", "ourlib.make", 6),
        ("STR007", "vendor.create_dag", 8),
    ]


def test_tasks_made_inside_a_context_that_is_not_known_are_reported(evaluate) -> None:
    result = evaluate(
        """
        with DAG("d"):
            with vendor.section("g"):
                EmptyOperator(task_id="a")
            with vendor.timer():
                pass
        with vendor.OurDag("e"):
            EmptyOperator(task_id="b")
        """,
        imports="import vendor\nfrom airflow.operators.empty import EmptyOperator",
    )
    assert result.tasks == ["a"]
    assert [f.function for f in result.findings if f.code == "STR007"] == ["vendor.section", "vendor.OurDag"]


def test_the_zone_of_a_start_date_stays_that_of_the_schedule(evaluate: Any) -> None:
    result = evaluate(
        """
        import pendulum
        dag = DAG("d", start_date=pendulum.datetime(2024, 1, 1, tz="Europe/Paris"), schedule="0 2 * * *")
        EmptyOperator(task_id=f"t{dag.start_date.hour}", dag=dag)
        """,
        imports="from airflow.operators.empty import EmptyOperator",
    )
    assert result.tasks == ["t23"]
    assert str(result.dag.arguments["start_date"].value) == "2024-01-01 00:00:00+01:00"
