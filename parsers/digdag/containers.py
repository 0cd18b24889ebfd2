"""`docker:` of a task or of an `_export` around it, and `python:` of `py>`.

Source: digdag-standards `command/DockerCommandExecutor.java`, `operator/PyOperatorFactory.java`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from migrate.diagnostics.digdag import ValueOnlyAtRunTime
from migrate.diagnostics.digdag_operators import DockerOption, ImageOfCommands, InterpreterNamed
from parsers.digdag.scope import NotConstant, Scope

if TYPE_CHECKING:
    from parsers.digdag.build import Builder
    from parsers.digdag.tree import DigTask

IDLE = ("image", "build", "build_options", "selinux", "docker")
"""Keys that need no finding of their own."""
PLAIN_PYTHON = re.compile(r"(/usr(/local)?/bin/)?python3?\Z")


def docker_image(task: DigTask, scope: Scope, builder: Builder) -> str | None:
    """The image of `docker: {image: ...}`, where it is constant. What else stands there is reported."""
    value = setting(task, scope, "docker")
    if not isinstance(value, dict) or "image" not in value:
        return None
    try:
        image = str(scope.static(value["image"]))
    except NotConstant as reason:
        builder.find(ValueOnlyAtRunTime, task, key="docker.image", why=str(reason))
        return None
    if value.get("build"):
        commands = value["build"] if isinstance(value["build"], list) else [value["build"]]
        builder.find(ImageOfCommands, task, image=image, commands="; ".join(map(str, commands)))
    for key, given in value.items():
        if key not in IDLE and given not in (None, False, [], "false"):
            builder.find(DockerOption, task, key=key, value=shown(given))
    return image


def note_interpreter(task: DigTask, scope: Scope, builder: Builder) -> None:
    """A finding for an interpreter that is not simply the machine's Python 3."""
    value = setting(task, scope, "python")
    if value is None:
        value = (
            (setting(task, scope, "py") or {}).get("python") if isinstance(setting(task, scope, "py"), dict) else None
        )
    words = value if isinstance(value, list) else [value]
    if value is not None and not (len(words) == 1 and PLAIN_PYTHON.match(str(words[0]))):
        builder.find(InterpreterNamed, task, value=shown(value))


def setting(task: DigTask, scope: Scope, name: str) -> Any:
    """A key of the task, else of the nearest `_export` that has it."""
    if name in task.config:
        return task.config[name]
    return next((layer.exports[name] for layer in reversed(scope.layers) if name in layer.exports), None)


def shown(value: Any) -> str:
    """A value in a message."""
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
