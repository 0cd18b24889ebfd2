"""Variables, connections and configuration that DAG files read while they are loaded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from migrate.diagnostics.variables import VariableDefaultUsed, VariableFixed
from migrate.ir import exprs
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import ClassMember, Instance, Symbolic, Unknown, Value
from parsers.airflow.overlays.airflow_core import bind, generation, method
from parsers.airflow.overlays.airflow_data import record
from parsers.airflow.overlays.airflow_errors import AirflowError
from parsers.airflow.overlays.plain import lower
from parsers.airflow.overlays.registry import make_class, namespace_of

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def supplied(interp: Interpreter, name: str) -> Value:
    """The text of a variable that was given (`--variables`, `AIRFLOW_VAR_<NAME>`, `assume`), or MISSING."""
    own = interp.state.get("variables", {})
    if name in own:
        return own[name]
    inputs = interp.inputs
    if name in inputs.variables:
        return inputs.variables[name]
    if f"AIRFLOW_VAR_{name.upper()}" in inputs.env:
        return inputs.env[f"AIRFLOW_VAR_{name.upper()}"]
    return inputs.assume.get(f"variable:{name}", MISSING)


@method("Variable.get")
def _get(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`Variable.get(key, default_var=..., deserialize_json=...)`; 3.x names the second `default`."""
    if "default" in kwargs:
        kwargs = {**{k: v for k, v in kwargs.items() if k != "default"}, "default_var": kwargs["default"]}
    given = bind(("key", "default_var", "deserialize_json"), args[1:], kwargs, "Variable.get")
    name = lower(given.get("key"))
    if not isinstance(name, str):
        return interp.unknown("the name of a variable is not known", site, name)
    as_json = given.get("deserialize_json", False) is True
    found = supplied(interp, name)
    if found is not MISSING:
        interp.report(VariableFixed(span=interp.span(site), workflow=interp.workflow(), name=name))
        return _parsed(found, as_json)
    if "default_var" in given:
        interp.report(VariableDefaultUsed(span=interp.span(site), workflow=interp.workflow(), name=name))
        return given["default_var"]
    return symbol(interp, name, as_json, site)


def symbol(interp: Interpreter, name: str, as_json: bool, site: Any) -> Symbolic:
    """The value of a variable that nobody supplied."""
    unknown = interp.unknown(f"the variable `{name}` is not known", site, name=f"variable:{name}")
    return Symbolic(exprs.VariableRef(name=name, json_path=() if as_json else None), unknown, None if as_json else str)


def _parsed(found: Value, as_json: bool) -> Value:
    if not as_json:
        return found if isinstance(found, str) or found is None else json.dumps(found)
    if not isinstance(found, str):
        return found
    try:
        return json.loads(found)
    except ValueError as error:
        raise AirflowError("ValueError", str(error)) from None


@method("Variable.set")
def _set(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    given = bind(("key", "value", "description", "serialize_json"), args[1:], kwargs, "Variable.set")
    name, value = lower(given.get("key")), lower(given.get("value"))
    if isinstance(name, str) and isinstance(value, str | int | float | bool | list | dict):
        text = (
            json.dumps(value)
            if given.get("serialize_json") is True
            else value
            if isinstance(value, str)
            else str(value)
        )
        interp.state.setdefault("variables", {})[name] = text
    return None


@method("Variable.setdefault")
def _setdefault(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    given = bind(("key", "default", "description", "deserialize_json"), args[1:], kwargs, "Variable.setdefault")
    name = lower(given.get("key"))
    found = supplied(interp, name) if isinstance(name, str) else MISSING
    if found is MISSING:
        return given.get("default")
    return _parsed(found, given.get("deserialize_json", False) is True)


VARIABLE = make_class(
    "Variable",
    "airflow.models.variable.Variable",
    namespace={n: ClassMember("classmethod", f) for n, f in namespace_of([_get, _set, _setdefault]).items()}
    | {"__init__": record},
)


# --- connections ------------------------------------------------------------------------------------------------------

_FIELDS = ("host", "login", "password", "schema", "port", "extra", "conn_type", "description")
_SECRET = ("password", "extra")


def connection(interp: Interpreter, conn_id: Value, site: Any) -> Value:
    """What `BaseHook.get_connection(id)` gives: its fields are references to the connection."""
    conn_id = lower(conn_id)
    if not isinstance(conn_id, str):
        return interp.unknown("the id of a connection is not known", site, conn_id)
    given = interp.inputs.connections.get(conn_id, {})
    attrs: dict[str, Value] = {"conn_id": conn_id}
    for name in _FIELDS:
        if name == "conn_type" and name in given:
            attrs[name] = given[name]
            continue
        unknown = interp.unknown(f"`{name}` of connection `{conn_id}` is not known", site, name=f"connection:{conn_id}")
        attrs[name] = Symbolic(exprs.ConnectionRef(name=conn_id, field=name), unknown, None if name == "port" else str)
    attrs["extra_dejson"] = _extra(interp, conn_id, given, site)
    return Instance(CONNECTION, attrs)


def _extra(interp: Interpreter, conn_id: str, given: Any, site: Any) -> Value:
    extra = given.get("extra")
    if isinstance(extra, str) and extra:
        try:
            extra = json.loads(extra)
        except ValueError:
            extra = None
    if isinstance(extra, dict):
        return dict(extra)
    return interp.unknown(f"the extras of connection `{conn_id}` are not known", site, name=f"connection:{conn_id}")


@method("BaseHook.get_connection")
def _get_connection(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    values = [a for a in args if not (hasattr(a, "mro") or (isinstance(a, Instance) and a.cls is not CONNECTION))]
    return connection(interp, values[0] if values else kwargs.get("conn_id"), site)


@method("Connection.get_uri")
def _get_uri(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    conn_id = args[0].attrs.get("conn_id")
    if not isinstance(conn_id, str):
        return interp.unknown("a connection's address", site)
    unknown = interp.unknown(f"the address of connection `{conn_id}` is not known", site, name=f"connection:{conn_id}")
    return Symbolic(exprs.ConnectionRef(name=conn_id, field="uri"), unknown, str)


@method("Connection.__getattr__")
def _connection_getattr(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return interp.unknown(f"`{args[1]}` of a connection is not known", site)


CONNECTION = make_class(
    "Connection",
    "airflow.models.connection.Connection",
    namespace={"__init__": record, "get_uri": _get_uri, "__getattr__": _connection_getattr}
    | {"get": ClassMember("classmethod", _get_connection)}
    | {"get_connection_from_secrets": ClassMember("classmethod", _get_connection)},
)
BASE_HOOK = make_class(
    "BaseHook",
    "airflow.hooks.base.BaseHook",
    namespace={"__init__": record, "get_connection": ClassMember("classmethod", _get_connection)},
    opaque=True,
)


# --- configuration ----------------------------------------------------------------------------------------------------

_CONFIG: dict[tuple[str, str], str] = {
    ("core", "executor"): "LocalExecutor",
    ("core", "default_timezone"): "utc",
    ("core", "load_examples"): "False",
    ("core", "parallelism"): "32",
    ("core", "max_active_tasks_per_dag"): "16",
    ("core", "dag_concurrency"): "16",
    ("core", "max_active_runs_per_dag"): "16",
    ("scheduler", "catchup_by_default"): "True",
    ("webserver", "base_url"): "http://localhost:8080",
    ("operators", "default_owner"): "airflow",
}


def _setting(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    given = bind(("section", "key", "fallback"), args, {k: v for k, v in kwargs.items() if k != "default"}, "conf.get")
    section, key = lower(given.get("section")), lower(given.get("key"))
    if not isinstance(section, str) or not isinstance(key, str):
        return interp.unknown("the name of a setting is not known", site)
    name = f"AIRFLOW__{section.upper()}__{key.upper()}"
    if name in interp.inputs.env:
        return interp.inputs.env[name]
    found = _deployment(interp, section.lower(), key.lower())
    if found is not None:
        return found
    if "fallback" in given:
        return given["fallback"]
    return interp.unknown(f"the setting `[{section}] {key}` is not known", site, name=f"env:{name}")


def _deployment(interp: Interpreter, section: str, key: str) -> str | None:
    home = interp.files.dags_folder.rpartition("/")[0] or "/opt/airflow"
    if section == "scheduler" and key == "child_process_log_directory":
        if generation(interp) >= 3:
            raise AirflowError("AirflowConfigException", f"section/key [{section}/{key}] not found in config")
        return f"{home}/logs/scheduler"
    folders = {
        "dags_folder": interp.files.dags_folder,
        "plugins_folder": f"{home}/plugins",
        "base_log_folder": f"{home}/logs",
    }
    return folders.get(key) or _CONFIG.get((section, key))


@method("conf.get")
def conf_get(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`conf.get(section, key, fallback=...)`."""
    return _setting(interp, args[1:] if args and isinstance(args[0], Instance) else args, kwargs, site)


def _typed(name: str, convert: Any) -> Any:
    @method(f"conf.{name}")
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        found = conf_get.call(interp, args, kwargs, site)
        if isinstance(found, Unknown) or not isinstance(found, str):
            return found
        try:
            return convert(found)
        except ValueError as error:
            raise AirflowError("ValueError", str(error)) from None

    return call


_conf_class = make_class(
    "AirflowConfigParser",
    "airflow.configuration.AirflowConfigParser",
    namespace={
        "get": conf_get,
        "get_mandatory_value": conf_get,
        "getint": _typed("getint", int),
        "getfloat": _typed("getfloat", float),
        "getboolean": _typed("getboolean", lambda text: text.strip().lower() in ("t", "true", "1", "yes", "on")),
        "__getattr__": method("conf.__getattr__")(
            lambda interp, args, kwargs, site: interp.unknown(f"`conf.{args[1]}` is not modelled", site)
        ),
    },
)
CONF = Instance(_conf_class)
