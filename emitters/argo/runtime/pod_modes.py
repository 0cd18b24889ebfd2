"""What the value of a task's code means: a result, a choice of tasks, a gate, a look of a sensor, a command."""

from __future__ import annotations

import inspect
import time
import traceback

from pod_errors import SensorTimeout, Skipped, is_skip


def run_mode(runner, function):
    """Runs the task's code as its mode wants it."""
    MODES[runner.spec.get("mode") or "plain"](runner, function)


def plain(runner, function):
    """The value is the result. A generator function is run through; what it yields belongs to the source system."""
    result = runner.call(function)
    if inspect.isgenerator(result) and inspect.isgeneratorfunction(inspect.unwrap(function)):
        result = _drain(result)
    runner.keep_result(result)


def _drain(generator):
    while True:
        try:
            next(generator)
        except StopIteration as end:
            return end.value


def choose(runner, function):
    """The value names the tasks to follow."""
    decide(runner, runner.call(function))


def decide(runner, answer):
    """Checks and writes an answer, and keeps it as the result as far as the source system does."""
    spec = runner.spec
    ids = _ids(answer)
    known = set(spec.get("tasks") or ()) | set(spec.get("groups") or {}) | set(spec.get("children") or {})
    unknown = sorted(set(ids) - known)
    if unknown:
        raise ValueError(
            "'branch_task_ids' must contain only valid task_ids. Invalid tasks found: {}".format(", ".join(unknown))
        )
    followed = [i for name in ids for i in (spec.get("groups") or {}).get(name, [name])]
    runner.outputs.branch(followed)
    skips = any(not set(reach) & set(followed) for reach in (spec.get("children") or {}).values())
    if not (skips and runner.run.airflow3):
        runner.keep_result(answer)


def _ids(answer):
    if answer is None:
        return []
    if isinstance(answer, str):
        return [answer]
    ids = list(answer) if isinstance(answer, (list, tuple, set)) else None
    if ids is None or not all(isinstance(item, str) for item in ids):
        raise TypeError("'branch_task_ids' must be either None, a task ID, or an Iterable of IDs")
    return ids


def gate(runner, function):
    """A false value stops what is below."""
    result = runner.call(function)
    open_ = bool(result)
    runner.outputs.go(open_)
    if open_ or not (runner.run.airflow3 and runner.spec.get("children")):
        runner.keep_result(result)


def sensor(runner, function):
    """Looks until the value is true."""

    def look():
        found = runner.call(function)
        done = bool(found)
        return done, getattr(found, "xcom_value", None) if hasattr(found, "is_done") else None

    poll(runner, look)


def poll(runner, look):
    """Looks again and again, and keeps the value that the last look gave.

    `look` returns (done, value). Settings: interval, timeout (seconds), exponential, max_interval,
    on_timeout fail / skip, skip_on_any_error.
    """
    settings = runner.spec.get("poll") or {}
    interval, timeout = float(settings.get("interval", 60)), float(settings.get("timeout", 604800))
    started, wait = time.monotonic(), interval
    while True:
        done, value = _look(look, settings)
        if done:
            runner.keep_result(value)
            return
        if time.monotonic() - started > timeout:
            _timed_out(settings)
        time.sleep(min(wait, float(settings.get("max_interval") or wait)))
        if settings.get("exponential"):
            wait *= 2


def _look(look, settings):
    try:
        return look()
    except Exception as error:
        soft = settings.get("on_timeout") == "skip" and "AirflowFailException" in [
            c.__name__ for c in type(error).__mro__
        ]
        if not is_skip(error) and (settings.get("skip_on_any_error") or soft):
            raise Skipped(str(error)) from error
        raise


def _timed_out(settings):
    text = "the time is up: {} seconds".format(settings.get("timeout", 604800))
    if settings.get("on_timeout") == "skip" or settings.get("skip_on_any_error"):
        raise Skipped(text)
    raise SensorTimeout(text)


def shell(runner, function):
    """The value is a command, which is rendered and run."""
    import pod_render
    import pod_shell

    command = runner.call(function)
    if not isinstance(command, str) or not command.strip():
        raise TypeError("The returned value from the TaskFlow callable must be a non-empty string.")
    pod_shell.execute(runner, pod_render.render_tree(command, runner.context))


def command(runner, _function):
    """A command whose text and settings are only known here."""
    import pod_shell

    pod_shell.execute(runner, runner.resolver.value(runner.spec["shell"]["command"]))


def handler(runner, function):
    """The code is a handler: it is called with the context, after the run or a task has ended. What goes wrong in it
    is logged and changes nothing."""
    facts = runner.spec.get("kwargs") or {}
    event, context = facts.get("event"), runner.context
    state = {"success": "success", "failure": "failed", "execute": "running"}.get(event, event)
    context["ti"].state = state
    if facts.get("level") == "run":
        context["dag_run"].state = state
        context["reason"] = {"failure": "task_failure"}.get(event, event)
    elif event == "failure":
        context["exception"] = RuntimeError(f"task {runner.run.task_id} failed")
    try:
        function(context)
    except Exception:
        traceback.print_exc()


def bind(runner, function):
    """Arguments are bound by name from the parameters of the run."""
    args, named = runner.arguments()
    values = {**runner.resolver.value(runner.spec.get("bound") or {}), **named}
    parameters = inspect.signature(function).parameters
    if any(p.kind == p.VAR_KEYWORD for p in parameters.values()):
        taken = values
    else:
        taken = {name: values[name] for name in parameters if name in values}
    runner.keep_result(function(*args, **taken))


def _elsewhere(module, name):
    """A mode that stands in a module of its own, loaded when it is needed."""

    def mode(runner, function):
        getattr(__import__(module), name)(runner, function)

    return mode


MODES = {
    "plain": plain,
    "choose": choose,
    "gate": gate,
    "sensor": sensor,
    "shell": shell,
    "command": command,
    "handler": handler,
    "bind": bind,
    "gate-test": _elsewhere("pod_gates", "gate_test"),
    "render": _elsewhere("pod_expand", "render"),
    "expand": _elsewhere("pod_expand", "expand"),
    "check": _elsewhere("pod_expand", "check"),
    "interval": _elsewhere("pod_interval", "interval"),
    "hosted": _elsewhere("pod_hosted", "hosted"),
    "http": _elsewhere("pod_http", "http"),
    "mail": _elsewhere("pod_mail", "mail"),
    "slack": _elsewhere("pod_mail", "slack"),
    "call-workflow": _elsewhere("pod_cluster", "call_workflow"),
    "wait-workflow": _elsewhere("pod_cluster", "wait_workflow"),
    "wait-time": _elsewhere("pod_waits", "wait_time"),
    "sql": _elsewhere("pod_sql", "sql"),
    "scoped": _elsewhere("pod_scoped", "scoped"),
}
