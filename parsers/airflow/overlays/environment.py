"""os.environ and os.getenv: supplied values, the code's default, else a symbol that the run resolves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.ir import exprs
from parsers.airflow.evaluator.values import Instance, Native, Symbolic, Unknown, Value
from parsers.airflow.files import HOME
from parsers.airflow.overlays.plain import NOT_KNOWN, lower
from parsers.airflow.overlays.registry import make_class

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

FIXED = {"AIRFLOW_HOME": HOME, "AIRFLOW__CORE__DAGS_FOLDER": ""}
"""What the imagined deployment says of itself; the DAG folder is filled in."""
_UNSET = object()


def written(interp: Interpreter) -> dict[str, Value]:
    """What the DAG file itself has put into os.environ."""
    found: dict[str, Value] = interp.state.setdefault("environment", {})
    return found


def supplied(interp: Interpreter, name: str) -> Any:
    """A value that is known without the code's default: the code's own, the user's, the deployment's; else _UNSET."""
    own = written(interp)
    if name in own:
        return own[name]
    if name in interp.inputs.env:
        return interp.inputs.env[name]
    if f"env:{name}" in interp.inputs.assume:
        value = interp.inputs.assume[f"env:{name}"]
        return value if value is None else str(value)
    if name == "AIRFLOW__CORE__DAGS_FOLDER":
        return interp.files.dags_folder
    return FIXED.get(name, _UNSET)


def symbol(interp: Interpreter, name: str, site: Any, optional: bool) -> Symbolic:
    """The symbolic value of a variable that nobody supplied."""
    unknown = interp.unknown(f"the environment variable `{name}` is not known", site, name=f"env:{name}")
    unknown.guess = False if optional else None
    default = exprs.Literal(value=None) if optional else None
    return Symbolic(exprs.EnvRef(name=name, default=default), unknown, str)


def getenv(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`os.getenv(name, default)` and `os.environ.get(name, default)`."""
    name = lower(args[0] if args else kwargs.get("key", kwargs.get("varname")))
    given = len(args) > 1 or "default" in kwargs
    default = args[1] if len(args) > 1 else kwargs.get("default")
    if not isinstance(name, str):
        return _unknown_name(interp, name, site)
    value = supplied(interp, name)
    if value is not _UNSET:
        return value if value is not None else default
    return default if given and default is not None else symbol(interp, name, site, optional=True)


def _unknown_name(interp: Interpreter, name: Value, site: Any) -> Unknown:
    return interp.unknown(
        "the name of an environment variable is not known", site, name if isinstance(name, NOT_KNOWN) else None
    )


def _getitem(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    name = lower(args[1])
    if not isinstance(name, str):
        return _unknown_name(interp, name, site)
    value = supplied(interp, name)
    if value is None:
        raise interp.error("KeyError", name)
    return symbol(interp, name, site, optional=False) if value is _UNSET else value


def _get(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return getenv(interp, args[1:], kwargs, site)


def _setitem(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    name = lower(args[1])
    if isinstance(name, str):
        written(interp)[name] = args[2]
    return None


def _setdefault(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    name = lower(args[1])
    if not isinstance(name, str):
        return _unknown_name(interp, name, site)
    value = supplied(interp, name)
    if value is _UNSET or value is None:
        value = written(interp)[name] = args[2] if len(args) > 2 else ""
    return value


def _update(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    for group in (*args[1:], kwargs):
        values = lower(group)
        if isinstance(values, dict):
            written(interp).update({k: v for k, v in values.items() if isinstance(k, str)})
    return None


def _contains(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    name = lower(args[1])
    if not isinstance(name, str):
        return _unknown_name(interp, name, site)
    value = supplied(interp, name)
    if value is not _UNSET:
        return value is not None
    return symbol(interp, name, site, optional=True).unknown


def _pop(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    value = getenv(interp, args[1:], kwargs, site)
    name = lower(args[1])
    if isinstance(name, str):
        written(interp)[name] = None
    return value


def _all(name: str) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        return interp.unknown("the whole environment of the deployment is not known", site)

    return Native(f"os.environ.{name}", call)


def _copy(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return args[0]


ENVIRON_CLASS = make_class(
    "_Environ",
    "os._Environ",
    (),
    {
        "__getitem__": Native("os.environ.__getitem__", _getitem),
        "__setitem__": Native("os.environ.__setitem__", _setitem),
        "__delitem__": Native("os.environ.__delitem__", _pop),
        "__contains__": Native("os.environ.__contains__", _contains),
        "get": Native("os.environ.get", _get),
        "setdefault": Native("os.environ.setdefault", _setdefault),
        "update": Native("os.environ.update", _update),
        "pop": Native("os.environ.pop", _pop),
        "copy": Native("os.environ.copy", _copy),
        **{n: _all(f"{n}") for n in ("keys", "items", "values", "__iter__")},
    },
)
ENVIRON = Instance(ENVIRON_CLASS)


def putenv(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`os.putenv`."""
    return _setitem(interp, [None, *args], kwargs, site)
