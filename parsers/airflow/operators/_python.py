"""Python callables: the part that all Python operators and decorators share."""

from __future__ import annotations

from typing import Literal

from migrate.ir import exprs
from migrate.ir.actions import Python, Unconverted
from migrate.ir.exprs import Expr
from parsers.airflow.arguments import Arguments
from parsers.airflow.callables import code_unit
from parsers.airflow.evaluator.values import Value, XComArg
from parsers.airflow.operators._code import bind_code, by_name
from parsers.airflow.operators._common import load_files, no_source
from parsers.airflow.secret_refs import item_names

Mode = Literal["plain", "choose", "gate", "sensor", "shell"]
Named = tuple[tuple[str, Expr], ...]


def python_action(args: Arguments, mode: Mode = "plain", pass_context: bool = True) -> Python | Unconverted:
    """The callable of a Python operator or TaskFlow task with its arguments; a placeholder when it has no code."""
    taskflow = args.task is not None and args.task.decorator is not None
    function = _function(args, taskflow)
    listed, named_late = by_name(function, _listed(args, taskflow), args)
    given = {**named_late, **_given(args, taskflow)}
    function, rest = bind_code(function, given, args) if given else (function, given)
    code = None if function is None else code_unit(function, args.context, args.task, "python_callable")
    if code is None:
        return no_source(args, "python_callable")
    positional, named, star_args, star_kwargs = (
        _taskflow_call(args, listed, rest) if taskflow else _operator_call(args, listed, rest)
    )
    args.ignore("provide_context", "always given since Airflow 2")
    return Python(
        code=code,
        mode=mode,
        args=positional,
        kwargs=named,
        star_args=star_args,
        star_kwargs=star_kwargs,
        templates=_templates(args),
        pass_context=pass_context,
        multiple_outputs=args.bool("multiple_outputs"),
        run_if=args.callable("run_if"),
        skip_if=args.callable("skip_if"),
        show_return_value=args.bool("show_return_value_in_logs", True),
    )


def _function(args: Arguments, taskflow: bool) -> Value:
    """The function that is called."""
    given = args.raw("python_callable")
    return args.task.function if taskflow and args.task is not None else given


def _given(args: Arguments, taskflow: bool) -> dict[str, Value]:
    """The named arguments of the call, as evaluated; {} when they are only there when the run is."""
    found = args.task.call_kwargs if taskflow and args.task is not None else args.raw("op_kwargs")
    return found if isinstance(found, dict) else {}


def _listed(args: Arguments, taskflow: bool) -> list[Value]:
    """The positional arguments of the call, as evaluated; [] when they are only there when the run is."""
    found = args.task.call_args if taskflow and args.task is not None else args.raw("op_args")
    return list(found) if isinstance(found, list | tuple) else []


def _taskflow_call(
    args: Arguments, listed: list[Value], given: dict[str, Value]
) -> tuple[tuple[Expr, ...], Named, Expr | None, Expr | None]:
    """What a decorated function is called with. Items of a fan-out come by name."""
    task = args.task
    assert task is not None
    positional = tuple(args.convert(v, f"op_args.{i}") for i, v in enumerate(listed))
    named = {k: args.convert(v, f"op_kwargs.{k}") for k, v in given.items()}
    star: Expr | None = None
    if task.mapping is not None and task.mapping.kind == "kwargs":
        star = exprs.ItemRef(templates=isinstance(next(iter(task.mapping.arguments.values())).value, XComArg))
    elif task.mapping is not None:
        named |= {name: exprs.ItemRef(path=(name,)) for name in task.mapping.arguments}
        args.ignore_all(*task.mapping.arguments)
    args.ignore_all("op_args", "op_kwargs")
    return positional, tuple(named.items()), None, star


def _operator_call(
    args: Arguments, listed: list[Value], given: dict[str, Value]
) -> tuple[tuple[Expr, ...], Named, Expr | None, Expr | None]:
    """`op_args` and `op_kwargs`; one that is only there when the run is becomes a star argument."""
    positional: tuple[Expr, ...] = ()
    named: Named = ()
    star_args: Expr | None = None
    star_kwargs: Expr | None = None
    if isinstance(args.raw("op_args"), list | tuple):
        positional = tuple(args.convert(item, label) for label, item in item_names("op_args", listed))
    elif isinstance(args.raw("op_args"), set | frozenset | range | None):
        positional = args.list("op_args")
    else:
        star_args = args.expr("op_args")
    if isinstance(args.raw("op_kwargs"), dict | None):
        named = tuple((str(k), args.convert(v, f"op_kwargs.{k}")) for k, v in given.items())
    else:
        star_kwargs = args.expr("op_kwargs")
    return positional, named, star_args, star_kwargs


def class_extensions(args: Arguments) -> tuple[str, ...]:
    """`template_ext` of the project's own subclass."""
    for cls in args.task.cls.mro if args.task is not None else ():
        found = cls.namespace.get("template_ext")
        if isinstance(found, list | tuple):
            return tuple(item for item in found if isinstance(item, str))
    return ()


def _templates(args: Arguments) -> Named:
    """`templates_dict`: texts that end in one of `templates_exts` name template files."""
    found = args.raw("templates_dict")
    extensions = args.strings("templates_exts") or class_extensions(args)
    if isinstance(found, dict) and extensions:
        loaded = load_files(args, found, "templates_dict", extensions)
        return tuple((str(k), args.convert(v, f"templates_dict.{k}")) for k, v in loaded.items())
    return args.mapping("templates_dict")
