"""Template text as expressions."""

from __future__ import annotations

from typing import Any

import pytest

from migrate.ir import exprs

DAG_TEXT = """
def macro(x): return x
with DAG("d", start_date=datetime(2024, 1, 1), schedule=None, params={{"p": 1, "name": "n"}},
         user_defined_macros={{"BUCKET": "b", "macro": macro}}, user_defined_filters={{"shout": str.upper}}{more}):
    a = BashOperator(task_id="a", bash_command="x")
    b = BashOperator(task_id="b", bash_command={text!r})
    a >> b
"""


@pytest.fixture
def script(read: Any) -> Any:
    """The script expression of a Bash command."""

    def of(text: str, more: str = "") -> exprs.Expr:
        found = read(DAG_TEXT.format(text=text, more=more))
        of.found = found  # type: ignore[attr-defined]
        return found.task("b").action.script

    return of


def time(of: str = "logical", **more: Any) -> exprs.TimeRef:
    return exprs.TimeRef(of=of, **more)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ ds }}", time(layout="%Y-%m-%d")),
        ("{{ ds_nodash }}", time(layout="%Y%m%d")),
        ("{{ ts }}", time(layout="iso")),
        ("{{ logical_date }}", time(layout="str")),
        ("{{ data_interval_end.strftime('%H') }}", time("interval_end", layout="%H")),
        ("{{ data_interval_start | ds }}", time("interval_start", layout="%Y-%m-%d")),
        ("{{ macros.ds_add(ds, -7) }}", time(layout="%Y-%m-%d", shifts=(exprs.TimeShift(days=-7),))),
        ("{{ macros.ds_format(ds, '%Y-%m-%d', '%Y/%m') }}", time(layout="%Y/%m")),
        (
            "{{ (execution_date + macros.timedelta(hours=2)).isoformat() }}",
            time(layout="iso", shifts=(exprs.TimeShift(seconds=7200),)),
        ),
        (
            "{{ logical_date.in_timezone('Asia/Tokyo').subtract(days=1).format('YYYY-MM-DD') }}",
            time(layout="%Y-%m-%d", zone="Asia/Tokyo", shifts=(exprs.TimeShift(days=-1),)),
        ),
        ("{{ ds[:7] }}", time(layout="%Y-%m")),
        ("{{ ds.replace('-', '/') }}", time(layout="%Y/%m/%d")),
        ("{{ yesterday_ds }}", time(layout="%Y-%m-%d", shifts=(exprs.TimeShift(days=-1),))),
        (
            "{{ data_interval_start.start_of('month') | ds }}",
            time("interval_start", truncate="month", layout="%Y-%m-%d"),
        ),
    ],
)
def test_times(script: Any, text: str, expected: exprs.TimeRef) -> None:
    assert script(text) == expected
    assert script.found.codes() == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain\n", "plain"),
        ("{{ 'a' ~ 1 }}{{ none }} {{ true }} {{ [1, 'x'] }}", "a1None True [1, 'x']"),
        ("{{ dag.dag_id }}.{{ task.task_id }}.{{ ti.task_id }}", "d.b.b"),
        ("{# note #}x{{ BUCKET }}", "xb"),
        ("{{ 2 * 3 + 1 }}", "7"),
    ],
)
def test_constants_are_folded(script: Any, text: str, expected: str) -> None:
    assert script(text) == exprs.Literal(value=expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ params.p }}", exprs.ParamRef(name="p")),
        ("{{ params['name'] }}", exprs.ParamRef(name="name")),
        ("{{ params.other }}", exprs.RunConfRef(name="other")),
        ("{{ dag_run.conf['k'] }}", exprs.RunConfRef(name="k")),
        ("{{ dag_run.conf.get('k', 'v') }}", exprs.RunConfRef(name="k", default=exprs.Literal(value="v"))),
        ("{{ dag_run.conf.k.deep }}", exprs.RunConfRef(name="k", path=("deep",))),
        ("{{ var.value.x }}", exprs.VariableRef(name="x")),
        ("{{ var.value.get('x', 'd') }}", exprs.VariableRef(name="x", default=exprs.Literal(value="d"))),
        ("{{ var.json.x.y }}", exprs.VariableRef(name="x", json_path=("y",))),
        ("{{ conn.c.host }}", exprs.ConnectionRef(name="c", field="host")),
        ("{{ conn.c.extra_dejson.region }}", exprs.ConnectionRef(name="c", field="extra.region")),
        ("{{ ti.xcom_pull(task_ids='a') }}", exprs.OutputRef(task="a")),
        ("{{ task_instance.xcom_pull('a', key='k')['x'][0] }}", exprs.OutputRef(task="a", key="k", path=("x", 0))),
        ("{{ run_id }}", exprs.RunRef(field="run_id")),
        ("{{ ti.try_number }}", exprs.RunRef(field="try_number")),
    ],
)
def test_references_are_printed_as_text(script: Any, text: str, expected: exprs.Expr) -> None:
    assert script(text) == exprs.Concat(parts=(expected,))


@pytest.mark.parametrize(
    ("text", "uses"),
    [
        ("{% for x in params.name %}{{ x }}{{ ds }}{% endfor %}", ["param", "time"]),
        ("{{ ti.xcom_pull(task_ids=['a']) }}", ["output"]),
        ("{{ params.p + 1 }} {{ 'y' if dag_run.conf.k else 'n' }}", ["param", "run-conf"]),
        ("{{ macros.random() }}", []),
        ("{{ var.json.x.get('y') }}", ["variable"]),
    ],
)
def test_the_rest_is_rendered_at_run_time(script: Any, text: str, uses: list[str]) -> None:
    found = script(text)
    assert (found.kind, found.text) == ("template", text)
    assert [use.kind for use in found.uses] == uses


def test_macros_and_filters_bring_their_code(script: Any) -> None:
    found = script("{{ macro(BUCKET) | shout }}")
    assert found.names == (("BUCKET", "b"),)
    assert "def macro" in found.code
    assert dict(found.functions) == {"macro": "macro"}


def test_findings(script: Any) -> None:
    script("{{ nothing }} {{ maybe | default(1) }}{% if perhaps is defined %}{% endif %}")
    assert script.found.texts("TPL002") == ["the template uses `nothing`, which runs do not have"]
    script("{{ unclosed")
    assert "TPL003" in script.found.codes()
    script("{{ prev_start_date_success }}")
    assert "TPL010" in script.found.codes()


def test_native_objects(script: Any) -> None:
    assert script("{{ 5 }}", ", render_template_as_native_obj=True") == exprs.Literal(value=5)
    assert script("  {{ 5 }} ", ", render_template_as_native_obj=True") == exprs.Literal(value="  5 ")
    assert script("[1, 2]", ", render_template_as_native_obj=True") == exprs.Literal(value=[1, 2])
    assert script("{{ params.p }}", ", render_template_as_native_obj=True").native


def test_variable_inside_an_f_string(read: Any) -> None:
    found = read("""
    from airflow.models import Variable
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        BashOperator(task_id="a", bash_command=f"{Variable.get('x')} {{{{ ds }}}}!")
    """)
    parts = found.task("a").action.script.parts
    assert [p.kind for p in parts] == ["variable", "literal", "time", "literal"]


def test_includes_are_taken_along(read: Any) -> None:
    found = read(
        """
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None, template_searchpath="sql"):
        BashOperator(task_id="a", bash_command="{% include 'part.txt' %} {{ ds }}")
    """,
        files={"part.txt": "hello {{ ts }}"},
    )
    assert dict(found.task("a").action.script.includes) == {"part.txt": "hello {{ ts }}"}


def test_the_map_index_of_a_task_without_instances(read: Any) -> None:
    text = """
with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
    BashOperator(task_id="one", bash_command="echo {{ ti.map_index }}")
    BashOperator.partial(task_id="many").expand(bash_command=["echo {{ ti.map_index }}"])
"""
    found = read(text)
    assert "-1" in str(found.task("one").action.script)
    assert found.codes() == []


def test_facts_of_the_dag_that_pods_do_not_have(read: Any) -> None:
    found = read("""
    with DAG("d", start_date=datetime(2024, 1, 1), schedule=None):
        BashOperator(task_id="t", bash_command="echo {{ dag.max_active_runs | string }} {{ dag.tags | join }}")
    """)
    assert [d.name for d in found.sink.all() if d.code == "TPL002"] == ["dag.max_active_runs"]
