from __future__ import annotations

import pytest

IMPORTS = """
from airflow.models import BaseOperator, Variable
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator
from airflow.utils.trigger_rule import TriggerRule
"""

PATHS = [
    "from airflow.operators.bash_operator import BashOperator",
    "from airflow.operators.bash import BashOperator",
    "from airflow.providers.standard.operators.bash import BashOperator",
    "from airflow.contrib.operators.ssh_operator import SSHOperator",
    "from airflow.providers.google.cloud.transfers.gcs_to_bigquery import GCSToBigQueryOperator",
    "from airflow.operators import BashOperator",
    "from airflow.sensors.external_task import ExternalTaskSensor",
    "from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor",
    "from airflow.contrib.operators.s3_to_gcs_transfer import S3ToGCSTransfer",
    "from vendor.operators.thing import ThingOperator",
]


@pytest.mark.parametrize("line", PATHS)
def test_classes_of_all_generations(line: str, evaluate) -> None:
    name = line.rpartition(" ")[2]
    result = evaluate(
        f"with DAG('d'):\n    {name}(task_id='t', x=1, bash_command='b', external_dag_id='e')", imports=line
    )
    task = result.dag.tasks["t"]
    assert task.cls.name == task.operator.name == name
    assert task.arguments["x"].value == 1


def test_module_attribute_access_and_third_party_call(evaluate) -> None:
    result = evaluate(
        """
        import airflow
        import airflow.operators.bash as ops
        import vendor
        from functools import partial
        Short = partial(ops.BashOperator, retries=2)
        with DAG("d"):
            Short(task_id="a", bash_command="ls")
            vendor.Runner(task_id="b", size=3)
            start = airflow.utils.dates.days_ago(1)
        """
    )
    assert result.tasks == ["a", "b"]
    assert result.dag.tasks["a"].arguments["retries"].value == 2
    assert result.dag.tasks["b"].operator.name == "Runner"


def test_subclass_with_its_own_constructor(evaluate) -> None:
    result = evaluate(
        """
        class Greeter(BashOperator):
            template_fields = (*BashOperator.template_fields, "name")
            def __init__(self, name, greeting="hi", **kwargs):
                self.name = name
                super().__init__(bash_command=f"echo {greeting} {name}", **kwargs)
                self.env = {"A": "1"}
        with DAG("d", default_args={"greeting": "hello", "retries": 3}):
            first = BashOperator(task_id="f", bash_command="ls")
            Greeter(task_id="t", name=first.output, trigger_rule=TriggerRule.ALL_DONE)
        """,
        imports=IMPORTS,
    )
    task = result.dag.tasks["t"]
    assert task.cls.name == "Greeter" and task.operator.name == "BashOperator"
    assert task.arguments["bash_command"].value.startswith("echo hello {{ task_instance.xcom_pull(task_ids='f'")
    assert task.arguments["bash_command"].origin == "class"
    assert task.arguments["env"].value == {"A": "1"}
    assert task.arguments["retries"].origin == "default_args"
    assert task.arguments["trigger_rule"].value == "all_done"
    assert set(task.call_arguments) == {"task_id", "name", "trigger_rule", "greeting"}
    assert result.edges == ["f>t"]


def test_deep_subclass_mixin_and_unknown_base(evaluate) -> None:
    result = evaluate(
        """
        from airflow.utils.log.logging_mixin import LoggingMixin
        from vendor.ops import VendorOperator
        class A(LoggingMixin, BaseOperator):
            def __init__(self, table, **kw):
                super().__init__(**kw)
                self.table = table
        class B(A):
            def __init__(self, *, size=1, **kw):
                super().__init__(table="x", **kw)
                self.size = size
        class C(VendorOperator):
            def __init__(self, **kw):
                super().__init__(mode="fast", **kw)
        class P(PythonOperator): pass
        with DAG("d", default_args={"size": 9}):
            B(task_id="b") >> C(task_id="c", speed=1) >> P(task_id="p", python_callable=print)
        """,
        imports=IMPORTS,
    )
    b, c, p = (result.dag.tasks[t] for t in "bcp")
    assert b.operator.name == "BaseOperator" and b.instance.attrs["size"] == 9 and b.instance.attrs["table"] == "x"
    assert c.operator.name == "VendorOperator" and c.arguments["mode"].value == "fast"
    assert p.operator.name == "PythonOperator"
    assert result.edges == ["b>c", "c>p"]


def test_attributes_set_afterwards(evaluate) -> None:
    result = evaluate(
        """
        with DAG("d"):
            t = BashOperator(task_id="t", bash_command="ls")
            t.trigger_rule = "one_failed"
            t.doc_md = "text"
            t.bash_command = "pwd"
        """,
        imports=IMPORTS,
    )
    values = {n: (a.value, a.origin) for n, a in result.dag.tasks["t"].arguments.items() if n != "task_id"}
    assert values == {
        "trigger_rule": ("one_failed", "attribute"),
        "doc_md": ("text", "attribute"),
        "bash_command": ("pwd", "attribute"),
    }


def test_attributes_that_code_reads(evaluate) -> None:
    result = evaluate(
        """
        with DAG("d") as dag:
            a = BashOperator(task_id="a", bash_command="ls")
            b = BashOperator(task_id="b" + a.task_id + str(a.retries) + a.dag.dag_id, bash_command=a.bash_command)
            a >> b
            for up in b.upstream_list:
                BashOperator(task_id=f"{up.task_id}_x", bash_command=str(len(dag.tasks)))
        """,
        imports=IMPORTS,
    )
    assert result.tasks == ["a", "ba0d", "a_x"]


def test_variables(evaluate) -> None:
    text = """
        with DAG("d"):
            for n in Variable.get("names", deserialize_json=True):
                BashOperator(task_id=n, bash_command=Variable.get("missing"))
            BashOperator(task_id=Variable.get("absent", default_var="fallback"), bash_command="ls")
        """
    result = evaluate(text, imports=IMPORTS, variables={"names": '["a", "b"]'})
    assert result.tasks == ["a", "b", "fallback"]
    value = result.dag.tasks["a"].arguments["bash_command"].value
    assert value.expr.kind == "variable" and value.unknown.name == "variable:missing"
    assert {"VAR010", "VAR011"} <= set(result.codes())


def test_connections_and_settings(evaluate) -> None:
    result = evaluate(
        """
        from airflow.hooks.base import BaseHook
        from airflow.configuration import conf
        c = BaseHook.get_connection("db")
        with DAG("d"):
            BashOperator(task_id="t", bash_command=f"psql -h {c.host}", cwd=conf.get("core", "dags_folder"))
        """,
        imports=IMPORTS,
    )
    arguments = result.dag.tasks["t"].arguments
    assert [p.kind for p in arguments["bash_command"].value.expr.parts] == ["literal", "connection"]
    assert arguments["cwd"].value.endswith("/dags")


def test_plugin_operators_of_the_repository(evaluate) -> None:
    plugin = """
    from airflow.plugins_manager import AirflowPlugin
    from airflow.models import BaseOperator
    class CopyOperator(BaseOperator):
        def __init__(self, source, **kw):
            super().__init__(**kw)
            self.source = source
    class MyPlugin(AirflowPlugin):
        name = "my_plugin"
        operators = [CopyOperator]
    """
    result = evaluate(
        """
        from airflow.operators.my_plugin import CopyOperator
        with DAG("d"):
            CopyOperator(task_id="t", source="s")
        """,
        files={"plugins/mine.py": plugin},
    )
    task = result.dag.tasks["t"]
    assert task.cls.node is not None and task.instance.attrs["source"] == "s"


def test_errors_of_airflow_can_be_caught(evaluate) -> None:
    result = evaluate(
        """
        from airflow.exceptions import AirflowException, DuplicateTaskIdFound
        with DAG("d") as dag:
            BashOperator(task_id="a", bash_command="ls")
            try:
                BashOperator(task_id="a", bash_command="ls")
            except DuplicateTaskIdFound:
                BashOperator(task_id="b", bash_command="ls")
            try:
                BashOperator(bash_command="ls")
            except AirflowException as error:
                BashOperator(task_id="c", bash_command="ls")
        """,
        imports=IMPORTS,
    )
    assert result.tasks == ["a", "b", "c"]
    assert "EVA004" not in result.codes()


def test_call_of_a_function_that_is_not_here(evaluate) -> None:
    result = evaluate(
        """
        from elsewhere import add_tasks, settings
        size = settings()
        with DAG("d"):
            add_tasks(1)
            BashOperator(task_id="t", bash_command=settings())
        """,
        imports=IMPORTS,
    )
    (finding,) = [f for f in result.findings if f.code == "STR007"]
    assert finding.workflow == "d" and "elsewhere.add_tasks" in finding.text


def test_function_of_a_provider_is_no_module(evaluate) -> None:
    result = evaluate(
        """
        from airflow.providers.slack.notifications.slack import send_slack_notification
        with DAG("d"):
            BashOperator(task_id="t", bash_command="ls", on_failure_callback=[send_slack_notification(text="x")])
        """,
        imports=IMPORTS,
    )
    assert result.tasks == ["t"]
    assert "EVA004" not in result.codes()


def test_id_and_group_of_a_task_that_has_no_dag_yet(evaluate) -> None:
    result = evaluate(
        """
        dag = DAG("d")
        loose = EmptyOperator(task_id="a")
        group = TaskGroup("g", dag=dag)
        loose.task_id = group.child_id(loose.task_id)
        loose.task_group = group
        group.add(loose)
        loose.dag = dag
        EmptyOperator(task_id="start", dag=dag) >> group
        """,
        imports="from airflow.operators.empty import EmptyOperator\nfrom airflow.utils.task_group import TaskGroup",
    )
    assert (result.tasks, result.edges) == (["g.a", "start"], ["start>g.a"])


def test_an_id_that_is_set_later(evaluate) -> None:
    result = evaluate(
        """
        class Named(EmptyOperator):
            def __init__(self, table, **kwargs):
                super().__init__(task_id="load", **kwargs)
                self.task_id = f"load_{table}"

        with DAG("d"):
            Named("a") >> EmptyOperator(task_id="end")
        """,
        imports="from airflow.operators.empty import EmptyOperator",
    )
    assert (result.tasks, result.edges) == (["load_a", "end"], ["load_a>end"])


def test_attributes_of_a_timetable_that_is_not_modelled_are_unknown(evaluate) -> None:
    result = evaluate(
        """
        class Delayed(CronDataIntervalTimetable):
            def __init__(self, cron, timezone):
                super().__init__(cron, timezone)
                self.description += " later"

        with DAG("d", schedule=Delayed("0 3 * * *", "UTC"), start_date=datetime(2024, 1, 1)):
            EmptyOperator(task_id="a")
        """,
        imports="""
        from airflow.operators.empty import EmptyOperator
        from airflow.timetables.interval import CronDataIntervalTimetable
        """,
    )
    assert result.tasks == ["a"]


def test_a_class_that_is_not_here_may_set_its_own_id(evaluate) -> None:
    result = evaluate(
        """
        class Ours(VendorOperator):
            def __init__(self, name, **kwargs):
                super().__init__(job_name=name, **kwargs)

        dag = DAG("d")
        end = EmptyOperator(task_id="end", dag=dag)
        for name in ("a", "b"):
            Ours(name, dag=dag) >> end
        """,
        imports="from airflow.operators.empty import EmptyOperator\nfrom vendor.operators import VendorOperator",
    )
    assert len(result.tasks) == 3
    assert len(result.edges) == 2
    assert "STR001" in result.codes()


def test_ids_that_are_not_known_do_not_collide_before_the_dag_is_set(evaluate) -> None:
    result = evaluate(
        """
        from airflow.models import Variable

        def made(table):
            return EmptyOperator(task_id=f"{Variable.get('prefix')}_{table}")

        tasks = [made(t) for t in ("a", "b")]
        with DAG("d") as dag:
            for task in tasks:
                task.dag = dag
        """,
        imports="from airflow.operators.empty import EmptyOperator",
    )
    assert len(result.tasks) == 2
    assert "DuplicateTaskIdFound" not in " ".join(f.text for f in result.findings)


def test_operators_of_plugins_in_the_plugin_folders_own_module(evaluate) -> None:
    result = evaluate(
        """
        with DAG("d"):
            Ours(name="a")
        """,
        imports="from airflow.operators.our_plugin import Ours",
        files={
            "plugins/__init__.py": """
                from airflow.plugins_manager import AirflowPlugin
                from ours.operator import Ours

                class OurPlugin(AirflowPlugin):
                    name = "our_plugin"
                    operators = [Ours]
                """,
            "plugins/ours/__init__.py": "",
            "plugins/ours/operator.py": """
                from airflow.models import BaseOperator

                class Ours(BaseOperator):
                    def __init__(self, name, **kwargs):
                        super().__init__(task_id=f"ours_{name}", **kwargs)
                """,
        },
    )
    assert result.tasks == ["ours_a"]


REFUSED = [
    ("BashOperator(task_id='t')", "missing keyword argument 'bash_command'"),
    ("PythonOperator(task_id='t', python_callable='name')", "must be callable"),
    ("EmptyOperator(task_id='t', execution_timeout=5)", "execution_timeout must be timedelta"),
    ("EmptyOperator(task_id='t', pool_slots=0)", "pool slots"),
    ("EmptyOperator(task_id='t', weight_rule='heavy')", "priority strategy"),
    ("PythonSensor(task_id='t', python_callable=print, mode='poked')", "mode must be"),
    ("PythonSensor(task_id='t', python_callable=print, poke_interval=-1)", "poke_interval"),
    (
        "ExternalTaskSensor(task_id='t', external_dag_id='d', external_task_id='a', external_task_ids=['b'])",
        "Only one of external_task_id",
    ),
    ("task(lambda a, b: 1, task_id='t')(1)", "missing a required argument: 'b'"),
    ("task(lambda a: 1).partial(z=1)", "unexpected keyword argument 'z'"),
    ("task(lambda a: 1).expand(a='abc')", "unexpected type 'str'"),
    ("task(lambda a: 1).expand(z=[1])", "unexpected keyword argument 'z'"),
    ("task(lambda a: 1).expand_kwargs({'a': 1})", "expected XComArg or list"),
    ("task(lambda a: 1).expand(a=task(lambda: 1, task_id='m')()['key'])", "custom key 'key'"),
    ("task(lambda a: 1).partial(a=1).expand(a=[1])", "already partial"),
]
MORE_IMPORTS = (
    "from airflow.decorators import task\nfrom airflow.operators.bash import BashOperator\n"
    "from airflow.operators.empty import EmptyOperator\nfrom airflow.operators.python import PythonOperator\n"
    "from airflow.sensors.external_task import ExternalTaskSensor\nfrom airflow.sensors.python import PythonSensor\n"
)


@pytest.mark.parametrize(("statement", "text"), REFUSED)
def test_what_airflow_refuses_has_a_finding(statement: str, text: str, evaluate) -> None:
    result = evaluate(f"with DAG('d'):\n    {statement}", imports=MORE_IMPORTS)
    assert [f.code for f in result.findings] == ["EVA004"] and text in result.findings[0].text


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ("default_args=['x']", "default_args must be a dict"),
        ("tags='abc'", "'tags' has an invalid type"),
        (f"tags=['{'x' * 101}']", "tag cannot be longer"),
        ("schedule='@daily', schedule_interval='@hourly'", "At most one allowed"),
    ],
)
def test_what_airflow_refuses_of_a_dag_has_a_finding(arguments: str, text: str, evaluate) -> None:
    result = evaluate(f"d = DAG('d', {arguments})")
    assert [f.code for f in result.findings] == ["EVA004"] and text in result.findings[0].text
