"""One module per kind of action; importing the package registers all of them."""

from emitters.argo.templates import (
    approval,
    command,
    container,
    gate,
    hosted,
    http,
    noop,
    notify,
    python,
    resource,
    scoped,
    shell,
    sql,
    unconverted,
    waits,
    workflows,
)

__all__ = [
    "approval",
    "command",
    "container",
    "gate",
    "hosted",
    "http",
    "noop",
    "notify",
    "python",
    "resource",
    "scoped",
    "shell",
    "sql",
    "unconverted",
    "waits",
    "workflows",
]
