"""All modules `airflow.*`: names are resolved by what they are called, whatever generation's path they come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import libcst as cst

from migrate.diagnostics.structure import TasksMayBeMissing
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import (
    ClassValue,
    DagObject,
    Function,
    GroupObject,
    Instance,
    ModuleValue,
    Unknown,
    Value,
    XComArg,
)
from parsers.airflow.overlays import airflow_helpers as helpers
from parsers.airflow.overlays.airflow_assets import ASSET
from parsers.airflow.overlays.airflow_core import exception_class, state
from parsers.airflow.overlays.airflow_dags import DAG, dag_decorator
from parsers.airflow.overlays.airflow_data import PARAMETERS, data_class, opaque_class
from parsers.airflow.overlays.airflow_enums import ENUMS
from parsers.airflow.overlays.airflow_groups import TASK_GROUP, task_group
from parsers.airflow.overlays.airflow_nodes import (
    CONTEXT_WRAPPER,
    EDGE_MODIFIER,
    SCOPE,
    chain_linear_native,
    chain_native,
    cross_downstream_native,
    label,
)
from parsers.airflow.overlays.airflow_operators import BASE_OPERATOR, operator_class
from parsers.airflow.overlays.airflow_plugins import plugin_member, plugin_module
from parsers.airflow.overlays.airflow_signatures import known
from parsers.airflow.overlays.airflow_taskflow import TASK, _decorator, setup_decorator, teardown_decorator
from parsers.airflow.overlays.airflow_variables import BASE_HOOK, CONF, CONNECTION, VARIABLE, conf_get
from parsers.airflow.overlays.airflow_xcom import XCOM_ARG
from parsers.airflow.overlays.registry import Hooks, make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

NAMES: dict[str, Value] = {
    "DAG": DAG,
    "dag": dag_decorator,
    "task": TASK,
    "task_group": task_group,
    "setup": setup_decorator,
    "teardown": teardown_decorator,
    "asset": ASSET,
    "BaseOperator": BASE_OPERATOR,
    "AbstractOperator": BASE_OPERATOR,
    "TaskGroup": TASK_GROUP,
    "XComArg": XCOM_ARG,
    "PlainXComArg": XCOM_ARG,
    "Label": label,
    "EdgeModifier": EDGE_MODIFIER,
    "chain": chain_native,
    "chain_linear": chain_linear_native,
    "cross_downstream": cross_downstream_native,
    "context_wrapper": CONTEXT_WRAPPER,
    "ContextWrapper": CONTEXT_WRAPPER,
    "SetupTeardownContext": SCOPE,
    "Variable": VARIABLE,
    "Connection": CONNECTION,
    "BaseHook": BASE_HOOK,
    "conf": CONF,
    "days_ago": helpers.days_ago,
    "literal": helpers.literal,
    "get_current_context": helpers.get_current_context,
    "get_parsing_context": helpers.get_parsing_context,
    "is_venv_installed": helpers.always_true("is_venv_installed"),
    "LoggingMixin": helpers.LOGGING_MIXIN,
    "SkipMixin": helpers.SKIP_MIXIN,
    "BranchMixIn": helpers.SKIP_MIXIN,
    "BaseOperatorLink": helpers.OPERATOR_LINK,
    "AirflowPlugin": helpers.PLUGIN,
    "Stats": helpers.STATS,
    "DagContext": helpers.DAG_CONTEXT,
    "TaskGroupContext": helpers.GROUP_CONTEXT,
    "NOTSET": helpers.NOTSET,
    "XCOM_RETURN_KEY": "return_value",
    "POD_NAME_MAX_LENGTH": 63,
    "DagBag": helpers.DAG_BAG,
    "apply_defaults": helpers.identity("apply_defaults"),
    "provide_session": helpers.identity("provide_session"),
    "experimental": helpers.identity("experimental"),
    "send_email": helpers.nothing("send_email"),
    "TYPE_CHECKING": False,
    **ENUMS,
}
"""Names that mean the same in every module."""

IN_MODULE: dict[str, dict[str, Value]] = {
    "airflow": {"__version__": "2.11.0", "version": MISSING},
    "airflow.version": {"version": "2.11.0"},
    "airflow.macros": helpers.MACROS,
    "airflow.utils.timezone": helpers.TIMEZONE,
    "airflow.sdk.timezone": helpers.TIMEZONE,
    "airflow.configuration": {"get": conf_get, "getint": CONF.cls.namespace["getint"], "conf": CONF},
    "airflow.models.dag": {"dag": dag_decorator},
    "airflow.decorators": {"sensor": MISSING, "base": MISSING, "setup_teardown": MISSING},
}
"""Names of one module only; MISSING: a submodule."""

_LOWER_CASE_PACKAGES = (
    *("airflow", "airflow.models", "airflow.operators", "airflow.sensors", "airflow.hooks", "airflow.utils"),
    *("airflow.contrib", "airflow.timetables", "airflow.sdk", "airflow.providers", "airflow.decorators"),
    *("airflow.serialization", "airflow.sdk.definitions", "airflow.sdk.bases", "airflow.callbacks", "airflow.io"),
)
_KINDS = ("operators", "sensors", "hooks", "transfers", "utils", "triggers", "decorators", "notifications", "links")
_TASK_SUFFIXES = ("Operator", "Sensor", "SensorAsync", "OperatorAsync", "Transfer")
_REAL = frozenset(
    """api auth callbacks cli cluster_policies config_templates configuration contrib dag_processing datasets decorators
    exceptions executors hooks io jobs lineage listeners logging_config macros metrics models notifications
    operators plugins_manager policies providers secrets security sdk sensors sentry serialization settings stats task
    template ti_deps timetables traces triggers typing_compat utils version www""".split()  # noqa: SIM905
)


@overlay("airflow", prefix=True)
def make_module(interp: Interpreter, name: str) -> ModuleValue | None:
    """The module of that name; None when Airflow has no such package (then it may be the user's own folder)."""
    parts = name.split(".")
    if len(parts) > 1 and parts[1] not in _REAL:
        return None
    if len(parts) == 3 and parts[1] in ("operators", "sensors", "hooks", "macros"):
        found = plugin_module(interp, parts[1], parts[2])
        if found is not None:
            return ModuleValue(name, found)
    if parts[-1][:1].isupper():
        return None
    return ModuleValue(name, {"__name__": name}, lambda attribute: member(interp, name, attribute))


def member(interp: Interpreter, module: str, name: str) -> Value:
    """`module.name`; MISSING for submodules."""
    own = IN_MODULE.get(module) or (helpers.TIMEZONE if module.endswith(".timezone") else {})
    if name in own:
        return own[name]
    if name == "__version__" or (module == "airflow.version" and name == "version"):
        return interp.inputs.airflow_version or "2.11.0"
    if name.startswith("__"):
        return MISSING
    if module == "airflow.settings":
        return _setting(interp, name)
    if name in NAMES and not (name in ("task", "dag", "asset") and module in ("airflow", "airflow.models")):
        return NAMES[name]
    if module.endswith(("exceptions", "airflow")) and name.endswith(("Exception", "Error", "Found", "Timeout")):
        return exception_class(name)
    if module.startswith("airflow.exceptions"):
        return exception_class(name)
    if name.endswith("_task") and (module.startswith("airflow.decorators") or ".decorators" in module):
        return _decorator("task" if name == "python_task" else f"task.{name.removesuffix('_task')}")
    if name[:1].isupper():
        return class_named(interp, module, name)
    if _is_package(module):
        inner = interp.import_module(f"{module}.{name}")
        return inner if isinstance(inner, ModuleValue) else MISSING
    interp.overlay_modules.setdefault(f"{module}.{name}", None)  # a function, no submodule
    return interp.unknown(f"`{module}.{name}` is not modelled", path=f"{module}.{name}")


def class_named(interp: Interpreter, module: str, name: str) -> Value:
    """A class of Airflow or its providers, by its name."""
    if not known(name) and module in ("airflow.operators", "airflow.sensors", "airflow.hooks"):
        found = plugin_member(interp, name)
        if found is not None:
            return found
    path = f"{module}.{name}"
    if known(name) or name.endswith(_TASK_SUFFIXES):
        return operator_class(name, path)
    if name == "Timetable":
        return helpers.TIMETABLE
    if name in helpers.ORM_NAMES and (module.startswith("airflow.models") or module == "airflow"):
        return helpers.orm_class(name)
    if name in PARAMETERS or name in ("Asset", "DatasetAll", "DatasetAny", "AssetAll", "AssetAny"):
        return data_class(name, path)
    if name.endswith("Timetable"):
        return data_class(name, path)
    if name.endswith("Hook"):
        return hook_class(name, path)
    if name.isupper() and "_" in name:
        return interp.unknown(f"the constant `{path}` is not known", path=path)
    return opaque_class(name, path)


_HOOKS: dict[str, ClassValue] = {}


def hook_class(name: str, path: str) -> ClassValue:
    """A hook: an opaque class below BaseHook."""
    if path not in _HOOKS:
        _HOOKS[path] = make_class(name, path, (BASE_HOOK,), opaque=True)
    return _HOOKS[path]


def _setting(interp: Interpreter, name: str) -> Value:
    folder = interp.files.dags_folder
    known_settings = {
        "DAGS_FOLDER": folder,
        "AIRFLOW_HOME": folder.rpartition("/")[0],
        "PLUGINS_FOLDER": f"{folder.rpartition('/')[0]}/plugins",
        "TIMEZONE": helpers.TIMEZONE["utc"],
    }
    if name in known_settings:
        return known_settings[name]
    return interp.unknown(f"`airflow.settings.{name}` is part of the running system", path=f"airflow.settings.{name}")


def _is_package(module: str) -> bool:
    if module in _LOWER_CASE_PACKAGES or module.startswith("airflow.contrib"):
        return True
    parts = module.split(".")
    if parts[1] in ("providers", "sdk"):
        return not any(p in _KINDS for p in parts[2:-1])
    return False


def classify_unknown(interp: Interpreter, value: Unknown, kwargs: dict[str, Value] | None) -> ClassValue | None:
    """A third-party class that is an operator by its name, or by being called with a `task_id`."""
    path = value.path
    name = path.rpartition(".")[2]
    if "(" in path or not name[:1].isupper():
        if kwargs is not None:
            _report_call(interp, path, kwargs)
        return None
    if name.endswith(_TASK_SUFFIXES) and (kwargs is None or "task_id" in kwargs or "**" in kwargs):
        return operator_class(name, path)
    if kwargs is not None and isinstance(kwargs.get("task_id"), str) and not name.endswith("Hook"):
        return operator_class(name, path)
    return None


_LIBRARIES = (
    "asyncpg azure boto3 botocore bs4 cachetools clickhouse_connect clickhouse_driver cx_Oracle dateutil dotenv duckdb "
    "fsspec git google googleapiclient httpx jinja2 jsonschema matplotlib minio mysql nltk numpy openai oracledb "
    "paramiko pandas polars prometheus_client psutil psycopg psycopg2 pyarrow pydantic pymongo pymssql pymysql pyodbc "
    "redis requests s3fs scipy selenium sklearn slack_sdk sqlalchemy statsd tenacity ujson urllib3 yaml"
)
_TASKLESS = frozenset(_LIBRARIES.split())
"""Public libraries that know nothing of Airflow, so that no function of theirs makes a task."""


def _report_call(interp: Interpreter, path: str, kwargs: dict[str, Value]) -> None:
    """A function that is not here is called for its effect while a DAG is open: it may make tasks."""
    if state(interp).contexts.dag() is None or path.partition(".")[0] in _TASKLESS:
        return
    given = any(isinstance(v, Instance) and isinstance(v.native, DagObject | GroupObject) for v in kwargs.values())
    if given or _called_for_effect(interp.frame.statement, path.rpartition(".")[2]):
        interp.report(TasksMayBeMissing(span=interp.span(), workflow=interp.workflow(), function=path))


def decorated_call(interp: Interpreter, function: Function, decorators: list[Value], given: list[Value]) -> Value:
    """A call of a function whose decorator is not here, while a DAG is open. One that gets a task's result, or whose
    decorator is called `task`, stands for a task; other decorators are taken to leave the function as it is."""
    if state(interp).contexts.dag() is None:
        return MISSING
    paths = [d.path for d in decorators if isinstance(d, Unknown)]
    names = {part.partition("(")[0] for path in paths for part in path.split(".")[-2:]}
    makes_task = any(n == "task" or n.endswith("_task") for n in names) or any(isinstance(v, XComArg) for v in given)
    if makes_task:
        interp.report(
            TasksMayBeMissing(
                span=interp.span(), workflow=interp.workflow(), function=paths[0] if paths else function.name
            )
        )
        return interp.unknown(f"`{function.name}` has a decorator that is not known", None, decorators[0])
    return MISSING


def unknown_with(interp: Interpreter, manager: Unknown, site: cst.CSTNode) -> Callable[[], None]:
    """`with` over an object that is not here: it may be a DAG or a group if tasks are made inside."""
    here = state(interp)

    def made() -> int:
        return len(here.orphans) + sum(len(dag.tasks) for dag in here.dags)

    before, span, workflow = made(), interp.span(site), interp.workflow()

    def told() -> None:
        if manager.path and made() > before:
            interp.report(TasksMayBeMissing(span=span, workflow=workflow, function=manager.path.removesuffix("()")))

    return told


def _called_for_effect(statement: cst.CSTNode | None, name: str) -> bool:
    if isinstance(statement, cst.SimpleStatementLine):
        statement = statement.body[0]
    if not isinstance(statement, cst.Expr | cst.Return) or statement.value is None:
        return False
    return any(_last_name(call.func) == name for call in _calls(statement.value))


def _calls(node: cst.CSTNode) -> Iterator[cst.Call]:
    """The calls of an expression statement that are operands of edges."""
    if isinstance(node, cst.Call):
        yield node
    elif isinstance(node, cst.BinaryOperation):
        yield from _calls(node.left)
        yield from _calls(node.right)
    elif isinstance(node, cst.List | cst.Tuple):
        for element in node.elements:
            yield from _calls(element.value)


def _last_name(node: cst.CSTNode) -> str:
    name = node.attr if isinstance(node, cst.Attribute) else node
    return name.value if isinstance(name, cst.Name) else ""


Hooks.classify_unknown = classify_unknown
Hooks.decorated_call = decorated_call
Hooks.unknown_with = unknown_with
