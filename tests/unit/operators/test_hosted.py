"""Operators that run with their own code, and the policy for operators without a mapping."""

from __future__ import annotations

from typing import Any

ATHENA = "from airflow.providers.amazon.aws.operators.athena import AthenaOperator\n"


def test_a_provider_operator(one: Any, value: Any) -> None:
    found = one(
        "AthenaOperator(task_id='t', query='select {{ ds }}', database='d', output_location='s3://o', retries=3)",
        ATHENA,
    )
    action = found.action
    assert action.cls == "airflow.providers.amazon.aws.operators.athena.AthenaOperator"
    assert [(k, value(v)) for k, v in action.arguments] == [
        ("query", "<concat>"),
        ("database", "d"),
        ("output_location", "s3://o"),
    ]
    assert action.packages == ("apache-airflow-providers-amazon",)
    assert action.connections == ("aws_default",)
    assert found.codes() == ["HST001"]


def test_default_args_reach_it_only_where_it_takes_them(one: Any) -> None:
    given = "{'aws_conn_id': 'mine', 'owner': 'me', 'gcp_conn_id': 'g'}"
    found = one("AthenaOperator(task_id='t', query='q', database='d')", ATHENA, default_args=given)
    assert "aws_conn_id" in dict(found.action.arguments)
    assert "gcp_conn_id" not in dict(found.action.arguments)
    assert found.action.connections == ("mine",)


def test_old_import_paths_become_todays(one: Any) -> None:
    found = one(
        "PostgresToGoogleCloudStorageOperator(task_id='t', sql='x', bucket='b', filename='f')",
        "from airflow.contrib.operators.postgres_to_gcs_operator import PostgresToGoogleCloudStorageOperator\n",
    )
    assert found.action.kind == "hosted"
    moved = one(
        "PostgresToGCSOperator(task_id='t', sql='x', bucket='b', filename='f')",
        "from airflow.operators.postgres_to_gcs import PostgresToGCSOperator\n",
    )
    assert moved.action.cls == "airflow.providers.google.cloud.transfers.postgres_to_gcs.PostgresToGCSOperator"


def test_code_and_objects_as_arguments(one: Any) -> None:
    found = one(
        "AthenaOperator(task_id='t', query='q', database='d', hook=Client(region='x'), check=lambda r: r)",
        ATHENA + "from acme.client import Client\n",
    )
    units = dict(found.action.callables)
    assert units["hook"].entry.replace('"', "'") == "Client(region='x')"
    assert "lambda" in units["check"].source + units["check"].entry


def test_own_class_with_own_code(one: Any) -> None:
    found = one(
        "Mine(task_id='t', table='x')",
        """
        from airflow.models import BaseOperator
        from airflow.exceptions import AirflowSkipException
        class Mine(BaseOperator):
            def __init__(self, table, conn_id='pg', **kwargs):
                super().__init__(**kwargs)
                self.table, self.conn_id = table, conn_id
            def execute(self, context):
                raise AirflowSkipException(self.table)
        """,
    )
    assert found.action.code.entry == "Mine"
    assert "class Mine" in found.action.code.source
    assert [name for name, _ in found.action.arguments] == ["table"]
    assert found.action.connections == ("pg",)
    assert found.task.self_skip
    assert found.codes() == ["HST001"]


def test_a_subclass_without_own_code_is_what_it_derives_from(one: Any, value: Any) -> None:
    found = one(
        "Mine(task_id='t', day='{{ ds }}')",
        """
        from airflow.operators.bash import BashOperator
        class Mine(BashOperator):
            def __init__(self, day, **kwargs):
                super().__init__(bash_command=f'load {day}', **kwargs)
        """,
    )
    assert (found.action.kind, found.task.operator, found.codes()) == ("shell", "Mine", [])


def test_a_subclass_that_overrides_execute_is_hosted(one: Any) -> None:
    found = one(
        "Mine(task_id='t', bash_command='x')",
        """
        from airflow.operators.bash import BashOperator
        class Mine(BashOperator):
            def execute(self, context):
                return super().execute(context)
        """,
    )
    assert (found.action.kind, found.action.code.entry) == ("hosted", "Mine")


def test_a_method_that_the_operator_calls_is_not_lost(one: Any) -> None:
    known = one(
        "Mine(task_id='t', bash_command='x')",
        """
        from airflow.operators.bash import BashOperator
        class Mine(BashOperator):
            def get_env(self, context):
                return {"A": "b"}
        """,
    )
    assert (known.action.kind, known.action.code.entry) == ("hosted", "Mine")
    head = """
        from airflow.providers.common.sql.operators.sql import SQLValueCheckOperator
        class Mine(SQLValueCheckOperator):
            def __init__(self, **kwargs):
                super().__init__(sql=self.statement(), **kwargs)
            def statement(self):
                return "select 1"
    """
    plain = one("Mine(task_id='t', pass_value=1, conn_id='db')", head)
    assert (plain.action.kind, plain.action.code) == ("hosted", None)
    method = "            def check_value(self, records):\n                print(records)\n"
    other = one("Mine(task_id='t', pass_value=1, conn_id='db')", head.rstrip() + "\n" + method)
    assert other.action.code.entry == "Mine"


def test_a_mapped_class_asks_for_its_default_connection(one: Any) -> None:
    found = one(
        "Mine.partial(task_id='t').expand(note=['a', 'b'])",
        """
        from airflow.models import BaseOperator
        class Mine(BaseOperator):
            def __init__(self, note, ledger_conn_id: str = 'ledger', **kwargs):
                super().__init__(**kwargs)
                self.note, self.ledger_conn_id = note, ledger_conn_id
            def execute(self, context):
                return read(self.ledger_conn_id)
        """,
    )
    assert found.action.connections == ("ledger",)


def test_sensors_and_branches_keep_their_meaning(one: Any) -> None:
    sensor = one(
        "Mine(task_id='t', poke_interval=400, mode='reschedule', soft_fail=True)",
        """
        from airflow.sensors.base import BaseSensorOperator
        class Mine(BaseSensorOperator):
            def poke(self, context): return True
        """,
    )
    assert (sensor.action.sensor, sensor.action.poll.interval, sensor.task.self_skip) == (True, 400, True)
    branch = one(
        "Mine(task_id='t')",
        """
        from airflow.operators.branch import BaseBranchOperator
        class Mine(BaseBranchOperator):
            def choose_branch(self, context): return 'x'
        """,
    )
    assert (branch.action.kind, branch.task.branch.kind) == ("hosted", "choose")


def test_the_policies(one: Any) -> None:
    call = "AthenaOperator(task_id='t', query='q', database='d')"
    fail = one(call, ATHENA, unmapped="fail")
    assert (fail.action.kind, fail.codes()) == ("unconverted", ["OPS002"])
    assert "AthenaOperator" in fail.action.source
    last = one(call, ATHENA, unmapped="tasks-test")
    assert (last.action.tool, last.codes()) == ("airflow", ["HST010"])


def test_a_decorator_nobody_knows_fails_loudly(one: Any) -> None:
    found = one("@task.strange(task_id='t')\ndef g(): return 1\ng()\n")
    assert (found.action.kind, found.codes()) == ("unconverted", ["OPS002"])
    sql = one("@task.sql(task_id='t', conn_id='pg')\ndef g(): return 'select 1'\ng()\n")
    assert (sql.action.kind, dict(sql.action.callables).keys()) == ("hosted", {"python_callable"})


def test_a_class_without_template_fields_gets_texts_as_they_are(one: Any, value: Any) -> None:
    source = (
        "from airflow.models import BaseOperator\n"
        "class Mine(BaseOperator):\n"
        "    def __init__(self, text, **kwargs):\n"
        "        super().__init__(**kwargs)\n"
        "        self.text = text\n"
        "    def execute(self, context): return self.text\n"
    )
    found = one("Mine(task_id='t', text='{{ ds }}')", source)
    assert [(k, value(v)) for k, v in found.action.arguments] == [("text", "{{ ds }}")]


def test_only_what_this_operator_calls_replaces_what_it_does(one: Any) -> None:
    waiting = one(
        "Mine(task_id='t', filepath='/data/x')",
        """
        from airflow.sensors.filesystem import FileSensor
        class Mine(FileSensor):
            @property
            def path(self):
                return "/other" + self.filepath
        """,
    )
    assert (waiting.action.kind, waiting.action.code.entry) == ("hosted", "Mine")
    plain = one(
        "Mine(task_id='t', bash_command='x')",
        """
        from airflow.operators.bash import BashOperator
        class Mine(BashOperator):
            def path(self):
                return "/nobody/asks"
        """,
    )
    assert (plain.action.kind, plain.codes()) == ("shell", [])


DEFAULTS = """
    from airflow.providers.standard.sensors.filesystem import FileSensor
    class Mine(FileSensor):
        template_fields = (*FileSensor.template_fields, "mark")
        def __init__(self, mark, plain="", **kwargs):
            super().__init__(**kwargs)
            self.mark = mark
            self.plain = plain
        def poke(self, context):
            return print(self.owner, self.retries) or super().poke(context)
    """


def test_default_args_reach_every_constructor_of_an_own_class(one: Any, value: Any) -> None:
    given = "{'fs_conn_id': 'files', 'owner': 'team', 'email': 'a@b.example', 'size': [1]}"
    found = one("Mine(task_id='t', mark='m', filepath='f', retries=2)", DEFAULTS, default_args=given)
    assert {k: value(v) for k, v in found.action.defaults} == {"fs_conn_id": "files", "owner": "team", "size": [1]}
    assert {k: value(v) for k, v in found.action.arguments} == {"mark": "m", "filepath": "f", "retries": 2}
    assert found.action.connections == ("files",)


def test_only_template_fields_of_an_own_class_are_rendered(one: Any, value: Any) -> None:
    found = one("Mine(task_id='t', mark='{{ ds }}', plain='{{ ds_nodash }}', filepath='f')", DEFAULTS)
    arguments = dict(found.action.arguments)
    assert (value(arguments["plain"]), arguments["mark"].kind) == ("{{ ds_nodash }}", "time")


def test_an_argument_that_becomes_a_template_field_is_rendered(one: Any) -> None:
    found = one(
        "Mine(task_id='t', table='{{ ds }}')",
        """
        from airflow.models import BaseOperator
        class Mine(BaseOperator):
            template_fields = ("sql",)
            def __init__(self, table, **kwargs):
                super().__init__(**kwargs)
                self.sql = f"select * from {table}"
            def execute(self, context):
                return self.sql
        """,
    )
    assert dict(found.action.arguments)["table"].kind == "time"


def test_several_results_of_an_own_class(one: Any) -> None:
    found = one("Mine(task_id='t', mark='m', filepath='f', multiple_outputs=True)", DEFAULTS)
    assert found.action.multiple_outputs
