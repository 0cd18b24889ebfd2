"""Templates of single actions, without the passes around them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emitters.argo.context import TemplateContext
from emitters.argo.manifest import to_plain
from emitters.argo.registry import builder_of
from emitters.argo.site import Site
from migrate.config import Config
from migrate.diagnostics.base import Sink
from migrate.ir import actions as a
from migrate.ir import exprs as e
from migrate.ir.outline import outline
from migrate.ir.workflow import Branch, Edge, Handler, Param, Retry, Task, Workflow
from migrate.source import Span

SPAN = Span("dag.py", 3)


def text(value: str) -> e.Literal:
    return e.Literal(value=value)


def make(
    action: Any, *, others: tuple[Task, ...] = (), params: tuple[Param, ...] = (), **task: Any
) -> tuple[dict[str, Any], TemplateContext]:
    node = Task(id="t", span=SPAN, operator="Op", action=action, **{"pushes": (), **task})
    flow = Workflow(id="w", span=SPAN, system="airflow", generation="2.11", nodes=(node, *others), params=params)
    ctx = TemplateContext(
        task=node,
        workflow=flow,
        site=Site.of([outline(flow)], Config()),
        config=Config(),
        sink=Sink(),
        slug="w",
        name="t",
    )
    builder = builder_of(action)
    assert builder is not None
    return to_plain(builder(action, ctx)), ctx


def test_plain_command_is_its_own_script() -> None:
    made, ctx = make(a.Shell(script=text("echo hello")))
    assert made["script"]["command"] == ["bash"]
    assert made["script"]["source"] == "echo hello\n"
    assert "volumes" not in made
    assert ctx.inputs == {}


def test_command_that_may_look_at_files_starts_in_an_empty_folder() -> None:
    made, _ = make(a.Shell(script=text("ls > x")))
    assert made["script"]["source"] == 'cd "$(mktemp -d)"\nls > x\n'


def test_command_with_a_folder_fails_where_there_is_none() -> None:
    made, _ = make(a.Shell(script=text("ls"), cwd=text("/data/my files")))
    assert made["script"]["source"] == "cd '/data/my files' || exit 1\nls\n"


def test_times_are_substituted_into_a_command() -> None:
    script = e.Concat(parts=(text("echo '"), e.TimeRef(of="logical", layout="%Y-%m-%d"), text("'")))
    made, ctx = make(a.Shell(script=script))
    (name,) = ctx.inputs
    assert made["script"]["source"] == f"echo '{{{{inputs.parameters.{name}}}}}'\n"


@pytest.mark.parametrize(
    "value",
    [e.OutputRef(task="u"), e.RunConfRef(name="x"), e.Template(text="{% if 1 %}x{% endif %}"), e.ParamRef(name="flag")],
)
def test_values_that_print_differently_are_left_to_the_runner(value: Any) -> None:
    params = (Param(name="flag", value=True),)
    made, ctx = make(a.Shell(script=e.Concat(parts=(text("echo "), value))), params=params)
    source = made["script"]["source"] if "script" in made else ctx.files["t.script.py"]
    assert "from migrate_runtime import run" in source
    assert "'mode': 'command'" in source


def test_dangerous_text_goes_to_the_config_map() -> None:
    made, ctx = make(a.Shell(script=text("echo $$ {{= 1 + 1 }}")))
    assert made["container"]["command"] == ["bash", "/af/src/t.command.sh"]
    assert "echo $$ {{= 1 + 1 }}\n" in ctx.files["t.command.sh"]


def test_guard_only_where_it_is_needed() -> None:
    made, _ = make(a.Shell(script=text("exit 7"), skip_exit_codes=(7,)), self_skip=True)
    assert made["script"]["source"].endswith("RUN_WITH='bash' SKIP_CODES='7' KEEP_STATE=1 . /af/lib/guard.sh\n")
    assert {p["name"] for p in made["outputs"]["parameters"]} == {"af-state"}


CODE = a.CodeUnit(source="def f(x, **context):\n    return x\n", entry="f")


def test_function_stays_readable() -> None:
    made, _ = make(a.Python(code=CODE, kwargs=(("x", e.OutputRef(task="u")),)), pushes=("return_value",))
    source = made["script"]["source"]
    assert source.startswith("from migrate_runtime import run\n\n\ndef f(x, **context):\n    return x\n")
    assert "'kwargs': {'x': {'$in': 'AF_IN_U'}}" in source
    assert made["inputs"]["artifacts"] == [
        {"name": "AF_IN_U", "path": "/af/in/AF_IN_U", "raw": {"data": "{{inputs.parameters.u}}"}},
        {"name": "AF_CONTEXT", "path": "/af/in/AF_CONTEXT", "raw": {"data": "{{inputs.parameters.af-context}}"}},
    ]
    assert [v["name"] for v in made["script"]["env"]] == ["PYTHONPATH"]


def test_function_that_takes_nothing_of_the_run_is_given_nothing() -> None:
    code = CODE.model_copy(update={"context": ()})
    made, ctx = make(a.Python(code=code))
    assert [v["name"] for v in made["script"]["env"]] == ["PYTHONPATH"]
    assert ctx.inputs == {}


def test_future_imports_stay_first() -> None:
    code = CODE.model_copy(update={"source": "from __future__ import annotations\nimport os\n\ndef f(): pass\n"})
    made, _ = make(a.Python(code=code))
    assert made["script"]["source"].startswith(
        "from __future__ import annotations\n\nfrom migrate_runtime import run\nimport os"
    )


def test_choice_knows_what_keeps_a_child() -> None:
    below = (
        Task(id="a", span=SPAN, operator="X", action=a.Noop(), upstream=(Edge(node="t"),)),
        Task(id="b", span=SPAN, operator="X", action=a.Noop(), upstream=(Edge(node="t"), Edge(node="a"))),
    )
    made, _ = make(a.Python(code=CODE, mode="choose"), others=below, branch=Branch(kind="choose"))
    assert "'children': {'a': ['a'], 'b': ['b', 'a']}" in made["script"]["source"]


def test_handlers_of_code_are_called_in_the_pod() -> None:
    handler = Handler(event="retry", action=a.Python(code=CODE), span=SPAN)
    made, ctx = make(a.Shell(script=text("exit 1")), handlers=(handler,), retry=Retry(limit=2))
    assert "'handlers': [['retry', {'file': '/af/src/" in made["script"]["source"]
    assert "'retries': 2" in made["script"]["source"]
    assert CODE.source in ctx.files.values()


def test_container_fields() -> None:
    action = a.Container(
        image=text("busybox"),
        command=(text("sh"),),
        args=(text("-c"), e.TimeRef(of="logical", layout="%Y")),
        pod={"nodeSelector": {"a": "b"}, "hostNetwork": True, "imagePullSecrets": [{"name": "s"}]},
        container={"resources": {"limits": {"cpu": "1"}}},
        output_file="/airflow/xcom/return.json",
        deadline=30.2,
    )
    made, ctx = make(action, pushes=("return_value",))
    assert made["nodeSelector"] == {"a": "b"}
    assert json.loads(made["podSpecPatch"]) == {"hostNetwork": True}
    assert made["activeDeadlineSeconds"] == 30
    (name,) = ctx.inputs
    assert made["container"]["args"] == ["-c", f"{{{{inputs.parameters.{name}}}}}"]
    assert made["outputs"]["parameters"][0]["valueFrom"]["path"] == "/airflow/xcom/return.json"
    assert {"name": "return", "emptyDir": {}} in made["volumes"]
    assert ctx.workflow_fields["imagePullSecrets"] == [{"name": "s"}]


def test_statements_run_by_the_client() -> None:
    action = a.Sql(dialect="postgres", connection="db", statements=(text("select 1"), text("select 2;")))
    made, ctx = make(action)
    assert made["script"]["source"] == (
        'psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --single-transaction --file "/af/src/t.statements.sql"\n'
    )
    assert ctx.files["t.statements.sql"] == "select 1;\nselect 2;\n"
    assert [v["name"] for v in made["script"]["env"]] == ["PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE"]


def test_rows_are_read_by_the_driver() -> None:
    action = a.Sql(dialect="postgres", connection="db", statements=(text("select 1"),), result="rows")
    made, _ = make(action, pushes=("return_value",))
    assert "'install': ['psycopg2-binary']" in made["script"]["source"]


def test_started_workflow() -> None:
    made, _ = make(
        a.CallWorkflow(workflow=text("w"), conf=e.Literal(value={"n": 1}), wait=True),
        params=(Param(name="n", value=0),),
    )
    assert made["resource"]["successCondition"] == "status.phase == Succeeded"
    assert "generateName: w-" in made["resource"]["manifest"]
    made, _ = make(a.CallWorkflow(workflow=text("w"), run_id=text("x")))
    assert "'mode': 'call-workflow'" in made["script"]["source"]


def test_waiting_seconds_needs_no_pod() -> None:
    made, _ = make(a.WaitTime(seconds=e.Literal(value=90.5)))
    assert made["suspend"] == {"duration": "91"}


def test_placeholder_fails_with_its_message() -> None:
    made, _ = make(a.Unconverted(message="no mapping"))
    assert made["script"]["env"] == [{"name": "MESSAGE", "value": "dag.py:3: no mapping"}]
    assert made["script"]["source"].endswith("exit 64\n")


def test_answer_of_a_person_decides() -> None:
    action = a.Approval(subject=text("Go?"), options=("x", "y"), defaults=("x",), timeout=60)
    made, _ = make(action, branch=Branch(kind="choose"))
    assert made["suspend"] == {"duration": "60"}
    assert made["inputs"]["parameters"][0]["enum"] == ['["x"]', '["y"]']
    assert made["outputs"]["parameters"][0]["valueFrom"] == {"supplied": {}, "default": '["x"]'}
