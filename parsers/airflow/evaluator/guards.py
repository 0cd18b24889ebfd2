"""Which side of an `if` a deployment that works is on: not the one that only raises.

`if env not in KNOWN: raise ...`, `elif ...: ... else: raise ...` and `if env in KNOWN: return ...` before a `raise` are
checks of the configuration. Where the condition is not known, the side that goes on is the likelier one, for Airflow
would show no DAG of a file that raises.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import libcst as cst

from parsers.airflow.evaluator.values import Function

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

_EXITS = frozenset(["exit", "quit", "_exit", "abort"])


def likely_side(interp: Interpreter, node: cst.If) -> bool | None:
    """True or False where the other side of the `if` raises; None where neither or both do."""
    then = _ends(node.body)
    if node.orelse is not None:
        other = _ends(node.orelse) if isinstance(node.orelse, cst.If) else _ends(node.orelse.body)
    else:
        other = _returns(node.body) and _ends_next(interp, node)
    return None if then == other else other


def _ends(part: cst.BaseSuite | cst.If) -> bool:
    """Whether a body ends the program by an error or exit."""
    if isinstance(part, cst.If):
        if part.orelse is None:
            return False
        return _ends(part.body) and _ends(part.orelse if isinstance(part.orelse, cst.If) else part.orelse.body)
    return any(_ends(s) if isinstance(s, cst.If) else any(map(_raises, _small(s))) for s in part.body)


def _small(statement: cst.CSTNode) -> Sequence[cst.CSTNode]:
    return statement.body if isinstance(statement, cst.SimpleStatementLine) else (statement,)


def _raises(statement: cst.CSTNode) -> bool:
    if isinstance(statement, cst.Expr) and isinstance(statement.value, cst.Call):
        function = statement.value.func
        name = function.attr if isinstance(function, cst.Attribute) else function
        return isinstance(name, cst.Name) and name.value in _EXITS
    return isinstance(statement, cst.Raise)


def _returns(body: cst.BaseSuite) -> bool:
    return any(isinstance(small, cst.Return) for statement in body.body for small in _small(statement))


def _ends_next(interp: Interpreter, node: cst.If) -> bool:
    """Whether the statement after the `if` in its function raises."""
    function = interp.frame.function
    return isinstance(function, Function) and _followed(function.node.body, node)


def _followed(parent: cst.CSTNode, node: cst.If) -> bool:
    if isinstance(parent, cst.IndentedBlock) and node in parent.body:
        rest = parent.body[list(parent.body).index(node) + 1 :]
        return bool(rest) and any(map(_raises, _small(rest[0])))
    if isinstance(parent, cst.BaseExpression | cst.BaseSmallStatement):
        return False
    return any(_followed(child, node) for child in parent.children)
