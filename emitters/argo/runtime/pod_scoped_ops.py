"""The operations of `pod_scoped`: messages, commands, code, conditions, items, waits, other workflows, HTTP, mail."""

from __future__ import annotations

import functools
import importlib
import inspect
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import types
from datetime import datetime
from pathlib import Path

from argo_items import changed_by_argo
from digdag_duration import seconds_of
from digdag_items import ITEMS, round_names, truth, with_names
from digdag_text import merge, printed
from java_numbers import java_text, scalar_text

VALID_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
DURATION = re.compile(r"(\d+)\s*(d|h|m|s)[a-z]*\s*")
INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


class Failed(Exception):
    """`fail>`."""


class CommandFailed(Exception):
    """A command ended with another exit code than 0."""


def echo(task):
    """Prints the message."""
    print(task.text(), flush=True)


def fail(task):
    """Fails with the message."""
    raise Failed(task.text())


def condition(task):
    """The result is true or false; anything else is refused."""
    value = task.command()
    answer = truth(value)
    if answer is None:
        from pod_scoped import ConfigError

        shown = f'"{value}" (string)' if isinstance(value, str) else json.dumps(value)
        raise ConfigError(f"Expected 'true' or 'false' for key '_command' but got {shown}")
    task.runner.keep_result(answer)


def items(task, kind):
    """The items of a loop."""
    command = task.command()
    if kind == "loop" and "count" in task.names:
        command = task.names["count"]
    keep_items(task, kind, ITEMS[kind](command), command)


def keep_items(task, kind, found, command=None):
    """The items of a loop as the result; with the names of their rounds where something reads them."""
    if task.spec.get("rounds"):
        found = with_names(found, round_names(kind, found, command), task.spec["rounds"])
    if task.spec.get("texts"):
        found = [json.dumps(item, ensure_ascii=False) if changed_by_argo(item) else item for item in found]
    task.runner.keep_result(found)


def as_text(value):
    """A parameter as text: objects as JSON."""
    return value if isinstance(value, str) else printed(value)


def sh(task):
    """A shell command with all parameters in its environment."""
    from pod_scoped import ConfigError

    task.workspace()
    env = dict(os.environ)
    for name, value in task.evaluated().items():
        if not VALID_NAME.match(name):
            continue
        if value is None and name in task.names.raw:
            raise ConfigError(f"Parameter '{name}' is required but null")
        env[name] = java_text(value)
    env |= {"_command": task.text(), "_type": "sh"}
    env |= environment_of(task)
    env["PATH"] = f"{env.get('PATH', '')}:{task.folder}"
    run_command([*shell_of(task), script_file(task)], env)


def environment_of(task):
    """The variables of `_env`."""
    from pod_scoped import ConfigError

    found = {}
    for name, value in (task.value(task.settings.get("_env")) or {}).items():
        if not VALID_NAME.match(name):
            raise ConfigError(f"Invalid _env key name: {name}")
        try:
            found[name] = scalar_text(name, task.with_secrets(value))
        except ValueError as error:
            raise ConfigError(str(error)) from None
    return found


def shell_of(task):
    """The program that runs the command, with its options."""
    from pod_scoped import ConfigError

    shell = task.setting("shell", ["/bin/sh"])
    if not isinstance(shell, list):
        raise ConfigError(f"Expected array type for key 'shell' but got {json.dumps(shell)} (string)")
    return [as_text(part) for part in shell]


def script_file(task):
    """The command in a file below the working directory: a shell of the task's choice gets the file's name, as in
    Digdag (`ruby -c` would only look at the code, and the system limits the length of an argument)."""
    folder = Path(".digdag/tmp")
    folder.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix="digdag-sh-", dir=folder)) / "runner.sh"
    path.write_text(task.with_secrets(task.text()), encoding="utf-8")
    return str(path)


def run_command(argv, env=None, text=None):
    """Runs a command, its output going to ours. Raises CommandFailed."""
    sys.stdout.flush()
    done = subprocess.run(argv, env=env, input=text, text=True, check=False)
    if done.returncode:
        raise CommandFailed(f"Command failed with code {done.returncode}")


def py(task):
    """A function, or a method of a class, of the project's code; parameters by the names of arguments."""
    task.workspace()
    values = task.evaluated() | {"py>": task.text(), "_command": task.text(), "_type": "py"}
    environment = python_environment(task, values)
    os.environ.update(environment_of(task))
    sys.path[:0] = [os.getcwd(), str(task.folder)]
    try:
        call_by_name(find_callable(task.text(), values), values)
        for function, given in environment.subtasks:
            call_by_name(function, {**values, **given})
    except SystemExit as end:
        if end.code not in (0, None):
            raise CommandFailed(f"Python command failed with code {end.code}") from None
    except Exception as error:
        import traceback

        traceback.print_exc()
        text = f"Python command failed with code 1\nError messages from python: {error} ({type(error).__name__})"
        raise CommandFailed(text) from None
    task.store(environment.stored)
    task.exported = environment.exported


def python_environment(task, values):
    """The module `digdag` that code imports."""
    environment = Environment(task, values)
    module = types.ModuleType("digdag")
    module.env = environment
    module.task = environment
    sys.modules["digdag"] = module
    inner = types.ModuleType("digdag.env")
    for name in ("store", "export", "add_subtask", "set_state"):
        setattr(inner, name, getattr(environment, name))
    inner.params = environment.params
    sys.modules["digdag.env"] = inner
    return environment


class Environment:
    """What `digdag.env` offers."""

    def __init__(self, task, values):
        self.params = values
        self.stored = {}
        self.exported = {}
        self.subtasks = []
        self.state_params = {}
        self._task = task

    def set_state(self, params=None, **more):
        """Keeps state between tries of the task."""
        self.state_params.update(params or {}, **more)

    def store(self, params=None, **more):
        """Stores parameters for later tasks."""
        merge(self.stored, {**(params or {}), **more})

    def export(self, params=None, **more):
        """Exports parameters to subtasks."""
        self.exported.update(params or {}, **more)

    def add_subtask(self, function=None, **given):
        """Adds a call that runs after this one, in this pod."""
        self.subtasks.append((function, given))


def find_callable(command, values):
    """`pkg.mod.fn`, `pkg.mod.Class.method`, `fn` of `__init__`: the method of a new object of the class."""
    parts = command.split(".")
    for size in range(len(parts) - 1, -1, -1):
        name = ".".join(parts[:size]) or "__init__"
        try:
            found = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name and not name.startswith(error.name):
                raise
            continue
        for index, attribute in enumerate(parts[size:]):
            holder, found = found, getattr(found, attribute)
            if inspect.isclass(holder) and index:
                found = method_of(holder, attribute, values)
        if inspect.isclass(found):
            found = call_by_name(found, values).run
        return found
    raise CommandFailed(f"could not find the method {command}")


def method_of(kind, name, values):
    """A method of a new object of a class. Digdag leaves the first argument out, also that of a static method."""
    found = getattr(call_by_name(kind, values), name)
    if not isinstance(inspect.getattr_static(kind, name), staticmethod):
        return found
    signature = inspect.signature(found)
    wrapper = functools.partial(found)
    wrapper.__signature__ = signature.replace(parameters=list(signature.parameters.values())[1:])
    return wrapper


def call_by_name(function, values):
    """Calls with the parameters that it takes; a missing one is an error."""
    parameters = inspect.signature(function).parameters
    given, named_all = {}, False
    for name, parameter in parameters.items():
        if parameter.kind == parameter.VAR_KEYWORD:
            named_all = True
        elif parameter.kind == parameter.VAR_POSITIONAL:
            continue
        elif name in values:
            given[name] = values[name]
        elif parameter.default is parameter.empty:
            raise TypeError(f"{function!r} requires a parameter '{name}' but it is not set")
    if named_all:
        given = {**{k: v for k, v in values.items() if k not in given}, **given}
    return function(**given)


def wait(task):
    """Waits for a duration such as `1h 30m`."""
    try:
        seconds = seconds_of(task.command())
    except ValueError:
        from pod_scoped import ConfigError

        raise ConfigError("Invalid configuration") from None
    time.sleep(seconds)


def require(task):
    """Starts the other workflow's run of a session, or joins it, and waits for its end."""
    import pod_cluster
    import pod_time

    runner = task.runner
    session = task.setting("session_time")
    logical = pod_time.parse(instant(session))
    again = {"all": ("success", "failed"), "failed": ("failed",)}.get(task.setting("rerun_on"), ())
    call = {
        "template": template_of(task, task.text(), task.settings.get("project_name")), "join": True,
        "wait": True, "ignore_failure": task.setting("ignore_failure") in (True, "true"), "poll_interval": 2,
        "conf": task.setting("params") or {}, "logical_time": {"$datetime": logical.isoformat()}, "rerun": again,
    }  # fmt: skip
    runner.spec["call"] = call
    pod_cluster.call_workflow(runner, None)


def instant(value):
    """A text with date, time and offset; Digdag takes no other."""
    from pod_scoped import ConfigError

    match = INSTANT.fullmatch(value.strip().upper()) if isinstance(value, str) else None
    if match is None or not valid(match.group(1)):
        shown = f'"{value}" (string)' if isinstance(value, str) else json.dumps(value)
        raise ConfigError(f"Expected class java.time.Instant for key 'session_time' but got {shown}")
    return match.group()


def valid(text):
    """Whether there is such a time."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def template_of(task, name, project):
    """The WorkflowTemplate of a workflow of the own project, or of the folder that has a project's name."""
    import pod_cluster

    known, folder = task.spec.get("workflows") or {}, task.spec.get("folder") or ""
    if project is None:
        full = f"{folder}/{name}" if folder else name
        return known.get(full) or pod_cluster.slug(full, 52)
    wanted = as_text(task.value(project))
    found = (slug for id_, slug in known.items() if f"/{id_}".endswith(f"/{wanted}/{name}"))
    return next(found, None) or pod_cluster.slug(f"{wanted}/{name}", 52)


def http(task):
    """An HTTP request."""
    import pod_scoped_http

    pod_scoped_http.http(task)


def mail(task):
    """A mail by SMTP."""
    import pod_scoped_mail

    pod_scoped_mail.mail(task)


def _elsewhere(module, name):
    """An operation of a module that is only loaded for it."""
    return lambda task: importlib.import_module(module).OPERATIONS[name](task)


SERVICES = {
    "pod_scoped_td": (
        "td", "td_for_each", "td_run", "td_ddl", "td_load", "td_wait", "td_wait_table", "td_table_export",
        "td_result_export", "td_partial_delete",
    ),
    "pod_scoped_bq": ("bq", "bq_load", "bq_extract", "bq_ddl", "gcs_wait"),
    "pod_scoped_s3": ("s3_wait",),
    "pod_scoped_sql": ("pg", "redshift", "redshift_load", "redshift_unload"),
    "pod_scoped_late": ("late",),
    "pod_scoped_params": ("param_get", "param_set"),
}  # fmt: skip
OPERATIONS = {
    "echo": echo, "fail": fail, "condition": condition, "items": items, "sh": sh, "py": py, "wait": wait,
    "require": require, "http": http, "mail": mail,
    **{name: _elsewhere(module, name) for module, names in SERVICES.items() for name in names},
}  # fmt: skip
