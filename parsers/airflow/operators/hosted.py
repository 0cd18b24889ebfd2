"""Operators without a mapping: their own code runs in a pod, rebuilt from the evaluated arguments."""

from __future__ import annotations

import re
from collections.abc import Sequence

from migrate.diagnostics.hosting import HostedArgument, HostedDeferrable, HostedOperator, TasksTest
from migrate.diagnostics.operators import UnmappedOperator
from migrate.diagnostics.waits import PodHeld
from migrate.ir import exprs
from migrate.ir.actions import Action, CodeUnit, Command, Hosted, Poll, Python
from migrate.ir.exprs import Expr
from parsers.airflow.arguments import Arguments
from parsers.airflow.branches import branch_kind
from parsers.airflow.callables import code_unit
from parsers.airflow.catalog import own_methods
from parsers.airflow.evaluator.values import Argument, ClassValue, TaskObject, Value
from parsers.airflow.jinja import has_template
from parsers.airflow.operators._code import has_source, is_code
from parsers.airflow.operators._common import constant_text, literal, load_existing, no_source, poll, unconverted
from parsers.airflow.operators._providers import class_path, connection_defaults, distributions, template_fields
from parsers.airflow.operators._python import class_extensions, python_action
from parsers.airflow.to_expr import to_expr

BASE_ARGUMENTS = frozenset(
    [
        "task_id",
        "owner",
        "email",
        "email_on_retry",
        "email_on_failure",
        "retries",
        "retry_delay",
        "retry_exponential_backoff",
        "max_retry_delay",
        "start_date",
        "end_date",
        "depends_on_past",
        "ignore_first_depends_on_past",
        "wait_for_past_depends_before_skipping",
        "wait_for_downstream",
        "dag",
        "params",
        "default_args",
        "priority_weight",
        "weight_rule",
        "queue",
        "pool",
        "pool_slots",
        "sla",
        "execution_timeout",
        "on_execute_callback",
        "on_failure_callback",
        "on_success_callback",
        "on_retry_callback",
        "on_skipped_callback",
        "trigger_rule",
        "run_as_user",
        "task_concurrency",
        "map_index_template",
        "max_active_tis_per_dag",
        "max_active_tis_per_dagrun",
        "executor",
        "executor_config",
        "do_xcom_push",
        "multiple_outputs",
        "inlets",
        "outlets",
        "task_group",
        "doc",
        "doc_md",
        "doc_json",
        "doc_yaml",
        "doc_rst",
        "task_display_name",
        "logger_name",
        "allow_nested_operators",
        "schedule_interval",
        "schedule",
        "catchup",
        "provide_context",
        "depends",
        "on_kill_callback",
        "render_template_as_native_obj",
    ]
)
"""What `BaseOperator` takes: the target's affair (retries, pools, callbacks, ...), not the operator's own code's."""

SENSOR_ARGUMENTS = frozenset(
    [
        "poke_interval",
        "timeout",
        "soft_fail",
        "mode",
        "exponential_backoff",
        "max_wait",
        "silent_fail",
        "never_fail",
        "deferrable",
    ]
)


def unmapped(args: Arguments) -> Action:
    """What the policy says for operators without a mapping: hosted, fail, or tasks-test."""
    task = args.task
    assert task is not None
    if args.context.unmapped == "fail":
        args.report(UnmappedOperator, operator=task.cls.name)
        args.ignore_all(*args.values)
        return unconverted(args, f"the operator {task.cls.name} has no mapping")
    if args.context.unmapped == "tasks-test":
        return tasks_test(args, task)
    return hosted(args)


def hosted(args: Arguments) -> Action:
    """The operator's own `execute` in a pod: provider classes by import path, the project's own classes as code."""
    task = args.task
    assert task is not None
    if task.decorator is not None:
        return _decorated(args, task)
    local = own_methods(task)
    code: CodeUnit | None = None
    if local is not None or task.cls.name in ("BaseOperator", "BaseSensorOperator"):
        code = code_unit(task.cls, args.context, task, task.cls.name)
        if code is None:
            args.ignore_all(*args.values)
            return no_source(args, task.cls.name)
    sensor = is_sensor(task)
    looking = poll(args) if sensor else None
    given = task.call_arguments if code is not None and task.call_arguments else args.values
    if code is not None and task.call_arguments:
        args.ignore_all(*args.values)  # the class gets what it was called with
    given = {**given, **{name: item for name, item in args.values.items() if item.origin == "expand"}}
    pairs, callables = _arguments(args, given, sensor)
    if pairs is None:
        return unconverted(args, f"{task.cls.name} needs values that are not known at conversion")
    _facts(args, task, code)
    defaults: tuple[tuple[str, Expr], ...] = ()
    if code is not None:
        pairs += _seen(args, given, code)
        defaults = _defaults(args, given, code)
    return _action(args, task, code, pairs, defaults, callables, sensor, looking)


VISIBLE = (
    "owner", "email", "retries", "retry_delay", "pool", "queue", "priority_weight", "execution_timeout",
    "do_xcom_push", "doc_md",
)  # fmt: skip
"""Arguments of `BaseOperator` that change nothing in a pod, but that own code may look at."""


def _mentions(code: CodeUnit, name: str) -> bool:
    return any(re.search(rf"\b{name}\b", text) for text in (code.source, *(m.text for m in code.modules)))


def _seen(args: Arguments, given: dict[str, Argument], code: CodeUnit) -> list[tuple[str, Expr]]:
    """Constant arguments of the base class that the code speaks of."""
    pairs = ((name, to_expr(given[name].value, args.context, args.task)) for name in VISIBLE if name in given)
    return [(n, e) for n, e in pairs if isinstance(e, exprs.Literal) and e.value is not None and _mentions(code, n)]


def _defaults(args: Arguments, given: dict[str, Argument], code: CodeUnit) -> tuple[tuple[str, Expr], ...]:
    """The constants of `default_args`: each class of the operator takes those that its own `__init__` names. Their
    templates are rendered with the class's own fields."""
    pairs = []
    task = args.task
    found = dict(args.context.dag.default_args)
    found.update(task.group.default_args if task is not None and task.group is not None else {})
    found.update({name: a for name, a in args.values.items() if a.origin == "default_args"})
    for name, argument in found.items():
        if name in given and given[name].origin != "default_args":
            continue
        if name not in BASE_ARGUMENTS | SENSOR_ARGUMENTS or (name in VISIBLE and _mentions(code, name)):
            expr = to_expr(argument.value, args.context, args.task)
            if isinstance(expr, exprs.Literal):
                pairs.append((name, expr))
    return tuple(pairs)


def _action(
    args: Arguments,
    task: TaskObject,
    code: CodeUnit | None,
    pairs: list[tuple[str, Expr]],
    defaults: tuple[tuple[str, Expr], ...],
    callables: list[tuple[str, CodeUnit]],
    sensor: bool,
    looking: Poll | None,
) -> Hosted:
    cls = code.entry if code is not None else class_path(task.operator, args.generation)
    paths = [c.path for c in task.cls.mro if c.node is None]
    packages = sorted({*distributions(paths if code is not None else [cls]), *(code.requirements if code else ())})
    args.report(HostedOperator, operator=task.cls.name, packages=", ".join(packages) or "Airflow itself")
    if task.cls.name.endswith("Async") or task.operator.name.endswith("AsyncSensor"):
        args.report(HostedDeferrable, operator=task.cls.name)
    fields = task.template_fields if task.template_fields is not None else template_fields(task.operator)
    return Hosted(
        cls=cls,
        arguments=tuple(pairs),
        defaults=defaults,
        callables=tuple(callables),
        multiple_outputs=args.bool("multiple_outputs"),
        code=code,
        packages=tuple(packages),
        connections=_connections(
            task, {**_taken(args, defaults), **dict(pairs)}, [u for _, u in callables] + ([code] if code else [])
        ),
        template_fields=fields or (),
        sensor=sensor,
        poll=looking,
        generation=args.generation.text,
    )


_DECORATED = {
    "task.kubernetes_cmd": "cncf.kubernetes.decorators.kubernetes_cmd._KubernetesCmdDecoratedOperator",
    "task.pyspark": "apache.spark.decorators.pyspark._PySparkDecoratedOperator",
    "task.snowpark": "snowflake.decorators.snowpark._SnowparkDecoratedOperator",
    "task.sql": "common.sql.decorators.sql._SQLDecoratedOperator",
}
"""The operator classes behind decorators without a mapping, below `airflow.providers`."""


def _decorated(args: Arguments, task: TaskObject) -> Action:
    """A TaskFlow decorator of a provider: its operator class runs with the function and its arguments."""
    known = _DECORATED.get(task.decorator or "")
    cls = f"airflow.providers.{known}"
    action = python_action(args)
    if known is None or not isinstance(action, Python):
        args.report(UnmappedOperator, operator=f"@{task.decorator}")
        args.ignore_all(*args.values)
        return unconverted(args, f"the decorator @{task.decorator} has no mapping")
    pairs, callables = _arguments(args, args.values, sensor=False)
    if pairs is None:
        return unconverted(args, f"@{task.decorator} needs values that are not known at conversion")
    positional = exprs.ListExpr(items=action.args)
    named = exprs.DictExpr(items=action.kwargs)
    packages = distributions([cls])
    args.report(HostedOperator, operator=f"@{task.decorator}", packages=", ".join(packages))
    given = [(k, v) for k, v in pairs if k not in ("op_args", "op_kwargs", "python_callable")]
    return Hosted(
        cls=cls,
        arguments=(*given, ("op_args", positional), ("op_kwargs", named)),
        callables=(*callables, ("python_callable", action.code)),
        packages=tuple(packages),
        connections=_connections(task, dict(pairs)),
        template_fields=("op_args", "op_kwargs"),
        generation=args.generation.text,
    )


def is_sensor(task: TaskObject) -> bool:
    """Whether the task waits: its class is a sensor."""
    cls = task.cls
    return cls.has_trait("sensor") or cls.derives_from("BaseSensorOperator") or task.operator.name.endswith("Sensor")


def _arguments(
    args: Arguments, given: dict[str, Argument], sensor: bool
) -> tuple[list[tuple[str, Expr]] | None, list[tuple[str, CodeUnit]]]:
    """The operator's own arguments as values and as code; None when one of them is not known."""
    pairs: list[tuple[str, Expr]] = []
    callables: list[tuple[str, CodeUnit]] = []
    complete = True
    fields, extensions = _template_files(args)
    some = bool(fields) or args.task is None or args.task.template_fields is None  # else the class renders nothing
    for name, argument in given.items():
        if name in BASE_ARGUMENTS or name in SENSOR_ARGUMENTS:
            continue
        if argument.origin == "default_args" and not _takes(args, name):
            continue
        args.ignore(name, "given to the operator itself")
        value = load_existing(args, argument.value, extensions) if name in fields else argument.value
        if is_code(value):
            unit = code_unit(value, args.context, args.task, name)
            complete = complete and unit is not None
            callables += [(name, unit)] if unit is not None else []
            continue
        rendered = some and _is_rendered(args, name, value, tuple(f for f in fields if f == name or f not in given))
        expr = to_expr(value, args.context, args.task, templated=rendered)
        unknown = next((e for e in exprs.walk(expr) if isinstance(e, exprs.Opaque)), None)
        if unknown is not None and has_source(value, args, name):
            unit = code_unit(value, args.context, args.task, name)
            callables += [(name, unit)] if unit is not None else []
            complete = complete and unit is not None
            continue
        if unknown is not None:
            owner = args.task.cls.name if args.task is not None else ""
            args.report(HostedArgument, name, operator=owner, name=name, why=unknown.why)
            complete = False
            continue
        pairs.append((name, args.convert(value, name) if rendered else expr))
    args.ignore_all(*(SENSOR_ARGUMENTS if sensor else ("deferrable", "mode", "poke_interval")))
    if not sensor:
        pairs += [(n, args.convert(given[n].value, n)) for n in ("poke_interval", "timeout", "mode") if n in given]
        args.ignore("timeout")
    if "deferrable" in given:
        if not sensor and given["deferrable"].value:
            args.report(PodHeld, "deferrable")
        pairs.append(("deferrable", literal(False)))
    return (pairs if complete else None), callables


def _is_rendered(args: Arguments, name: str, value: Value, fields: tuple[str, ...]) -> bool:
    """Whether templates in an argument are rendered: of the project's own classes, if it is a template field itself or
    went into one (`fields`: those that are no other argument). Else the class gets the text as it is."""
    task = args.task
    if task is None or task.template_fields is None or name in fields or own_methods(task) is None:
        return True
    attributes = task.instance.attrs if task.instance is not None else {}
    held = [text for field in fields for text in _texts(attributes.get(field))]
    return any(has_template(text) and any(text in other for other in held) for text in _texts(value))


def _texts(value: Value) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in _texts(part)]
    return [text for part in value for text in _texts(part)] if isinstance(value, list | tuple | set) else []


def _template_files(args: Arguments) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Fields whose texts may name template files, and how such names end. Of a provider's class it is not known how
    they end: all that take files take `.sql`."""
    task = args.task
    assert task is not None
    fields = task.template_fields if task.template_fields is not None else template_fields(task.operator)
    known = class_extensions(args)
    if known or task.operator.name in ("BaseOperator", "BaseSensorOperator"):
        return tuple(fields or ()), known
    return tuple(fields or ()), (".sh", ".bash") if task.operator.name == "BashOperator" else (".sql", ".hql")


def _taken(args: Arguments, defaults: tuple[tuple[str, Expr], ...]) -> dict[str, Expr]:
    return {name: expr for name, expr in defaults if _takes(args, name)}


def _takes(args: Arguments, name: str) -> bool:
    """Whether a key of `default_args` is meant for this operator: its class is known to take it, or asks for a
    connection of that name."""
    task = args.task
    assert task is not None
    return name in connection_defaults(task.operator) or name in (template_fields(task.operator) or ())


_CONNECTION = re.compile(r"""(?:\b|\w_)conn_id(?:\s*:[^=\n,()]+)?\s*=\s*["']([\w.-]+)["']""")


def _connections(task: TaskObject, pairs: dict[str, Expr], units: Sequence[CodeUnit] = ()) -> tuple[str, ...]:
    """Connection ids: arguments that name one, those in code, and the class's defaults for those not given."""
    found: list[str] = []
    for unit in units:
        found += [e.name for e in unit.uses if isinstance(e, exprs.ConnectionRef)]
        found += _CONNECTION.findall(f"{unit.source}\n{unit.entry}")
    for name, expr in pairs.items():
        text = constant_text(expr)
        if text and (name.endswith("conn_id") or name == "conn_id"):
            found.append(text)
    attributes = task.instance.attrs if task.instance is not None and own_methods(task) is not None else {}
    found += [v for k, v in attributes.items() if k.endswith("conn_id") and isinstance(v, str) and v]
    for name, default in connection_defaults(task.operator).items():
        if name not in pairs:
            found.append(default)
    return tuple(dict.fromkeys(found))


def _facts(args: Arguments, task: TaskObject, code: CodeUnit | None) -> None:
    """Branches and self-skips of classes that derive from a deciding operator."""
    cls: ClassValue = task.cls
    if any(cls.derives_from(name) for name in ("BaseBranchOperator", "BranchMixIn", "BranchPythonOperator")):
        args.facts.branch = branch_kind("choose", args.generation)
    elif cls.derives_from("ShortCircuitOperator"):
        args.facts.branch = branch_kind(
            "gate", args.generation, ignore_rules=args.bool("ignore_downstream_trigger_rules", True)
        )
    if code is not None and "AirflowSkipException" in code.source:
        args.facts.self_skip = True


def tasks_test(args: Arguments, task: TaskObject) -> Command:
    """`airflow tasks test` in an image with the DAG files: the last resort."""
    args.report(TasksTest, operator=task.cls.name)
    args.ignore_all(*args.values)
    return Command(
        tool="airflow",
        script='airflow db migrate > /dev/null 2>&1\nexec airflow tasks test "$DAG_ID" "$TASK_ID" "$LOGICAL_DATE"\n',
        env=(
            ("DAG_ID", literal(args.workflow)),
            ("TASK_ID", literal(task.task_id)),
            ("LOGICAL_DATE", exprs.TimeRef(of="logical", layout="iso")),
        ),
    )
