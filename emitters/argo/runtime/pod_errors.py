"""How a task ends other than by success: the exceptions that the runner understands, by name.

User code raises the source system's own exceptions. Whether these come from the real package or from the stand-ins in
`pod_shim` is all the same: they are recognised by the names of their classes.
"""

from __future__ import annotations

import importlib

EXIT_NO_RETRY = 100

_SKIP = {"AirflowSkipException"}
_FAIL = {"AirflowFailException", "AirflowSensorTimeout"}


class Skipped(Exception):
    """The task counts as skipped."""


class Failed(Exception):
    """The task fails for good: no further try."""


class SensorTimeout(Failed):
    """A wait that took too long."""


def names_of(error: BaseException) -> set:
    """Names of the exception's class and its bases."""
    return {cls.__name__ for cls in type(error).__mro__}


def is_skip(error: BaseException) -> bool:
    """The task skipped itself."""
    return isinstance(error, Skipped) or bool(names_of(error) & _SKIP)


def is_final(error: BaseException) -> bool:
    """The failure allows no further try."""
    return isinstance(error, Failed) or bool(names_of(error) & _FAIL)


_SOURCE = {
    "CommandFailed": "AirflowException", "SensorTimeout": "AirflowSensorTimeout", "TimedOut": "AirflowTaskTimeout",
}  # fmt: skip


def as_source(error: BaseException) -> BaseException:
    """What handlers are told: our own exceptions as those of the source system, where its names can be imported."""
    name = _SOURCE.get(type(error).__name__)
    if name is None:
        return error
    try:
        module = importlib.import_module("airflow.exceptions")
        return getattr(module, name)(*error.args)
    except (ImportError, AttributeError):
        return error


def exit_code(error: BaseException) -> int:
    """Exit code of the pod for an exception of the task's code. 100 is ours: user code that ends itself with it fails
    with 1 (docs/semantics.md, retries)."""
    return EXIT_NO_RETRY if is_final(error) else 1
