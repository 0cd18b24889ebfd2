"""Runs an operator of the source system by its own code: no scheduler, no database, no workflow file.

The operator is made anew from its arguments; its `execute` (or `poke`) is called with the runner's context. What it
would hand to other services (deferred waiting) is done in the pod.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import os
import re
import sys

import pod_modes
import pod_units

_LOGGERS = ("airflow.task", "airflow.processor", "airflow")


def hosted(runner, cls):
    """Builds and runs the operator class. `spec.hosted`: arguments, defaults, callables, render, sensor."""
    settings = runner.spec["hosted"]
    _show_logs()
    _allow_direct_calls()
    arguments = {name: runner.resolver.value(code) for name, code in (settings.get("arguments") or {}).items()}
    item = arguments.pop("**", None) or {}  # an item of a fan-out that names its arguments itself
    arguments.update({name: pod_units.load(unit) for name, unit in (settings.get("callables") or {}).items()})
    fields = set(getattr(cls, "template_fields", None) or ())
    if settings.get("render"):
        arguments = {name: _map_texts(value, _guard) if name in fields else value for name, value in arguments.items()}
    elif item:
        item = {name: _rendered(value, runner) if name in fields else value for name, value in item.items()}
    arguments.update(item)
    dag = _dag(runner, {name: runner.resolver.value(code) for name, code in (settings.get("defaults") or {}).items()})
    operator = _build(cls, runner, arguments, settings, dag)
    operator.__dict__["_lock_for_execution"] = True  # as in a run: what is set from here on makes no dependency
    operator.prepare_template()
    if runner.spec.get("branch") == "choose":
        operator.__dict__["skip_all_except"] = lambda *_args, **_named: None  # the runner checks and follows the answer
    _into_context(runner, operator, dag)
    if settings.get("render"):
        operator.render_template_fields(runner.context, jinja_env=_jinja(operator, dag))
        _unguard(operator)
    if settings.get("sensor") and not _own_execute(cls):
        _before(runner, operator)
        _in_time(runner, operator, lambda: pod_modes.poll(runner, lambda: _poke(operator, runner.context)))
        operator.post_execute(runner.context)
        return
    _before(runner, operator)
    result = _in_time(
        runner, operator, lambda: _with_deferral(operator, runner.context, lambda: operator.execute(runner.context))
    )
    if runner.run.airflow3:
        _after(runner, operator, result)
        _keep(runner, operator, result)
    else:
        _keep(runner, operator, result)
        operator.post_execute(runner.context, result)


def _rendered(value, runner):
    """Texts in the items of a list of arguments are templates, also where a task has made the list (recorded: hosted,
    mapped-templates)."""
    import pod_render

    return pod_render.render_tree(value, runner.context)


def _in_time(runner, operator, call):
    """The call's value. Only `execute` counts for the timeout; the operator is told when it is ended early."""
    try:
        with runner.clock():
            return call()
    except BaseException as error:
        if type(error).__name__ in ("TimedOut", "Terminated"):
            operator.on_kill()
        raise


_MARK = "\ue000"
"""Stands between the characters of a tag in texts that are rendered already (a private character of Unicode)."""


def _guard(text):
    """A rendered text may hold tags; the class's own rendering, for what its `__init__` adds, must not see them."""
    for tag in ("{{", "{%", "{#"):
        text = text.replace(tag, tag[0] + _MARK + tag[1])
    return text


def _unguard(operator):
    """Takes the marks out of what the operator was given."""
    for name, value in list(vars(operator).items()):
        found = _map_texts(value, lambda text: text.replace(_MARK, ""))
        if found is not value and found != value:
            setattr(operator, name, found)


def _map_texts(value, change):
    """The value with every text in plain collections changed; the same object where nothing changes."""
    if type(value) is str:
        return change(value)
    if type(value) in (list, tuple, set):
        items = [_map_texts(item, change) for item in value]
        return value if all(a is b for a, b in zip(items, value, strict=True)) else type(value)(items)
    if type(value) is dict:
        return {_map_texts(key, change): _map_texts(item, change) for key, item in value.items()}
    return value


def _keep(runner, operator, result):
    if runner.spec.get("branch"):
        _follow(runner, operator, result)
    elif result is not None:
        runner.keep_result(result)


def _before(runner, operator):
    """The third generation calls the function given as `pre_execute` apart from the method of that name."""
    hook = getattr(operator, "_pre_execute_hook", None) if runner.run.airflow3 else None
    if hook is not None:
        hook(runner.context)
    operator.pre_execute(runner.context)
    runner.handle("execute")


def _after(runner, operator, result):
    """As the third generation does it: the function given as `post_execute` gets the result, the method does not, and
    the result is kept only after both (recorded: hosted, own-life-cycle)."""
    hook = getattr(operator, "_post_execute_hook", None)
    if hook is not None:
        hook(runner.context, result)
    operator.post_execute(runner.context)


def _follow(runner, operator, result):
    """A branch operator's answer. It may leave it to the database; then `execute` returns what was chosen."""
    if runner.spec["branch"] == "choose":
        pod_modes.decide(runner, result)
    else:
        runner.outputs.go(bool(result))
        runner.keep_result(result)


def _build(cls, runner, arguments, settings, dag):
    *groups, name = runner.run.task_id.split(".")
    arguments = {"task_id": name if dag is not None else runner.run.task_id, **arguments}
    if settings.get("sensor"):
        poll = runner.spec.get("poll") or {}
        arguments.update(
            mode="poke",
            poke_interval=float(poll.get("interval", 60)),
            timeout=float(poll.get("timeout", 604800)),
            soft_fail=poll.get("on_timeout") == "skip",
        )
    if dag is None:
        return cls(**arguments)
    with contextlib.ExitStack() as around:
        around.enter_context(dag)
        for group in groups:
            around.enter_context(_group_class()(group))
        operator = cls(**arguments)
    if not runner.spec.get("branch"):  # the base class of these looks for the tasks, which are not there
        operator.upstream_task_ids = set(runner.spec.get("upstream") or ())
        operator.downstream_task_ids = set(runner.spec.get("downstream") or ())
    return operator.prepare_for_execution()  # from here on, setting a field is no part of writing a workflow


def _group_class():
    try:
        from airflow.sdk import TaskGroup
    except ImportError:
        from airflow.utils.task_group import TaskGroup
    return TaskGroup


def _dag(runner, defaults):
    """A workflow with only the operator in it, for code that looks at `self.dag`. defaults: its `default_args`."""
    try:
        from airflow.sdk import DAG
    except ImportError:
        from airflow import DAG
    about = runner.spec.get("about") or {}
    start = runner.run.interval_start
    return DAG(
        runner.run.workflow_id,
        schedule=None,
        start_date=start,
        params=dict(runner.run.params),
        tags=about.get("tags"),
        default_args=defaults,
    )


def _into_context(runner, operator, dag):
    context = runner.context
    context["task"] = operator
    context["ti"].__dict__.update(task=operator, operator=type(operator).__name__)
    context["inlets"], context["outlets"] = list(operator.inlets or []), list(operator.outlets or [])
    if dag is not None:
        context["dag"] = dag
    templates = getattr(operator, "templates_dict", None)
    if templates:
        context["templates_dict"] = templates


def _jinja(operator, dag):
    if dag is not None:
        return dag.get_template_env()
    return operator.get_template_env()


def _with_deferral(operator, context, call):
    """Runs the call; when it defers, waits for the trigger here and goes on with the method that it names."""
    while True:
        try:
            return call()
        except BaseException as error:
            if type(error).__name__ != "TaskDeferred":
                raise
            deferred = error
        event = asyncio.run(_first_event(deferred.trigger, deferred.timeout))
        call = _resume(operator, context, deferred, event)


def _resume(operator, context, deferred, event):
    method = getattr(operator, deferred.method_name)
    arguments = dict(deferred.kwargs or {})
    payload = getattr(event, "payload", event)
    return lambda: method(context, event=payload, **arguments)


async def _first_event(trigger, timeout):
    async def first():
        async for event in trigger.run():
            return event
        return None

    return await asyncio.wait_for(first(), timeout.total_seconds() if timeout is not None else None)


def _poke(operator, context):
    found = operator.poke(context)
    return bool(found), getattr(found, "xcom_value", None) if hasattr(found, "is_done") else None


def _own_execute(cls):
    """Whether the sensor's `execute` is not just the loop of the base class."""
    for base in cls.__mro__:
        if "execute" in vars(base):
            return base.__name__ not in ("BaseSensorOperator", "BaseSensor") and base.__name__ not in _LOOPS
    return False


_LOOPS = {"PythonSensor", "DecoratedSensorOperator"}


def _show_logs():
    """Messages of operators go to the pod's log, one plain line each."""
    for name in list(logging.root.manager.loggerDict):
        if name.startswith(_LOGGERS):
            logger = logging.getLogger(name)
            logger.handlers, logger.propagate = [], True
    logging.basicConfig(level=logging.INFO, format="%(levelname)s - %(message)s", stream=sys.stdout, force=True)
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        import structlog
    except ImportError:
        return
    structlog.configure(
        processors=[structlog.processors.format_exc_info, _plain_line],
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=False,
    )


def _plain_line(_logger, level, event):
    text = str(event.get("event", ""))
    values = event.get("positional_args")
    text = text % values if values else text
    return "{} - {}{}".format(level.upper(), text, "\n" + event["exception"] if event.get("exception") else "")


def _allow_direct_calls():
    """The base class warns when `execute` is called by others than its own task runner."""
    for module in ("airflow.sdk.bases.operator", "airflow.models.baseoperator"):
        try:
            guard = getattr(__import__(module, fromlist=["ExecutorSafeguard"]), "ExecutorSafeguard", None)
        except ImportError:
            continue
        if guard is not None:
            guard.test_mode = True


def read_environment():
    """Names of variables and connections are in the pod's environment as far as its names allow: `a.b-c` is `A_B_C`."""
    try:
        from airflow.secrets.environment_variables import EnvironmentVariablesBackend as Backend
    except ImportError:
        return
    for method, prefix in (("get_variable", "AIRFLOW_VAR_"), ("get_conn_value", "AIRFLOW_CONN_")):
        own = getattr(Backend, method)
        if not hasattr(own, "pod"):
            setattr(Backend, method, _lenient(own, prefix))


def _lenient(own, prefix):
    @functools.wraps(own)
    def read(self, *args, **named):
        found = own(self, *args, **named)
        if found is None:
            name = next(iter((*args, *named.values())))
            found = os.environ.get(prefix + re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_").upper())
        return found or None  # an empty text in the ConfigMap stands for no value

    read.pod = True
    return read


def enter_context(context):
    """Makes the package's own `get_current_context()` give this context."""
    for module in ("airflow.sdk.definitions._internal.contextmanager", "airflow.models.taskinstance"):
        try:
            found = __import__(module, fromlist=["_CURRENT_CONTEXT"])
        except ImportError:
            continue
        stack = getattr(found, "_CURRENT_CONTEXT", None)
        if stack is not None and context not in stack:
            stack.append(context)
