"""The runner as pods run it: a script, environment variables, files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from parsers.airflow.callables.context_missing import MISSING

CONTEXT = {"logical_date": "2024-03-10T06:00:00+00:00", "run_id": "run-1", "run_type": "manual"}
BASE = {"workflow": "w", "task": "t", "version": "2.11", "outputs": ["return_value"]}


def test_values_keep_their_types(pod: Any) -> None:
    source = (
        "import datetime as d\n"
        "def f(x):\n"
        "    assert x == (1, {2}, d.date(2024, 1, 2), d.timedelta(hours=1), 1.5, None), x\n"
        "    return {'t': x, 'when': d.datetime(2024, 1, 2, tzinfo=d.timezone.utc), 5: 'key'}\n"
    )
    given = {"$tuple": [1, {"$set": [2]}, {"$date": "2024-01-02"}, {"$timedelta": 3600}, 1.5, None]}
    spec = {**BASE, "version": "3.1", "args": [{"$in": "AF_IN_X"}]}
    found = pod(source, "f", spec, AF_IN_X=json.dumps(given))
    assert found.code == 0, found.stderr
    assert found.value() == {
        "t": {"$tuple": [1, {"$set": [2]}, {"$date": "2024-01-02"}, {"$timedelta": 3600.0}, 1.5, None]},
        "when": {"$datetime": "2024-01-02T00:00:00+00:00"},
        "5": "key",
    }


@pytest.mark.parametrize(
    "value",
    [
        'it\'s "q" \\ $HOME $(x) $$ {{ no }} `x` %s',
        "a\nb\n\n\tc",
        "zażółć 日本 ☕",
        "",
        "007",
        '{"a": 1}',
        12345678901234567890,
    ],
)
def test_awkward_values_arrive_unchanged(pod: Any, value: Any) -> None:
    found = pod("def f(x): return x", "f", {**BASE, "args": [{"$in": "AF_IN_X"}]}, AF_IN_X=json.dumps(value))
    assert found.value() == value


def test_inputs_are_files_of_any_size(pod: Any, tmp_path: Path) -> None:
    text = "é\r\n$(x) " * 40_000
    (tmp_path / "AF_IN_X").write_text(json.dumps(text, ensure_ascii=False), encoding="utf-8")
    (tmp_path / "AF_CONTEXT").write_text(json.dumps({**CONTEXT, "conf": json.dumps({"big": text})}), encoding="utf-8")
    source = "def f(x, dag_run): return [x, dag_run.conf['big']]"
    found = pod(source, "f", {**BASE, "args": [{"$in": "AF_IN_X"}]}, AF_IN=str(tmp_path), AF_IN_X="2")
    assert found.value() == [text, text]


@pytest.mark.parametrize("body", ["(i for i in range(3))", "object()", "b'x'"])
def test_results_that_cannot_be_kept_fail(pod: Any, body: str) -> None:
    found = pod(f"def f(): return {body}", "f", BASE)
    assert found.code == 1
    assert "cannot serialize" in found.stderr


def test_context_by_name_and_by_wildcard(pod: Any) -> None:
    source = (
        "def f(ds, ti, params, x=1, **kw):\n    return [ds, ti.task_id, params['p'], x, kw['ts'], kw['dag'].dag_id]\n"
    )
    found = pod(source, "f", {**BASE, "kwargs": {"x": 9}, "params": {"p": "pp"}})
    assert found.value() == ["2024-03-10", "t", "pp", 9, "2024-03-10T06:00:00+00:00", "w"]


def test_surplus_named_arguments_are_dropped_as_in_the_source_system(pod: Any) -> None:
    assert pod("def f(a): return a", "f", {**BASE, "kwargs": {"a": 1, "zzz": 2}}).value() == 1


def test_positional_argument_named_like_the_context_fails(pod: Any) -> None:
    found = pod("def f(ds): return ds", "f", {**BASE, "args": ["x"]})
    assert found.code == 1
    assert "reserved" in found.stderr


@pytest.mark.parametrize(
    ("raising", "code", "state"),
    [
        ("AirflowSkipException('no')", 0, "skipped"),
        ("AirflowFailException('no')", 100, None),
        ("ValueError('no')", 1, None),
        ("SystemExit(75)", 1, None),
        ("SystemExit(100)", 1, None),
        ("SystemExit(0)", 0, "success"),
    ],
)
def test_how_a_task_ends(pod: Any, raising: str, code: int, state: str | None) -> None:
    source = (
        f"from airflow.exceptions import AirflowSkipException, AirflowFailException\ndef f():\n    raise {raising}\n"
    )
    found = pod(source, "f", {**BASE, "state": True})
    assert (found.code, found.text("state")) == (code, state)
    if code == 1:
        assert "Traceback" in found.stderr


def test_only_declared_keys_are_written(pod: Any) -> None:
    source = "def f(ti):\n    ti.xcom_push('a', 1)\n    ti.xcom_push(key='b', value=2)\n    return ti.xcom_pull(key='b', task_ids='t')\n"
    found = pod(source, "f", {**BASE, "outputs": ["return_value", "a", "c"]})
    assert (found.value(), found.value("a"), found.value("c"), found.text("xcom/b")) == (2, 1, None, None)


def test_instance_that_produces_nothing_leaves_a_mark(pod: Any) -> None:
    assert pod("def f(): return None", "f", {**BASE, "mapped": True}).value() == {"$absent": True}


def test_values_of_other_tasks(pod: Any) -> None:
    source = (
        "def f(ti):\n"
        "    one = ti.xcom_pull(task_ids='a')\n"
        "    two = list(ti.xcom_pull(task_ids=['a', 'b']))\n"
        "    mapped = ti.xcom_pull('m')\n"
        "    return [one, two, list(mapped), mapped[1], len(mapped), ti.xcom_pull(task_ids='b', key='k', default='d')]\n"
    )
    reads = [
        ["a", "return_value", {"$in": "A"}],
        ["b", "return_value", {"$in": "B"}],
        ["b", "k", {"$in": "BK"}],
        ["m", "return_value", {"$in": "M", "all": True}],
    ]
    mapped = json.dumps(['"x"', '{"$absent": true}', "5"])
    found = pod(source, "f", {**BASE, "reads": reads}, A="1", B='{"z": 2}', BK="null", M=mapped)
    assert found.value() == [1, [1, {"z": 2}], ["x", 5], 5, 2, "d"]


def test_value_that_is_no_input_is_an_error(pod: Any) -> None:
    found = pod("def f(ti): return ti.xcom_pull(task_ids='other')", "f", BASE)
    assert found.code == 1
    assert "not an input" in found.stderr


def test_multiple_outputs(pod: Any) -> None:
    spec = {**BASE, "outputs": ["return_value", "a"], "multiple_outputs": True}
    found = pod("def f(): return {'a': 1, 'b': (2,)}", "f", spec)
    assert (found.value(), found.value("a")) == ({"a": 1, "b": [2]}, 1)
    assert pod("def f(): return [1]", "f", spec).code == 1


CHILDREN = {"children": {"a": ["a"], "b": ["b", "c"]}, "tasks": ["c"], "groups": {"g": ["a", "c"]}}


def test_result_of_an_instance_survives_the_list_that_argo_writes(pod: Any) -> None:
    """Argo reads the objects and lists of all instances and writes them anew: 1.0 became 1, escapes were undone."""
    value = {"n": 2.0, "id": 2**60 + 1, "t": "{{ x }} $(y)"}
    texts = [
        pod(f"def f(): return {v!r}", "f", {**BASE, "mapped": True}).text("return_value") for v in (value, {"n": 1})
    ]
    again = json.dumps([json.loads(text, parse_int=float) for text in texts])
    assert "{{" not in again
    reads = [["m", "return_value", {"$in": "M", "all": True}]]
    found = pod("def f(ti): return [repr(v) for v in ti.xcom_pull('m')]", "f", {**BASE, "reads": reads}, M=again)
    assert found.value()[0] == repr(value)


@pytest.mark.parametrize(
    ("answer", "branch"),
    [("None", []), ("'a'", ["a"]), ("['a', 'b']", ["a", "b"]), ("'g'", ["a", "c"]), ("[]", [])],
)
def test_choice(pod: Any, answer: str, branch: list[str]) -> None:
    found = pod(f"def f(): return {answer}", "f", {**BASE, "mode": "choose", **CHILDREN})
    assert json.loads(found.text("branch")) == branch


def test_choice_of_something_unknown_fails(pod: Any) -> None:
    assert pod("def f(): return 'zzz'", "f", {**BASE, "mode": "choose", **CHILDREN}).code == 1


@pytest.mark.parametrize(("version", "kept"), [("2.11", "a"), ("3.1", None)])
def test_choice_that_skips_keeps_its_value_in_the_second_generation_only(pod: Any, version: str, kept: Any) -> None:
    found = pod("def f(): return 'a'", "f", {**BASE, "version": version, "mode": "choose", **CHILDREN})
    assert found.value() == kept


def test_gate(pod: Any) -> None:
    assert pod("def f(): return 0", "f", {**BASE, "mode": "gate"}).text("go") == "false"
    assert pod("def f(): return 'x'", "f", {**BASE, "mode": "gate"}).text("go") == "true"


def test_sensor(pod: Any) -> None:
    source = "n = 0\ndef f():\n    global n\n    n += 1\n    print('look', n)\n    return n == 3\n"
    found = pod(source, "f", {**BASE, "mode": "sensor", "poll": {"interval": 0.05, "timeout": 5}})
    assert (found.code, found.stdout.count("look")) == (0, 3)
    source = "from airflow.sensors.base import PokeReturnValue\ndef f(): return PokeReturnValue(True, {'a': 1})\n"
    assert pod(source, "f", {**BASE, "mode": "sensor"}).value() == {"a": 1}


@pytest.mark.parametrize(
    ("poll", "code", "state"),
    [
        ({"interval": 0.05, "timeout": 0.1}, 100, None),
        ({"interval": 0.05, "timeout": 0.1, "on_timeout": "skip"}, 0, "skipped"),
    ],
)
def test_sensor_that_never_comes_true(pod, poll: dict[str, Any], code: int, state: str | None) -> None:
    found = pod("def f(): return False", "f", {**BASE, "mode": "sensor", "poll": poll, "state": True})
    assert (found.code, found.text("state")) == (code, state)


def test_command_of_a_function_is_rendered_and_run(pod: Any) -> None:
    spec = {**BASE, "mode": "shell", "shell": {"skip_codes": [99]}, "env": {"COLOR": "green"}, "state": True}
    found = pod("def f(): return 'echo first; echo \"$COLOR {{ ds_nodash }}\"'", "f", spec)
    assert (found.value(), found.text("state")) == ("green 20240310", "success")
    assert pod("def f(): return 'exit 99'", "f", spec).text("state") == "skipped"
    assert pod("def f(): return 'exit 100'", "f", spec).code == 1


def test_command_by_the_runner(pod: Any) -> None:
    command = {"$concat": ['echo "', {"$in": "X"}, '"; echo $AIRFLOW_CTX_DAG_ID; echo err >&2']}
    found = pod("", "None", {**BASE, "mode": "command", "shell": {"command": command}}, X='{"a": null}')
    assert found.value() == "err"
    assert found.stdout.splitlines()[:2] == ["{'a': None}", "w"]


HANDLERS = (
    "def note(word):\n"
    "    def handler(context):\n"
    "        print(word, context['ti'].task_id, context['ti'].try_number, type(context.get('exception')).__name__)\n"
    "    return handler\n"
)


@pytest.mark.parametrize(
    ("body", "env", "expected"),
    [
        ("pass", {}, ["execute t 1 NoneType", "success t 1 NoneType"]),
        ("raise ValueError", {}, ["execute t 1 NoneType", "retry t 1 ValueError"]),
        ("raise ValueError", {"AF_TRY": "1"}, ["execute t 2 NoneType", "failure t 2 ValueError"]),
        ("raise AirflowFailException", {}, ["execute t 1 NoneType", "failure t 1 AirflowFailException"]),
        ("raise AirflowSkipException", {}, ["execute t 1 NoneType", "skipped t 1 NoneType", "success t 1 NoneType"]),
    ],
)
def test_handlers(pod: Any, tmp_path: Path, body: str, env: dict[str, str], expected: list[str]) -> None:
    unit = tmp_path / "handlers.py"
    unit.write_text(HANDLERS)
    events = ("execute", "success", "retry", "failure", "skipped")
    handlers = [[event, {"file": str(unit), "entry": f"note({event!r})"}] for event in events]
    source = f"from airflow.exceptions import *\nfrom airflow.exceptions import AirflowFailException, AirflowSkipException\ndef f():\n    {body}\n"
    found = pod(source, "f", {**BASE, "handlers": handlers, "retries": 1}, **env)
    assert found.stdout.splitlines() == expected


def test_params_have_their_types(pod: Any) -> None:
    context = {
        **CONTEXT,
        "params": {"limit": "20", "region": "us", "note": "null", "flags": '{"a": false}', "zip": "00123"},
        "conf": '{"extra": [1]}',
    }
    spec = {
        **BASE,
        "params": {"limit": 10, "region": "eu", "note": None, "flags": {"a": True}, "zip": "1", "unset": 0.5},
        "param_types": {"note": ["null", "string"]},
        "task_params": {"own": "mine"},
    }
    found = pod(
        "def f(params, dag_run): return [dict(params), dag_run.conf]", "f", spec, AF_CONTEXT=json.dumps(context)
    )
    given = {"limit": 20, "region": "us", "flags": {"a": False}, "zip": "00123", "extra": [1]}
    assert found.value() == [{**given, "note": None, "unset": 0.5, "own": "mine"}, given]


def test_history_is_not_invented(pod: Any) -> None:
    found = pod("def f(prev_start_date_success): return str(prev_start_date_success)", "f", BASE)
    assert found.code == 1
    assert "earlier runs" in found.stderr
    assert pod("def f(**context): return context['ds']", "f", BASE).value() == "2024-03-10"


def test_parts_of_the_package_that_are_not_there(pod: Any) -> None:
    source = (
        "from airflow.providers.postgres.hooks.postgres import PostgresHook\n"
        "from airflow.decorators import task\n"
        "@task\ndef f():\n    return PostgresHook('x').get_records('select 1')\n"
    )
    found = pod(source, "f", BASE)
    assert found.code == 1
    assert "apache-airflow" in found.stderr


def test_variables_and_connections(pod: Any) -> None:
    source = (
        "from airflow.models import Variable\nfrom airflow.hooks.base import BaseHook\n"
        "def f():\n"
        "    c = BaseHook.get_connection('my_db')\n"
        "    return [Variable.get('x'), Variable.get('j', deserialize_json=True), Variable.get('no', default_var=1),\n"
        "            c.host, c.port, c.password, c.extra_dejson]\n"
    )
    env = {"AIRFLOW_VAR_X": "1", "AIRFLOW_VAR_J": "[1]", "AIRFLOW_CONN_MY_DB": "postgres://u:p%2Fw@h:5/s?a=b"}
    assert pod(source, "f", BASE, **env).value() == ["1", [1], 1, "h", 5, "p/w", {"a": "b"}]


@pytest.mark.parametrize(("version", "error"), [("2.11", "KeyError"), ("3.1", "AirflowRuntimeError")])
def test_variable_without_a_value_raises_where_no_default_is_given(pod: Any, version: str, error: str) -> None:
    source = (
        "from airflow.models import Variable\n"
        "def f():\n"
        "    found = [Variable.get('x', default_var=1)]\n"
        "    try:\n        Variable.get('x')\n    except Exception as error:\n"
        "        return [*found, type(error).__name__]\n"
    )
    spec = {**BASE, "version": version}
    assert pod(source, "f", spec, AIRFLOW_VAR_X="").value() == pod(source, "f", spec).value() == [1, error]


def test_result_under_a_key_that_must_be_there(pod: Any) -> None:
    spec = {**BASE, "args": [{"$in": "A", "required": ["a", "k"]}]}
    found = pod("def f(x): return [x]", "f", spec, A="null")
    assert found.code == 1
    assert "a has produced nothing under the key 'k'" in found.stderr
    pushed = pod("def f(ti): ti.xcom_push('k', None)", "f", {**BASE, "outputs": ["k"]}).text("xcom/k")
    assert pod("def f(x): return [x]", "f", spec, A=pushed).value() == [None]


def test_exception_of_a_map_function_ends_its_instance(pod: Any, tmp_path: Path) -> None:
    source = "from airflow.exceptions import AirflowSkipException\n\n\ndef f(v):\n    if v == 1:\n        raise AirflowSkipException\n    return 6 // v\n"
    (tmp_path / "map.py").write_text(source)
    mapped = {"$transformed": "map", "inputs": [{"$in": "X"}], "unit": {"file": str(tmp_path / "map.py"), "entry": "f"}}
    items = {"kind": "axes", "axes": [["v", mapped]], "late": True}
    text = pod("", "None", {**BASE, "outputs": [], "mode": "expand", "items": items}, X="[0, 1, 2]").text("items")
    spec = {**BASE, "args": [{"$item": ["v"]}], "state": True}
    found = [pod("def g(v): return v", "g", spec, AF_ITEM=json.dumps(item)) for item in json.loads(text)]
    assert [one.code for one in found] == [1, 0, 0]
    assert "ZeroDivisionError" in found[0].stderr
    assert "skipped: AirflowSkipException" in found[1].stderr
    assert found[2].value() == 3


def test_items_of_a_fan_out(pod: Any) -> None:
    items = {"kind": "axes", "axes": [["x", {"$in": "X"}], ["y", {"$in": "Y"}]]}
    found = pod("", "None", {**BASE, "outputs": [], "mode": "expand", "items": items}, X="[1, 2]", Y='{"a": "b"}')
    kept = [(item["i"], json.loads(item["kw"])) for item in json.loads(found.text("items"))]
    pair = {"$tuple": ["a", "b"]}  # a mapping's items are tuples, as in the source system
    assert kept == [(0, {"x": 1, "y": pair}), (1, {"x": 2, "y": pair})]


@pytest.mark.parametrize(
    ("cron", "zone", "run", "start", "end"),
    [
        ("0 6 * * 1-5", "UTC", {"run_type": "scheduled", "fire_time": "2024-03-11T06:00:00+00:00"}, "2024-03-08T06:00", "2024-03-11T06:00"),
        ("30 2 * * *", "America/New_York", {"logical_date": "2024-03-10T06:30:00+00:00"}, "2024-03-08T07:30", "2024-03-09T07:30"),
        ("0 0 1,15 * *", "UTC", {"logical_date": "2024-03-20T00:00:00+00:00"}, "2024-03-01T00:00", "2024-03-15T00:00"),
    ],
)  # fmt: skip
def test_interval(pod: Any, cron: str, zone: str, run: dict[str, str], start: str, end: str) -> None:
    spec = {**BASE, "outputs": [], "mode": "interval", "cron": [cron], "zone": zone, "rule": "period"}
    found = pod("", "None", spec, AF_CONTEXT=json.dumps({"run_type": "manual", **run}))
    assert found.code == 0, found.stderr
    assert (found.text("interval-start"), found.text("interval-end")) == (f"{start}:00+00:00", f"{end}:00+00:00")


def test_pods_have_not_what_is_reported_as_missing(pod: Any) -> None:
    """PY003 names it; what a pod learns to offer must leave the list."""
    wanted = {item: sorted(names) for item, names in MISSING.items()}
    source = (
        f"WANTED = {wanted!r}\n"
        "def f(**context):\n"
        "    return [f'{i}.{n}' for i, names in WANTED.items() for n in names if hasattr(context[i], n)]\n"
    )
    for version in ("2.11", "3.1"):
        assert pod(source, "f", {**BASE, "version": version}).value() == []


def test_only_packages_that_the_image_lacks_are_installed(pod: Any) -> None:
    assert pod("def f(): return 1", "f", {**BASE, "install": ["jinja2"]}).value() == 1
    failed = pod("def f(): return 1", "f", {**BASE, "install": ["no-such-package-here ; bad"]}, PIP_NO_INDEX="1")
    assert failed.code == 1


def test_the_second_generation_keeps_only_an_outermost_tuple(pod: Any) -> None:
    source = "def f(): return [(1, {'k': (2,)})]"
    assert pod(source, "f", BASE).value() == [[1, {"k": [2]}]]
    assert pod("def f(): return (1, (2,))", "f", BASE).value() == {"$tuple": [1, {"$tuple": [2]}]}
    assert pod(source, "f", {**BASE, "version": "3.1"}).value() == [{"$tuple": [1, {"k": {"$tuple": [2]}}]}]


def test_the_timeout_counts_only_the_task(pod: Any, tmp_path: Path) -> None:
    unit = tmp_path / "told.py"
    unit.write_text("def told(context):\n    print('@@', context['exception'])\n")
    handlers = {"handlers": [["failure", {"file": str(unit), "entry": "told"}]]}
    source = "import time\ntime.sleep(0.4)\ndef f(wait): time.sleep(wait)"
    quick = pod(source, "f", {**BASE, **handlers, "timeout": 0.3, "args": [0]})
    slow = pod(source, "f", {**BASE, **handlers, "timeout": 0.3, "args": [30]})
    assert (quick.code, "@@" in quick.stdout) == (0, False)
    assert slow.code == 1
    assert "@@ the task took longer than 0.3 seconds" in slow.stdout


def test_a_notifier_gets_its_templates_rendered(pod: Any, tmp_path: Path) -> None:
    unit = tmp_path / "told.py"
    unit.write_text(
        "class Tell:\n"
        "    template_fields = ('message', 'gone')\n"
        "    message = ['done {{ ds }}']\n"
        "    def notify(self, context):\n        print('@@', self.message)\n"
        "tell = Tell()\n"
    )
    spec = {**BASE, "handlers": [["success", {"file": str(unit), "entry": "tell.notify"}]]}
    found = pod("def f(): pass", "f", spec, AF_CONTEXT=json.dumps(CONTEXT))
    assert "@@ ['done 2024-03-10']" in found.stdout, found.stderr
