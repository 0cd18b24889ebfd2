"""Stand-ins for the source system's own package, for images that do not have it.

They exist so that task code and the modules it imports can be loaded: exceptions, Variable, Connection, BaseHook,
`get_current_context`, decorators that leave a function as it is. Anything else of the package can be imported and
subclassed, and says clearly what is missing when it is used.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import logging
import os
import sys
import types

import pod_connections
import pod_macros
import pod_time
from pod_exprs import read_variable

ROOT = "airflow"
CURRENT = []
"""The context of the task that runs, last one on top."""


class AirflowException(Exception):
    """Base of the exceptions."""


class AirflowSkipException(AirflowException):
    """The task counts as skipped."""


class AirflowFailException(AirflowException):
    """The task fails without another try."""


class AirflowNotFoundException(AirflowException):
    """Something is not there."""


class AirflowBadRequest(AirflowException):
    """A request was refused."""


class AirflowSensorTimeout(AirflowException):
    """A wait took too long."""


class AirflowTaskTimeout(BaseException):
    """The task took too long."""


class AirflowRescheduleException(AirflowException):
    """A wait looks again later."""


class AirflowConfigException(AirflowException):
    """A setting is missing."""


class TaskNotFound(AirflowNotFoundException):
    """There is no such task."""


class AirflowOptionalProviderFeatureException(AirflowException):
    """A feature is not there."""


class ParamValidationError(AirflowException):
    """A parameter's value is not allowed."""


class TaskDeferred(BaseException):
    """A task hands its waiting to the triggerer."""


class AirflowTaskTerminated(BaseException):
    """The task is told to end."""


class DownstreamTasksSkipped(AirflowException):
    """Tasks below are skipped."""


class XComNotFound(AirflowException):
    """A value is not there."""


class PokeReturnValue:
    """What a sensor's function may return: whether it is done, and a value."""

    def __init__(self, is_done, xcom_value=None):
        self.is_done = is_done
        self.xcom_value = xcom_value

    def __bool__(self):
        return self.is_done


class AirflowRuntimeError(Exception):
    """What Airflow 3 raises for a variable that is not there."""


_UNSET = object()


def _not_found(key):
    """The exception of `Variable.get`: a KeyError only in Airflow 2."""
    context = CURRENT[-1] if CURRENT else None
    kind = AirflowRuntimeError if getattr(context, "airflow3", False) else KeyError
    return kind(f"Variable {key} does not exist")


class Variable:
    """Variables from AIRFLOW_VAR_<NAME>."""

    def __init__(self, key=None, val=None, description=None, **_kwargs):
        self.key, self.val, self.description = key, val, description

    @classmethod
    def get(cls, key, default_var=_UNSET, deserialize_json=False, *, default=_UNSET, team_name=None):
        text = read_variable(key)
        if not text:
            fallback = default if default is not _UNSET else default_var
            if fallback is _UNSET:
                raise _not_found(key)
            return fallback
        if deserialize_json:
            import json

            return json.loads(text)
        return text

    @classmethod
    def setdefault(cls, key, default, description=None, deserialize_json=False):
        return cls.get(key, default_var=default, deserialize_json=deserialize_json)

    @classmethod
    def set(cls, *_args, **_kwargs):
        raise RuntimeError("Variable.set: variables are kept in a ConfigMap, a task cannot change them")

    delete = update = set


class Connection(pod_connections.Connection):
    """A connection; `Connection.get(id)`."""

    @classmethod
    def get(cls, conn_id):
        return _connection(conn_id)

    get_connection_from_secrets = get


def _connection(conn_id):
    try:
        return pod_connections.get(conn_id)
    except KeyError as error:
        raise AirflowNotFoundException(error.args[0]) from None


class BaseHook:
    """Base of hooks; connections by id."""

    def __init__(self, *_args, **_kwargs):
        self.log = logging.getLogger(type(self).__module__)

    @classmethod
    def get_connection(cls, conn_id):
        return _connection(conn_id)

    @classmethod
    def get_connections(cls, conn_id):
        return [_connection(conn_id)]


class Param:
    """A parameter with a schema; its value is its default here."""

    def __init__(self, default=None, description=None, **schema):
        self.value, self.description, self.schema = default, description, schema

    def resolve(self, value=_UNSET, suppress_exception=False):
        return self.value if value is _UNSET else value


class Label:
    """An edge label."""

    def __init__(self, label=None, *_args):
        self.label = label

    def __rshift__(self, other):
        return other

    __lshift__ = __rrshift__ = __rlshift__ = __rshift__


class TriggerRule:
    """Trigger rules by name."""

    ALL_SUCCESS = "all_success"
    ALL_FAILED = "all_failed"
    ALL_DONE = "all_done"
    ALL_DONE_SETUP_SUCCESS = "all_done_setup_success"
    ALL_DONE_MIN_ONE_SUCCESS = "all_done_min_one_success"
    ALL_SKIPPED = "all_skipped"
    ONE_SUCCESS = "one_success"
    ONE_FAILED = "one_failed"
    ONE_DONE = "one_done"
    NONE_FAILED = "none_failed"
    NONE_SKIPPED = "none_skipped"
    NONE_FAILED_MIN_ONE_SUCCESS = "none_failed_min_one_success"
    ALWAYS = "always"


class State:
    """Task states by name."""

    SUCCESS, FAILED, SKIPPED, RUNNING, QUEUED = "success", "failed", "skipped", "running", "queued"
    UPSTREAM_FAILED, UP_FOR_RETRY, SCHEDULED, REMOVED, NONE = (
        "upstream_failed",
        "up_for_retry",
        "scheduled",
        "removed",
        None,
    )
    DEFERRED, UP_FOR_RESCHEDULE, RESTARTING = "deferred", "up_for_reschedule", "restarting"


class LoggingMixin:
    """Gives `self.log`."""

    @property
    def log(self):
        return logging.getLogger(f"{type(self).__module__}.{type(self).__name__}")


def get_current_context():
    """The context of the running task."""
    if not CURRENT:
        raise RuntimeError("Current context was requested but no context was found! Are you running within a task?")
    return CURRENT[-1]


def get_parsing_context():
    """What is being loaded: while a task runs, its own workflow in the third generation, and nothing in the second."""
    ti = CURRENT[-1]["ti"] if CURRENT and getattr(CURRENT[-1], "airflow3", False) else None
    return types.SimpleNamespace(dag_id=getattr(ti, "dag_id", None), task_id=getattr(ti, "task_id", None))


class _Decorator:
    """`@task`, `@task.branch(...)`, `@dag(...)`: they leave the function callable as it is."""

    def __call__(self, function=None, **_options):
        return function if callable(function) else (lambda f: f)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Decorator()


def _noop(*_args, **_kwargs):
    return None


class _Inert:
    """An object of the package that modules make while they are loaded (DAG, operators): it can be built and linked,
    and nothing else."""

    def __init__(self, *args, **kwargs):
        self.task_id = kwargs.get("task_id")
        self.dag_id = kwargs.get("dag_id", args[0] if args else None)
        self.log = logging.getLogger(type(self).__module__)

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        return None

    def __rshift__(self, other):
        return other

    __lshift__ = __rrshift__ = __rlshift__ = __rshift__

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Missing(f"{type(self).__name__}.{name}")

    def __class_getitem__(cls, _item):
        return cls


class _Missing:
    """A name that is not there: fine as long as nobody uses it."""

    def __init__(self, path):
        self._path = path

    def __call__(self, *_args, **_kwargs):
        raise RuntimeError(f"{self._path} needs the package apache-airflow, which this image does not have")

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Missing(f"{self._path}.{name}")

    def __iter__(self):
        self()


def _inert_class(module, name):
    return type(name, (_Inert,), {"__module__": module})


_EXCEPTIONS = {
    cls.__name__: cls
    for cls in (
        AirflowException, AirflowSkipException, AirflowFailException, AirflowNotFoundException, AirflowBadRequest,
        AirflowSensorTimeout, AirflowTaskTimeout, AirflowRescheduleException, AirflowConfigException, TaskNotFound,
        AirflowOptionalProviderFeatureException, ParamValidationError, TaskDeferred, DownstreamTasksSkipped,
        XComNotFound, AirflowTaskTerminated, AirflowRuntimeError,
    )
}  # fmt: skip
_DECORATORS = {name: _Decorator() for name in ("task", "dag", "task_group", "setup", "teardown", "asset")}
_CONTEXT = {"get_current_context": get_current_context, "get_parsing_context": get_parsing_context}
_EDGES = dict.fromkeys(("chain", "cross_downstream", "chain_linear", "literal"), _noop)


def _timezone_names():
    return {
        "utc": pod_time.UTC,
        "utcnow": pod_time.now,
        "datetime": pod_time.DateTime.create,
        "parse": lambda text, timezone=None, **_k: pod_time.parse(text, timezone or pod_time.UTC),
        "make_aware": lambda value, timezone=None: value.replace(tzinfo=pod_time.zone(timezone)),
        "make_naive": lambda value, timezone=None: value.astimezone(pod_time.zone(timezone)).replace(tzinfo=None),
        "is_localized": lambda value: value.tzinfo is not None,
        "is_naive": lambda value: value.tzinfo is None,
        "convert_to_utc": lambda value: value and pod_time.parse(value).in_timezone("UTC"),
        "coerce_datetime": lambda value: value and pod_time.parse(value),
    }


def _days_ago(n, hour=0, minute=0, second=0, microsecond=0):
    return pod_time.now().replace(hour=hour, minute=minute, second=second, microsecond=microsecond).subtract(days=n)


class Weekday:
    """Days of the week."""

    MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(1, 8)


def _known():
    macros = vars(pod_macros.macros(False))
    return {
        "airflow": {"__version__": "0", "AirflowException": AirflowException},
        "airflow.exceptions": _EXCEPTIONS,
        "airflow.sdk.exceptions": _EXCEPTIONS,
        "airflow.models": {"Variable": Variable, "Param": Param, "Connection": Connection},
        "airflow.models.variable": {"Variable": Variable},
        "airflow.models.connection": {"Connection": Connection},
        "airflow.models.param": {"Param": Param},
        "airflow.models.baseoperator": _EDGES,
        "airflow.sdk": {
            "Variable": Variable, "Param": Param, "Connection": Connection, "BaseHook": BaseHook, "Label": Label,
            "TriggerRule": TriggerRule, "PokeReturnValue": PokeReturnValue, **_EXCEPTIONS,
            **_DECORATORS, **_CONTEXT, **_EDGES,
        },
        "airflow.sdk.bases.sensor": {"PokeReturnValue": PokeReturnValue},
        "airflow.sdk.bases.hook": {"BaseHook": BaseHook},
        "airflow.sdk.definitions.param": {"Param": Param},
        "airflow.sdk.timezone": _timezone_names(),
        "airflow.sensors.base": {"PokeReturnValue": PokeReturnValue},
        "airflow.hooks.base": {"BaseHook": BaseHook},
        "airflow.hooks.base_hook": {"BaseHook": BaseHook},
        "airflow.operators.python": _CONTEXT,
        "airflow.providers.standard.operators.python": _CONTEXT,
        "airflow.decorators": _DECORATORS,
        "airflow.macros": macros,
        "airflow.utils.dates": {"days_ago": _days_ago},
        "airflow.utils.edgemodifier": {"Label": Label},
        "airflow.utils.helpers": _EDGES,
        "airflow.utils.log.logging_mixin": {"LoggingMixin": LoggingMixin},
        "airflow.utils.state": {
            "State": State, "TaskInstanceState": State, "DagRunState": State, "TerminalTIState": State,
        },
        "airflow.utils.timezone": _timezone_names(),
        "airflow.utils.trigger_rule": {"TriggerRule": TriggerRule},
        "airflow.utils.weekday": {"WeekDay": Weekday},
        "airflow.task.trigger_rule": {"TriggerRule": TriggerRule},
    }  # fmt: skip


class _Loader(importlib.abc.Loader):
    def __init__(self, names):
        self._names = names

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.__dict__.update(self._names.get(module.__name__, {}))
        module.__path__ = []
        path = module.__name__

        def __getattr__(name):
            if name.startswith("__"):
                raise AttributeError(name)
            found = _inert_class(path, name) if name[:1].isupper() else _Missing(f"{path}.{name}")
            setattr(module, name, found)
            return found

        module.__getattr__ = __getattr__


class _Finder(importlib.abc.MetaPathFinder):
    """Finds every module below the package; the last finder to be asked."""

    def __init__(self):
        self._loader = _Loader(_known())

    def find_spec(self, name, path=None, target=None):
        if name != ROOT and not name.startswith(ROOT + "."):
            return None
        return importlib.machinery.ModuleSpec(name, self._loader, is_package=True)


def install():
    """Makes the package importable where it is not installed."""
    if ROOT in sys.modules or any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    if importlib.util.find_spec(ROOT) is None:
        sys.meta_path.append(_Finder())


def provide_current(context):
    """Makes `get_current_context()` of the real package or of the stand-in give this context."""
    CURRENT.append(context)
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path) and ROOT in sys.modules:
        import pod_hosted

        if getattr(context, "airflow3", False):  # what the package's own `get_parsing_context` reads
            os.environ["_AIRFLOW_PARSING_CONTEXT_DAG_ID"] = context["ti"].dag_id
            os.environ["_AIRFLOW_PARSING_CONTEXT_TASK_ID"] = context["ti"].task_id
        pod_hosted.enter_context(context)
        pod_hosted.read_environment()
