"""Pass `machine`: tells what tasks took from the machine on which they used to run. It changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from emitters.argo.language.image_programs import BUILTINS, PROGRAMS
from emitters.argo.language.shell_text import VALUE, ShellUse, programs_of_code, shell_use
from emitters.argo.plan import Leaf, PassContext, Plan
from migrate.diagnostics import machine as found
from migrate.ir.actions import BundledFile, Hosted, Python, Scoped, Shell
from migrate.ir.exprs import Concat, Expr, Literal, Template
from migrate.ir.visit import exprs_in

_SET = """
    BASH BASHPID BASH_REMATCH BASH_SOURCE BASH_VERSION COLUMNS EPOCHREALTIME EPOCHSECONDS EUID FUNCNAME GROUPS HOME
    HOSTNAME IFS KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT LINENO LINES MACHTYPE OLDPWD OPTARG OPTIND OSTYPE
    PATH PIPESTATUS PPID PWD RANDOM REPLY SECONDS SHELL SHELLOPTS SHLVL UID _
"""
_GIVEN = frozenset(_SET.split())
"""Variables that a shell or Kubernetes sets."""
_IN_IMAGE = re.compile(
    r"/(?:$|tmp(?:/|$)|dev/|proc/|sys/|s?bin/|usr/s?bin/|usr/local/bin/|usr/bin$)"
    r"|/etc/(?:passwd|group|hosts|os-release|ssl/)"
)
_ROOTS = "opt|home|mnt|usr/local/airflow|srv|root|var|data|airflow|nfs|etc"
_IN_CODE = re.compile(rf"""['"](/(?:{_ROOTS})/[^'"\s{{}}*?]+)['"]""")
_TEMPORARY = re.compile(r"""/tmp/[^\s'"`;|&<>()]+""")  # noqa: S108 (a path of the source)
_PRINTED = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_BLOCK = re.compile(r"\{[%#].*?[%#]\}", re.DOTALL)
_FRAMEWORK = "apache/airflow:"
_SHOWN = 4


def machine(plan: Plan, context: PassContext) -> Plan:
    """Before and after: the same plan. OPS010, OPS012, OPS013 and OPS014 for tasks whose image is a default one."""
    temporary: dict[str, list[Leaf]] = {}
    for leaf in plan.leaves:
        if leaf.helper:
            continue
        action = leaf.ctx.task.action
        if isinstance(action, Shell) or (isinstance(action, Scoped) and action.operation == "sh"):
            _shell(plan, context, leaf, action)
        elif isinstance(action, Python | Hosted):
            _code(plan, context, leaf, action)
        for path in dict.fromkeys(p.rstrip(".,:") for text in _texts(action) for p in _TEMPORARY.findall(text)):
            temporary.setdefault(path, []).append(leaf)
    _shared(plan, context, temporary)
    return plan


def _shell(plan: Plan, context: PassContext, leaf: Leaf, action: Shell | Scoped) -> None:
    container = leaf.template.script or leaf.template.container
    image = container.image if container is not None else ""
    held = PROGRAMS.get(image or "")
    if held is None:
        return
    where = _where(plan, leaf)
    use = shell_use(_script(action))
    files = action.files
    if isinstance(action, Scoped) and action.whole and plan.workflow.project is not None:
        files = plan.workflow.project.files
    missing = [f"`{name}`" for name in use.programs if not _held(name, held, files) and not _defined(name, files)]
    if use.computed:
        missing.append("a program whose name is computed")
    if missing:
        context.sink.add(found.ProgramsNeeded(image=image, programs=_listed(missing), **where))
    paths = [f"`{path}`" for path in use.paths if not _IN_IMAGE.match(path)]
    if paths:
        context.sink.add(found.MachineFiles(paths=_listed(paths), **where))
    names = [] if isinstance(action, Scoped) else _unset(use, action, leaf)
    if names:
        context.sink.add(found.MachineVariables(names=_listed([f"`{name}`" for name in names]), **where))


def _unset(use: ShellUse, action: Shell, leaf: Leaf) -> list[str]:
    container = leaf.template.script or leaf.template.container
    known = {name for name, _ in action.env} | _GIVEN
    known |= {variable.name for variable in (container.env if container is not None else None) or []}
    return [n for n in use.variables if n not in known and not n.startswith("AIRFLOW_CTX_") and VALUE not in n]


def _held(name: str, held: frozenset[str], files: tuple[BundledFile, ...]) -> bool:
    if "/" in name:
        path = name.removeprefix("./")
        return any(file.path == path or file.path.endswith(f"/{path}") for file in files)
    return name in held or name in BUILTINS


def _defined(name: str, files: tuple[BundledFile, ...]) -> bool:
    """Whether a file that the command may source defines a function of this name."""
    pattern = re.compile(rf"^[ \t]*(?:function[ \t]+)?{re.escape(name)}[ \t]*(?:\([ \t]*\)|\{{)", re.MULTILINE)
    return any(pattern.search(file.text) for file in files if not file.base64 and not file.path.endswith(".py"))


def _code(plan: Plan, context: PassContext, leaf: Leaf, action: Python | Hosted) -> None:
    container = leaf.template.script or leaf.template.container
    image = (container.image if container is not None else None) or ""
    if image not in PROGRAMS and (not image.startswith(_FRAMEWORK) or context.config.images.get("airflow")):
        return
    if action.code is None:
        return
    held = PROGRAMS.get(image)
    called = [name for name in programs_of_code(action.code.source) if held and not _held(name, held, ())]
    if called:
        listed = _listed([f"`{name}`" for name in called])
        context.sink.add(found.ProgramsNeeded(image=image, programs=listed, **_where(plan, leaf)))
    texts = [action.code.source, *(file.text for file in action.code.modules)]
    paths = dict.fromkeys(path for text in texts for path in _IN_CODE.findall(text))
    if paths:
        listed = _listed([f"`{path}`" for path in paths])
        context.sink.add(found.MachineFiles(paths=listed, **_where(plan, leaf)))


def _shared(plan: Plan, context: PassContext, temporary: dict[str, list[Leaf]]) -> None:
    """OPS013 for every task that names a file which another task names, too."""
    paths: dict[str, list[str]] = {}
    others: dict[str, dict[str, None]] = {}
    places: dict[str, Leaf] = {}
    for path, leaves in temporary.items():
        ids = list(dict.fromkeys(leaf.ctx.task.id for leaf in leaves))
        for leaf in leaves if len(ids) > 1 else ():
            task = leaf.ctx.task.id
            places[task] = leaf
            paths.setdefault(task, []).append(f"`{path}`")
            others.setdefault(task, {}).update(dict.fromkeys(f"`{other}`" for other in ids if other != task))
    for task, leaf in places.items():
        listed = _listed(list(dict.fromkeys(paths[task])))
        context.sink.add(found.SharedFiles(paths=listed, tasks=_listed(list(others[task])), **_where(plan, leaf)))


def _texts(action: Any) -> Iterator[str]:
    """Texts of an action that may name files."""
    if isinstance(action, Shell):
        yield _script(action)
    elif isinstance(action, Scoped):
        yield from _strings([action.command, action.settings])
    elif isinstance(action, Python | Hosted):
        if action.code is not None:
            yield action.code.source
        yield from (e.value for e in exprs_in(action) if isinstance(e, Literal) and isinstance(e.value, str))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _strings(list(value.values()))
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _script(action: Shell | Scoped) -> str:
    """The text of the command with a word in the place of what is only known when it runs."""
    if isinstance(action, Scoped):
        return re.sub(r"\$\{[^{}]*\}", VALUE, action.command) if isinstance(action.command, str) else ""
    return _constant(action.script)


def _constant(script: Expr) -> str:
    if isinstance(script, Template):
        return _BLOCK.sub(" ", _PRINTED.sub(VALUE, script.text))
    if isinstance(script, Literal):
        return str(script.value)
    if isinstance(script, Concat):
        return "".join(_constant(part) for part in script.parts)
    return VALUE


def _where(plan: Plan, leaf: Leaf) -> dict[str, Any]:
    return {"span": leaf.ctx.task.span, "workflow": plan.workflow.id, "task": leaf.ctx.task.id}


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return (", ".join(every[:_SHOWN]) + more).replace(VALUE, "...")
