"""Bash, Python, branches, waits, other workflows, questions."""

from __future__ import annotations

from typing import Any

import pytest

BASH = "from airflow.operators.bash import BashOperator\n"
PYTHON = "from airflow.operators.python import (BranchPythonOperator, ExternalPythonOperator, PythonOperator,\n    PythonVirtualenvOperator, ShortCircuitOperator)\ndef f(x=1, **context):\n    return x\n"


def test_bash(one: Any, value: Any) -> None:
    found = one(
        "BashOperator(task_id='t', bash_command='echo 1', env={'A': 'x', 'DB_PASSWORD': 'hunter2'}, cwd='/w')", BASH
    )
    action = found.action
    assert (action.kind, value(action.script), value(action.cwd), action.inherit_env) == (
        "shell",
        "echo 1",
        "/w",
        False,
    )
    assert [(k, value(v)) for k, v in action.env] == [("A", "x"), ("DB_PASSWORD", "<secret>")]
    assert action.output == "last_line"
    assert found.codes() == ["SEC002"]
    assert "hunter2" not in found.task.model_dump_json()


def test_bash_skips_with_99_only_where_it_is_used(one: Any) -> None:
    plain = one("BashOperator(task_id='t', bash_command='ls')", BASH)
    assert (plain.action.skip_exit_codes, plain.task.self_skip) == ((), False)
    assert plain.texts("OPS011")
    used = one("BashOperator(task_id='t', bash_command='x || exit 99')", BASH)
    computed = one("BashOperator(task_id='t', bash_command='exit {{ 99 if ds else 1 }}')", BASH)
    assert computed.action.skip_exit_codes == (99,)
    assert (used.action.skip_exit_codes, used.task.self_skip, used.texts("OPS011")) == ((99,), True, [])
    given = one("BashOperator(task_id='t', bash_command='ls', skip_on_exit_code=[7, 8])", BASH)
    assert given.action.skip_exit_codes == (7, 8)
    none = one("BashOperator(task_id='t', bash_command='exit 99', skip_on_exit_code=None)", BASH)
    assert none.action.skip_exit_codes == ()


def test_bash_inherits_what_the_file_puts_into_the_environment(one: Any, value: Any) -> None:
    file = "import os\nos.environ['REGION'] = '{{ eu }}'\nos.environ['AIRFLOW__CORE__X'] = 'a'\nos.environ['DB_PASSWORD'] = 'hunter2'\n"
    found = one("BashOperator(task_id='t', bash_command='env')", BASH + file)
    env = dict(found.action.env)
    assert list(env) == ["REGION", "DB_PASSWORD"]
    assert value(env["REGION"]) == "{{ eu }}"
    assert env["DB_PASSWORD"].kind == "secret"
    own = one("BashOperator(task_id='t', bash_command='env', env={'A': 'b'})", BASH + file)
    assert [name for name, _ in own.action.env] == ["A"]


def test_bash_reads_a_template_file(one: Any, value: Any) -> None:
    found = one("BashOperator(task_id='t', bash_command='run/x.sh')", BASH, {"run/x.sh": "echo from file\n"})
    assert value(found.action.script).startswith("echo from file")
    missing = one("BashOperator(task_id='t', bash_command='run/y.sh')", BASH)
    assert missing.codes() == ["OPS060"]


def test_an_argument_nobody_reads_is_reported(one: Any) -> None:
    found = one("BashOperator(task_id='t', bash_command='ls', output_processor=len, nonsense=3)", BASH)
    assert len(found.texts("OPS003")) == 2


@pytest.mark.parametrize(
    ("call", "mode", "branch"),
    [
        ("PythonOperator(task_id='t', python_callable=f, op_args=[2], op_kwargs={'a': 1})", "plain", None),
        ("BranchPythonOperator(task_id='t', python_callable=f)", "choose", ("choose", False)),
        ("ShortCircuitOperator(task_id='t', python_callable=f)", "gate", ("gate", True)),
        (
            "ShortCircuitOperator(task_id='t', python_callable=f, ignore_downstream_trigger_rules=False)",
            "gate",
            ("gate", False),
        ),
    ],
)
def test_python_operators(one: Any, call: str, mode: str, branch: Any) -> None:
    found = one(call, PYTHON)
    assert found.action.mode == mode
    assert "def f" in found.action.code.source
    assert (
        found.task.branch is None
        if branch is None
        else (found.task.branch.kind, found.task.branch.ignore_rules) == branch
    )
    assert found.codes() == []


def test_python_environments(one: Any) -> None:
    venv = one(
        "PythonVirtualenvOperator(task_id='t', python_callable=f, requirements='r.txt', python_version='3.10')",
        PYTHON,
        {"r.txt": "numpy==1.26 # pinned\n\npandas\n"},
    )
    assert (venv.action.venv, venv.action.python) == (("numpy==1.26", "pandas"), "3.10")
    assert venv.codes() == ["PY006"]
    external = one("ExternalPythonOperator(task_id='t', python_callable=f, python='/opt/bin/python')", PYTHON)
    assert external.action.interpreter == "/opt/bin/python"
    assert external.codes() == ["PY007"]


def test_taskflow_arguments_and_conditions(one: Any, value: Any) -> None:
    found = one(
        """
        @task.run_if(lambda context: True)
        @task(task_id="t", multiple_outputs=True)
        def g(a, b=2): return {"a": a}
        g(1, b=3)
        """
    )
    assert ([value(v) for v in found.action.args], [(k, value(v)) for k, v in found.action.kwargs]) == ([1], [("b", 3)])
    assert found.action.multiple_outputs
    assert found.action.run_if is not None
    assert found.codes() == []


def test_mapped_taskflow_takes_items_by_name(one: Any) -> None:
    found = one("@task(task_id='t')\ndef g(a, b): return a\ng.partial(b=2).expand(a=[1, 2])\n")
    assert dict(found.action.kwargs)["a"].path == ("a",)
    assert found.codes() == []


def test_day_of_week_takes_enum_members_and_sets(one: Any) -> None:
    imports = (
        "from airflow.operators.weekday import BranchDayOfWeekOperator\nfrom airflow.utils.weekday import WeekDay\n"
    )
    found = one(
        "BranchDayOfWeekOperator(task_id='t', week_day={WeekDay.SUNDAY, WeekDay.SATURDAY}, use_task_logical_date=True,\n"
        "    follow_task_ids_if_true='a', follow_task_ids_if_false=['b', 'c'])",
        imports,
    )
    assert found.action.spec["days"] == ["saturday", "sunday"]
    assert found.action.spec["use_logical"]
    assert (found.action.follow_if_true, found.action.follow_if_false) == (("a",), ("b", "c"))


def test_latest_only_is_a_gate_with_a_caveat(one: Any) -> None:
    found = one("LatestOnlyOperator(task_id='t')", "from airflow.operators.latest_only import LatestOnlyOperator\n")
    assert (found.action.test, found.task.branch.kind, found.codes()) == ("latest_only", "gate", ["BRN010"])


def test_time_waits(one: Any) -> None:
    delta = one(
        "TimeDeltaSensor(task_id='t', delta=timedelta(hours=1))",
        "from airflow.sensors.time_delta import TimeDeltaSensor\n",
    )
    assert delta.action.until.of == "interval_end"
    assert delta.action.until.shifts[0].seconds == 3600
    clock = one(
        "TimeSensor(task_id='t', target_time=time(7, 5))", "from airflow.sensors.time_sensor import TimeSensor\n"
    )
    assert clock.action.time_of_day == "07:05:00"
    at = one(
        "DateTimeSensor(task_id='t', target_time='{{ ds }}')", "from airflow.sensors.date_time import DateTimeSensor\n"
    )
    assert at.action.until.kind == "time"


def test_polling_arguments(one: Any) -> None:
    imports = "from airflow.sensors.bash import BashSensor\n"
    hold = one("BashSensor(task_id='t', bash_command='x', mode='reschedule', poke_interval=60)", imports)
    assert hold.action.poll.interval == 60
    assert hold.codes() == ["SEN002"]
    soft = one(
        "BashSensor(task_id='t', bash_command='x', mode='reschedule', poke_interval=timedelta(minutes=10), timeout=900,\n"
        "    soft_fail=True, retry_exit_code=3)",
        imports,
    )
    poll = soft.action.poll
    assert (poll.interval, poll.timeout, poll.on_timeout) == (600, 900, "skip")
    assert soft.action.not_yet_codes == (3,)
    assert soft.task.self_skip


def test_trigger_and_external_task(one: Any, value: Any) -> None:
    trigger = one(
        "TriggerDagRunOperator(task_id='t', trigger_dag_id='other', conf={'a': '{{ ds }}'}, wait_for_completion=True,\n"
        "    execution_date='{{ ds }}', reset_dag_run=True)",
        "from airflow.operators.trigger_dagrun import TriggerDagRunOperator\n",
    )
    action = trigger.action
    assert (value(action.workflow), action.conf.kind, action.wait, action.reset) == ("other", "dict", True, True)
    assert action.logical_time is not None
    assert trigger.codes() == []
    wait = one(
        "ExternalTaskSensor(task_id='t', external_dag_id='o', external_task_ids=['a', 'b'], timeout=60,\n"
        "    execution_delta=timedelta(hours=2), failed_states=['failed'])",
        "from airflow.sensors.external_task import ExternalTaskSensor\n",
    )
    assert (wait.action.tasks, wait.action.offset, wait.action.failed_states) == (("a", "b"), -7200, ("failed",))
    assert wait.codes() == []


def test_questions(one: Any) -> None:
    imports = "from airflow.providers.standard.operators.hitl import ApprovalOperator, HITLBranchOperator\n"
    approval = one("ApprovalOperator(task_id='t', subject='Go?')", imports)
    assert (approval.action.options, approval.task.branch.kind) == (("Approve", "Reject"), "gate")
    strict = one("ApprovalOperator(task_id='t', subject='Go?', fail_on_reject=True)", imports)
    assert (strict.action.fail_on_reject, strict.task.branch) == (True, None)
    route = one(
        "HITLBranchOperator(task_id='t', subject='?', options=['a'], options_mapping={'a': 'x'}, multiple=True)",
        imports,
    )
    assert (route.action.follow, route.task.branch.kind) == ((("a", "x"),), "choose")
    assert route.codes() == ["HITL001"]


def test_star_imports_of_airflow_modules(one: Any) -> None:
    found = one("PythonOperator(task_id='t', python_callable=print)", "from airflow.operators.python import *\n")
    assert found.task.operator == "PythonOperator"


def test_arguments_that_are_code_are_bound_to_the_function(one: Any, value: Any) -> None:
    found = one(
        "PythonOperator(task_id='t', python_callable=f, op_kwargs={'g': helper, 'n': 1, 'c': Client('x'), 'l': lambda: 2})",
        PYTHON + "from acme import Client\ndef helper(): return 3\n",
    )
    assert [(k, value(v)) for k, v in found.action.kwargs] == [("n", 1)]
    code = found.action.code
    assert code.entry.startswith("functools.partial(f, ")
    assert "def helper" in code.source
    assert "Client('x')" in code.source + code.entry
    assert "OPS007" not in found.codes()
