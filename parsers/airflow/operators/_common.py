"""What several mappings share: placeholders, template files, dropped options, polling of sensors."""

from __future__ import annotations

from typing import Any

import libcst as cst

from migrate.diagnostics.operators import TemplateFileMissing
from migrate.diagnostics.pod_options import OptionDropped, OptionManual, OptionNotConverted
from migrate.diagnostics.waits import PodHeld
from migrate.ir import exprs
from migrate.ir.actions import Poll, Unconverted
from migrate.ir.exprs import Expr
from migrate.secrets import redact
from parsers.airflow.arguments import Arguments
from parsers.airflow.evaluator.values import Function, Instance, Value, XComArg
from parsers.airflow.operators._files import read_template

EMPTY = exprs.Literal(value="")


def literal(value: Any) -> exprs.Literal:
    """A constant."""
    return exprs.Literal(value=value)


def concat(*parts: Expr | str | None) -> Expr:
    """Text of several parts; constants are joined, None is left out."""
    flat: list[Expr] = []
    for part in parts:
        if part is None:
            continue
        expr = literal(part) if isinstance(part, str) else part
        for piece in expr.parts if isinstance(expr, exprs.Concat) else (expr,):
            last = flat[-1] if flat else None
            if (
                isinstance(piece, exprs.Literal)
                and isinstance(piece.value, str)
                and isinstance(last, exprs.Literal)
                and isinstance(last.value, str)
            ):
                flat[-1] = literal(last.value + piece.value)
            else:
                flat.append(piece)
    return flat[0] if len(flat) == 1 else exprs.Concat(parts=tuple(flat)) if flat else EMPTY


def constant_text(expr: Expr | None) -> str | None:
    """The text of a constant expression; None for any other."""
    return expr.value if isinstance(expr, exprs.Literal) and isinstance(expr.value, str) else None


def source_text(args: Arguments) -> str:
    """The call that made the task, as written, without secrets."""
    task = args.task
    if task is None or task.node is None:
        return ""
    try:
        return redact(cst.Module(body=()).code_for_node(task.node)).strip()
    except Exception:  # an odd node must not stop the conversion
        return ""


def unconverted(args: Arguments, message: str) -> Unconverted:
    """A placeholder that fails with `message`."""
    return Unconverted(message=message, source=source_text(args))


def no_source(args: Arguments, name: str) -> Unconverted:
    """A placeholder for a callable without code; the finding was filed when its code was asked for (PY009)."""
    return unconverted(args, f"the code of `{name}` is not available")


def dropped(args: Arguments, why: str, *names: str) -> None:
    """Options without a meaning in the target: an info each if they were given."""
    for name in names:
        if args.has(name) and args.values[name].origin != "default_args":
            args.report(OptionDropped, name, name=name, why=why)
        args.ignore(name, why)


def differs(args: Arguments, what: str, *names: str) -> None:
    """Options that are not honoured: a warning each if they were given with a true value."""
    for name in names:
        if args.raw(name):
            args.report(OptionNotConverted, name, name=name, what=what)


def by_hand(args: Arguments, what: str, *names: str) -> None:
    """Options that a person must carry over: a finding each if they were given with a true value."""
    for name in names:
        if args.raw(name):
            args.report(OptionManual, name, name=name, what=what)


def template_text(args: Arguments, name: str, extensions: tuple[str, ...]) -> Expr | None:
    """A template field whose texts may name template files: a text that ends in one of `extensions` stands for the
    file's content (`airflow/template/templater.py`). A missing file is reported and comes back as `Opaque`."""
    value = args.raw(name)
    return None if value is None else args.convert(load_files(args, value, name, extensions), name)


def load_files(args: Arguments, value: Value, name: str, extensions: tuple[str, ...]) -> Value:
    """`value` with the names of template files in it replaced by the files' texts, also inside of lists and dicts."""
    if isinstance(value, str) and value.endswith(extensions):
        text = read_template(value, args.context)
        if text is None:
            args.report(TemplateFileMissing, name, name=name, path=value)
            return (
                f"# the template file {value} was not found\nexit 64\n" if value.endswith((".sh", ".bash")) else value
            )
        return text
    if isinstance(value, list):
        return [load_files(args, item, name, extensions) for item in value]
    if isinstance(value, dict):
        return {key: load_files(args, item, name, extensions) for key, item in value.items()}
    return value


def load_existing(args: Arguments, value: Value, extensions: tuple[str, ...]) -> Value:
    """As `load_files`; what is not there stays as it is, for the operator to complain about."""
    if isinstance(value, str) and extensions and value.endswith(extensions):
        text = read_template(value, args.context)
        return value if text is None else text
    if isinstance(value, list):
        return [load_existing(args, item, extensions) for item in value]
    if isinstance(value, dict):
        return {key: load_existing(args, item, extensions) for key, item in value.items()}
    return value


def poll(args: Arguments) -> Poll:
    """How a sensor looks again (`BaseSensorOperator`: every 60 s, for 7 days). Skips are noted in `args.facts`."""
    interval = args.seconds("poke_interval", 60.0) or 60.0
    timeout = args.seconds("timeout", 604800.0)
    soft = args.bool("soft_fail")
    never = args.bool("never_fail")
    deferred = args.bool("deferrable")
    if args.text("mode", "poke") == "reschedule" or deferred:
        args.report(PodHeld, "mode")
    args.facts.self_skip = args.facts.self_skip or soft or never
    return Poll(
        interval=interval,
        timeout=604800.0 if timeout is None else timeout,
        exponential=args.bool("exponential_backoff"),
        max_interval=args.seconds("max_wait"),
        on_timeout="skip" if soft or never else "fail",
        skip_on_any_error=never,
    )


def environment(args: Arguments, name: str) -> tuple[tuple[str, Expr], ...]:
    """A dictionary of environment variables. The result of a TaskFlow task counts too, when its function returns a
    dictionary that is written out with constant keys."""
    value = args.raw(name)
    value = value.native if isinstance(value, Instance) and isinstance(value.native, XComArg) else value
    if isinstance(value, XComArg) and value.op == "pull" and value.task is not None and value.key == "return_value":
        keys = returned_keys(value.task.function)
        if keys:
            return tuple((k, exprs.OutputRef(task=value.task.task_id, path=(k,))) for k in keys)
    return args.mapping(name)


def returned_keys(function: Value) -> tuple[str, ...]:
    """The keys of the dictionary that a function returns; () when it returns anything else than such literals."""
    if not isinstance(function, Function) or not isinstance(function.node, cst.FunctionDef):
        return ()
    found: dict[str, None] = {}
    returns = [n.value for n in _returns(function.node.body)]
    for value in returns:
        if not isinstance(value, cst.Dict):
            return ()
        for element in value.elements:
            if not isinstance(element, cst.DictElement) or not isinstance(element.key, cst.SimpleString):
                return ()
            found[str(element.key.evaluated_value)] = None
    return tuple(found)


def _returns(node: cst.CSTNode) -> list[cst.Return]:
    """The return statements of a body, without those of functions inside it."""
    out: list[cst.Return] = []
    for child in node.children:
        if isinstance(child, cst.Return):
            out.append(child)
        elif not isinstance(child, cst.FunctionDef | cst.Lambda | cst.ClassDef):
            out += _returns(child)
    return out


def skip_codes(args: Arguments, name: str = "skip_on_exit_code") -> tuple[int, ...]:
    """Exit codes that count as skipped; noted in `args.facts`."""
    found = args.value(name)
    codes = _codes(found)
    args.facts.self_skip = args.facts.self_skip or bool(codes)
    return codes


def _codes(found: Any) -> tuple[int, ...]:
    if isinstance(found, dict):
        found = next(iter(found.values()), None)
    if isinstance(found, int) and not isinstance(found, bool):
        return (found,)
    if isinstance(found, list):
        return tuple(code for code in found if isinstance(code, int))
    return ()
