"""What the pods' small stand-in for the source framework offers to user code; anything else needs the real package."""

from __future__ import annotations

_EXCEPTIONS = frozenset(
    {
        "AirflowException",
        "AirflowSkipException",
        "AirflowFailException",
        "AirflowSensorTimeout",
        "AirflowTaskTimeout",
        "AirflowBadRequest",
        "AirflowNotFoundException",
        "AirflowConfigException",
        "AirflowTaskTerminated",
    }
)
_CONTEXT = frozenset({"get_current_context"})
_HOOK = frozenset({"BaseHook"})

OFFERED: dict[str, frozenset[str]] = {
    "airflow": frozenset({"AirflowException"}),
    "airflow.exceptions": _EXCEPTIONS,
    "airflow.sdk.exceptions": _EXCEPTIONS,
    "airflow.models": frozenset({"Variable", "Connection"}),
    "airflow.models.variable": frozenset({"Variable"}),
    "airflow.models.connection": frozenset({"Connection"}),
    "airflow.operators.python": _CONTEXT,
    "airflow.providers.standard.operators.python": _CONTEXT,
    "airflow.sdk": frozenset({"Variable", "Connection", "get_current_context", "AirflowSkipException", "BaseHook"})
    | {"AirflowFailException", "AirflowException"},
    "airflow.hooks.base": _HOOK,
    "airflow.hooks.base_hook": _HOOK,
    "airflow.sdk.bases.hook": _HOOK,
}


def offered(module: str, name: str | None) -> bool:
    """Whether `from module import name` (None: `import module`) works with the stand-in."""
    names = OFFERED.get(module)
    if name is None:
        return names is not None
    return names is not None and name in names
