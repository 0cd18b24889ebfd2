"""Bash commands."""

from __future__ import annotations

import re

from migrate.diagnostics.pod_options import SkipExitCodeUnused
from migrate.ir import exprs
from migrate.ir.actions import Python, Shell, Unconverted
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import operator
from parsers.airflow.evaluator.values import Symbolic
from parsers.airflow.operators._common import EMPTY, environment, skip_codes, template_text
from parsers.airflow.operators._python import python_action

_OF_THE_IMAGE = ("PATH", "HOME", "PYTHONPATH", "LD_LIBRARY_PATH")
_EXIT_99 = re.compile(r"\bexit\b[^\n;]*\b99\b")


@operator(
    "airflow.operators.bash.BashOperator",
    "airflow.operators.bash_operator.BashOperator",
    "airflow.providers.standard.operators.bash.BashOperator",
)
def bash(args: Arguments) -> Shell:
    """The command runs in an image with bash; programs of the old worker must be in that image."""
    script = template_text(args, "bash_command", (".sh", ".bash"))
    env = environment(args, "env")
    inherit = args.bool("append_env") or not args.has("env")
    return Shell(
        script=script or EMPTY,
        env=_of_the_file(args, script, dict(env)) + env if inherit else env,
        inherit_env=inherit,
        cwd=args.expr("cwd"),
        skip_exit_codes=_skip_codes(args, script),
        output="last_line" if args.bool("do_xcom_push", True) and args.bool("xcom_push", True) else "none",
    )


def _of_the_file(
    args: Arguments, script: exprs.Expr | None, given: dict[str, exprs.Expr]
) -> tuple[tuple[str, exprs.Expr], ...]:
    """What the DAG file puts into `os.environ`: the worker loads the file before the task runs, and the command
    inherits it. Settings of Airflow and values that only the run knows count only where the command names them."""
    changes = args.context.loader.main.changes if args.context.loader and args.context.loader.main else None
    texts = [part for part in exprs.walk(script) if isinstance(part, exprs.Literal | exprs.Template)] if script else []
    text = "".join(str(p.value) if isinstance(p, exprs.Literal) else p.text for p in texts)
    found = []
    for name, value in (changes.environment if changes is not None else {}).items():
        named = name in text
        plain = isinstance(value, str) and not name.startswith("AIRFLOW__") and name not in _OF_THE_IMAGE
        if name not in given and (plain or (named and isinstance(value, str | Symbolic))):
            found.append((name, args.convert(value, f"env.{name}", templated=False)))
    return tuple(found)


@operator(decorators=("task.bash",))
def task_bash(args: Arguments) -> Python | Unconverted:
    """The function returns a command, which is then run by bash in the same pod."""
    action = python_action(args, mode="shell")
    if isinstance(action, Python):
        codes = skip_codes(args) or (99,)
        action = action.model_copy(update={"env": environment(args, "env"), "skip_exit_codes": codes})
        args.facts.self_skip = True
    args.ignore_all("append_env", "output_encoding")
    return action


def _skip_codes(args: Arguments, script: exprs.Expr | None) -> tuple[int, ...]:
    """The operator takes 99 for "skipped" unless told otherwise; that is only done where the command may end so."""
    args.ignore("output_encoding", "how the log is decoded")
    for name in ("skip_on_exit_code", "skip_exit_code"):
        if name in args:
            return skip_codes(args, name)
    texts = [part for part in exprs.walk(script) if isinstance(part, exprs.Literal | exprs.Template)] if script else []
    text = " ".join(str(p.value) if isinstance(p, exprs.Literal) else p.text for p in texts)
    hidden = any(isinstance(part, exprs.ItemRef) for part in exprs.walk(script)) if script else False
    if hidden or _EXIT_99.search(text):
        args.facts.self_skip = True
        return (99,)
    args.report(SkipExitCodeUnused)
    return ()
