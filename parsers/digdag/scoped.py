"""Makes `Scoped` actions: what every operator that is evaluated in the pod has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.diagnostics.digdag import (
    LastExecutedSession,
    ScriptEngineNeeded,
    SettingNotConverted,
    ValueOnlyAtRunTime,
)
from migrate.diagnostics.digdag_operators import KeyWithoutEffect
from migrate.ir import actions as a
from migrate.ir import workflow as w
from migrate.portable.digdag_text import codes, names_in
from migrate.portable.js_library import METHOD_NAMES, UNCOVERED_NAMES
from migrate.portable.js_moment import GETTERS, ISO, MOMENT_NAMES, SETTABLE, readable
from migrate.portable.js_parse import Unsupported, parse
from migrate.portable.js_pattern import Pattern
from parsers.digdag.containers import docker_image
from parsers.digdag.errors import DigError
from parsers.digdag.flow_keys import FLOW_KEYS
from parsers.digdag.retry import read_retry
from parsers.digdag.scope import Scope
from parsers.digdag.secret_literals import Literals, note_file
from parsers.digdag.secret_names import secret_names
from parsers.digdag.shared_folder import note_shared
from parsers.digdag.task_files import task_files

if TYPE_CHECKING:
    from parsers.digdag.build import Builder
    from parsers.digdag.tree import DigTask
COVERED_METHODS = METHOD_NAMES | MOMENT_NAMES | {"test"}
"""Methods that expressions may call without a JavaScript engine."""


def scoped(
    task: DigTask,
    scope: Scope,
    builder: Builder,
    operation: str,
    *,
    command: Any = None,
    settings: dict[str, Any] | None = None,
    template: Any = None,
    known: tuple[str, ...] | None = None,
    unread: tuple[str, ...] = (),
    stores: bool = False,
    modules: str = "",
    secrets: tuple[str, ...] = (),
) -> a.Scoped:
    """The action of a task. `known`: keys that the operation reads (None: all keys are its parameters). `unread`: keys
    that it does not read although Digdag's operator has them. `template`: the value of a YAML file that it works on.
    `secrets`: secret keys it reads by itself."""
    config = task.config
    own = settings if settings is not None else plain_settings(task)
    value = command if command is not None else task.command
    texts = [value, own, template, config.get("_env")]
    engine = check_expressions(task, builder, [*texts, [la.exports for la in scope.layers]])
    mentioned = [str(value), *(str(v) for v in own.values()), str(template)]
    files = task_files(task, scope, builder, operation, mentioned, modules)
    if operation == "embulk" and template is None:  # which of its files it is, is only known in the run
        texts.append([f.text for f in files.files])
    wanted = sorted({*secrets, *secret_names(texts)})
    if known is not None:
        read = names_in([value, template, list(own.values()), [f.text for f in files.files]])[0]
        note_keys(task, builder, own, {*known, *read}, unread)
    note_shared(task, builder, operation, files.files, scope.workdir)
    env = config.get("_env")
    if env is not None:
        own = {**own, "_env": env}
    made = a.Scoped(
        operation=operation,
        command=value,
        settings=own,
        late=late_names(task, own),
        template=template,
        layers=scope.layers,
        zone=scope.zone,
        secrets=tuple(wanted),
        files=files.files,
        workdir=scope.workdir,
        stores=stores,
        engine=engine,
        large=files.large,
        whole=files.whole,
        image=docker_image(task, scope, builder) if operation in ("sh", "py", "rb") else None,
    )
    return without_secrets(made, builder.literals)


def note_keys(task: DigTask, builder: Builder, own: dict[str, Any], read: set[str], unread: tuple[str, ...]) -> None:
    """Findings for keys that have an effect in Digdag only, and for those that have none anywhere."""
    for key in own:
        if key in unread:
            builder.find(SettingNotConverted, task, task.config.where(key), operator=task.operator, key=key)
        elif key not in read and not key.startswith("_"):
            builder.find(KeyWithoutEffect, task, task.config.where(key), operator=task.operator, key=key)


def without_secrets(action: a.Scoped, literals: Literals) -> a.Scoped:
    """The action with a mask for every secret that stands in it as plain text."""
    if not literals.masks:
        return action
    used: set[a.Masked] = set()
    update = {
        "command": literals.hide(action.command, used),
        "settings": literals.hide(action.settings, used),
        "template": literals.hide(action.template, used),
        "layers": tuple(la.model_copy(update={"exports": literals.hide(la.exports, used)}) for la in action.layers),
    }
    masked = tuple(sorted(used, key=lambda m: m.key))
    return action.model_copy(update={**update, "masked": masked}) if masked else action


def late_names(task: DigTask, own: dict[str, Any]) -> tuple[str, ...]:
    """Keys that the command reads although they stand after it. Digdag evaluates the operator's key in its place, too,
    so it fails where nothing else has the name (recorded: 85)."""
    keys = list(task.config)
    place = next((i for i, key in enumerate(keys) if key.endswith(">")), len(keys))
    read = names_in(task.command)[0]
    return tuple(key for key in keys[place + 1 :] if key in own and key in read)


def plain_settings(task: DigTask) -> dict[str, Any]:
    """The task's own keys, without the operator's and those that shape the workflow."""
    return {k: v for k, v in task.config.items() if k not in FLOW_KEYS and not k.endswith(">") and k != "docker"}


def file_value(task: DigTask, scope: Scope, builder: Builder, name: str) -> Any:
    """The value of a YAML file that is a template. None, with a finding, where there is no such file or no YAML."""
    from parsers.digdag.dig_yaml import Reader
    from parsers.digdag.yaml_templates import read_template

    path = builder.project.find(name, scope.workdir)
    text = builder.project.text(path) if path else None
    try:
        if path is None or text is None:
            raise DigError("run", f"File not found: {name}", task.span)
        note_file(builder, task, path, text)
        return read_template(text, path, Reader(builder.project.root))
    except DigError as error:
        builder.find(ValueOnlyAtRunTime, task, key=f"{task.operator}>", why=error.message)
        return None


def scoped_task(task: DigTask, node_id: str, action: a.Action, scope: Scope, builder: Builder, **fields: Any) -> w.Task:
    """The node of an action, with the task's `_retry`."""
    return builder.task(task, node_id, action, retry=read_retry(task, scope, builder), **fields)


def beyond(code: str) -> bool:
    """Whether one expression is beyond our own evaluator."""
    if not code.strip():
        return False
    try:
        tree = parse(code)
    except Unsupported:
        return True
    return uses_uncovered(tree)


def uses_uncovered(tree: Any) -> bool:
    """Whether a tree calls a method that the evaluator does not have."""
    if not isinstance(tree, tuple):
        return False
    if len(tree) == 2 and tree[0] == "name" and tree[1] in UNCOVERED_NAMES:
        return True
    if tree and tree[0] == "regex":
        try:
            Pattern(*tree[1:])
        except Unsupported:
            return True
        return False
    if tree and tree[0] == "call":
        target = tree[1]
        if target[0] == "member" and target[2][0] == "literal" and str(target[2][1]) not in COVERED_METHODS:
            return True
        if target in (("name", "moment"), ("member", ("name", "moment"), ("literal", "utc"))) and len(tree[2]) > 1:
            form = tree[2][1]
            if len(tree[2]) > 2 or form[0] != "literal" or not readable(form[1]):
                return True
        elif target == ("name", "moment") and tree[2] and unreadable(tree[2][0]):
            return True
        name = target[2][1] if target[0] == "member" else ""
        if name in GETTERS and name not in SETTABLE and tree[2]:
            return True
    return any(uses_uncovered(part) for part in tree if isinstance(part, tuple))


def unreadable(argument: Any) -> bool:
    """Whether `moment(argument)` is beyond our own evaluator."""
    if argument[0] in ("object", "array"):
        return True
    value = argument[1] if argument[0] == "literal" else None
    return isinstance(value, bool) or (isinstance(value, str) and ISO.match(value) is None)


def check_expressions(task: DigTask, builder: Builder, values: list[Any]) -> bool:
    """Findings about expressions: an engine is needed, the history of runs is. Returns whether an engine is needed."""
    engine = False
    for value in values:
        for code in codes(value):
            if beyond(code):
                engine = True
                builder.find(ScriptEngineNeeded, task, expression=" ".join(code.split())[:80])
        names, _ = names_in(value)
        for name in sorted(names):
            if name.startswith("last_executed_session"):
                builder.find(LastExecutedSession, task, name=name)
    return engine
