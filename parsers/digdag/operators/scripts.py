"""`sh>`, `py>` and `rb>`: commands and code of the project."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migrate.diagnostics.digdag import SubtasksAdded
from migrate.diagnostics.python_code import PackagesNeeded
from migrate.distributions import third_party
from migrate.ir import workflow as w
from parsers.digdag.catalog import operator
from parsers.digdag.containers import note_interpreter
from parsers.digdag.scope import holds_code
from parsers.digdag.scoped import scoped, scoped_task

if TYPE_CHECKING:
    from parsers.digdag.build import Builder
    from parsers.digdag.scope import Scope
    from parsers.digdag.tree import DigTask

STORES = re.compile(r"\b(env|Digdag::Env|digdag\.env)\.(store|export)\b|\bstore\(")
SUBTASK = re.compile(r"\badd_subtask\b")


@operator("sh", "runs its command in the pod, with all parameters in the environment")
def sh(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
    """A shell command; every parameter with a valid name is an environment variable of it."""
    return scoped_task(task, node_id, scoped(task, scope, builder, "sh"), scope, builder)


@operator("py", "imports the project's code in the pod; parameters by the names of arguments")
def py(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
    """A Python function or class method of the project."""
    action = scoped(task, scope, builder, "py", modules=".py")
    note_interpreter(task, scope, builder)
    packages = imported(str(task.command), {f.path: f.text for f in action.files if f.path.endswith(".py")})
    if packages and action.image is None:
        builder.find(PackagesNeeded, task, packages=", ".join(packages))
        action = action.model_copy(update={"requirements": packages})
    return code_task(task, scope, node_id, builder, action, ".py")


@operator("rb", "loads the project's Ruby code in the pod; parameters by the names of arguments")
def rb(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
    """A Ruby method of the project; `require` names the file."""
    action = scoped(task, scope, builder, "rb", modules=".rb")
    return code_task(task, scope, node_id, builder, action, ".rb")


def code_task(task: DigTask, scope: Scope, node_id: str, builder: Builder, action: object, suffix: str) -> w.Task:
    """The task of code: whether it stores parameters is read off the files that it may load."""
    from migrate.ir.actions import Scoped

    assert isinstance(action, Scoped)
    texts = {f.path: f.text for f in action.files if f.path.endswith(suffix)}
    own = [p for p in texts if holds_code(task.command) or defines(str(task.command), p)] or list(texts)
    stores = any(STORES.search(texts[path]) for path in own)
    called = str(task.command).rpartition(".")[2]
    for path in own:
        body = function_text(texts[path], called)
        if SUBTASK.search(body):
            builder.find(SubtasksAdded, task, file=path)
    return scoped_task(task, node_id, action.model_copy(update={"stores": stores}), scope, builder)


def imported(command: str, texts: dict[str, str]) -> tuple[str, ...]:
    """Distributions that the command's module needs, with the project's modules that it imports; of all modules where
    the command's is not found. texts: the project's Python files by path."""
    modules = {path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in texts}
    own = {"digdag", *(name.partition(".")[0] for name in modules)}
    todo = [path for path in modules.values() if defines(command, path)] or list(modules.values())
    seen: set[str] = set()
    while todo:
        path = todo.pop()
        if path not in seen:
            seen.add(path)
            todo += [other for name, other in modules.items() if mentions(texts[path], name.rpartition(".")[2])]
    return tuple(sorted({found for path in seen for found in third_party(texts[path], own)}))


def mentions(text: str, module: str) -> bool:
    """Whether an import statement of a Python text names a module (by the last part of its name)."""
    return re.search(rf"^[ \t]*(?:from|import)\b[^\n]*\b{re.escape(module)}\b", text, re.MULTILINE) is not None


def defines(command: str, path: str) -> bool:
    """Whether the module of a command (`pkg.mod.fn`, `pkg.mod.Class.method`) may be a file."""
    module = path.rsplit(".", 1)[0].replace("/", ".").removesuffix(".__init__")
    return command == module or command.startswith(f"{module}.")


def function_text(text: str, name: str) -> str:
    """The text of a function in a file, by indentation; the whole file where it is not found."""
    match = re.search(rf"^([ \t]*)def {re.escape(name)}\b.*\n((?:\1[ \t]+.*\n|\s*\n)*)", text, re.MULTILINE)
    return match.group() if match else text
