"""Schedule, deadline and run parameters of a workflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.diagnostics.digdag import PluginLoaded, SessionHistoryLost, UnusedScheduleKey
from migrate.diagnostics.digdag_files import SecretFile
from migrate.diagnostics.source_schedules import ScheduleNotConverted
from migrate.ir import actions as a
from migrate.ir import schedule as s
from migrate.ir import workflow as w
from migrate.names import file_key, project_object
from migrate.portable.digdag_text import names_in
from migrate.portable.js_library import UNCOVERED_NAMES
from migrate.source import Span
from parsers.digdag.schedules import NoCronError, read_schedule
from parsers.digdag.scope import BUILTINS, STANDARD_NAMES

if TYPE_CHECKING:
    from parsers.digdag.build import Builder

WORDS = {
    *UNCOVERED_NAMES, "function", "return", "var", "new", "true", "false", "null", "typeof", "if", "else", "for", "in",
}  # fmt: skip
"""What reads like a name in an expression for the JavaScript engine and is none of a parameter."""


def schedule(builder: Builder) -> s.Schedule | None:
    """The IR schedule. Raises DigError."""
    config = builder.workflow.schedule
    if config is None:
        return None
    read = read_schedule(config, builder.workflow.timezone)
    root = builder.workflow.root
    for key in read.unused:
        builder.find(UnusedScheduleKey, root, config.where(key), key=key)
    if read.skip_delayed_by is None:
        builder.find(SessionHistoryLost, root, config.span)
    text = "; ".join(f"{k}: {v}" for k, v in config.items())
    try:
        return read.to_ir(text)
    except NoCronError as reason:
        builder.find(ScheduleNotConverted, root, config.span, schedule=text, why=str(reason))
        return None


def params(builder: Builder, made: w.Workflow) -> tuple[w.Param, ...]:
    """Parameters that the workflow reads and nobody in it sets: given with the run, or at conversion (`-p`)."""
    exported: set[str] = set()
    read: set[str] = set()
    for node in w.walk_nodes(made.nodes):
        action = getattr(node, "action", None)
        if not isinstance(action, a.Scoped):
            continue
        for layer in action.layers:
            exported |= set(layer.exports)
            read |= names_in(layer.exports)[0]
            note_plugins(builder, layer.exports)
        exported |= set(action.settings)
        read |= names_in([action.command, action.settings])[0]
    given = builder.project_params
    free = read - exported - set(BUILTINS) - STANDARD_NAMES - WORDS
    found = []
    for name in sorted(free | set(given)):
        found.append(w.Param(name=name, value=given.get(name), required=False, description=""))
    return tuple(found)


def project_files(builder: Builder, made: w.Workflow) -> a.ProjectFiles | None:
    """The files of the project, if some task gets all of them; with findings about those that hold secrets. For a
    `.dig` file its own finding (SEC002) is enough, unless a task names it: tasks do not read them otherwise."""
    found = builder.project.whole if builder.whole else None
    actions = [getattr(node, "action", None) for node in w.walk_nodes(made.nodes)]
    named = " ".join(f"{x.command} {x.settings}" for x in actions if isinstance(x, a.Scoped))
    for path in found.secret if found is not None else ():
        if path.endswith(".dig") and path.rpartition("/")[2] not in named:
            continue
        secret = builder.project.secret_in(path)
        assert found is not None
        assert secret is not None
        builder.sink.add(
            SecretFile(
                span=Span(path, secret.line),
                workflow=builder.workflow.name,
                path=path,
                reason=secret.reason,
                secret=project_object(found.name),
                key=file_key(path),
            )
        )
    return found


def note_plugins(builder: Builder, exports: dict[str, object]) -> None:
    """A finding for each plugin that is loaded."""
    plugin = exports.get("plugin")
    if isinstance(plugin, dict):
        for dependency in plugin.get("dependencies") or []:
            builder.find(PluginLoaded, builder.workflow.root, dependency=str(dependency))
