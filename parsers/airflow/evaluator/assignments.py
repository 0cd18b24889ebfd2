"""Assignment targets: names, attributes, subscripts, unpacking, augmented assignment, `del`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from parsers.airflow.evaluator.classes import bind, class_of, user_method
from parsers.airflow.evaluator.operations import METHOD
from parsers.airflow.evaluator.scope import MISSING, Scope
from parsers.airflow.evaluator.unknowns import cause_of, derived
from parsers.airflow.evaluator.values import Value

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def assign(interp: Interpreter, target: cst.CSTNode, value: Value, scope: Scope) -> None:
    """Binds a target."""
    if type(target) is cst.Name:
        if scope.kind == "module" or (scope.escapes is not None and target.value in scope.escapes):
            interp.rebinds(scope, target.value)
        scope.assign(target.value, value)
    elif isinstance(target, cst.Attribute):
        interp.changes.stored(target, scope)
        interp.setattr(interp.evaluate(target.value, scope), target.attr.value, value)
    elif isinstance(target, cst.Subscript):
        interp.changes.stored(target, scope)
        interp.setitem(interp.evaluate(target.value, scope), interp.subscript(target, scope), value)
    elif isinstance(target, cst.Tuple | cst.List):
        _unpack(interp, target, value, scope)


def _unpack(interp: Interpreter, target: cst.Tuple | cst.List, value: Value, scope: Scope) -> None:
    elements = target.elements
    if cause_of(value) is not None:
        for element in elements:
            item = derived(interp, value)
            assign(interp, element.value, [item] if isinstance(element, cst.StarredElement) else item, scope)
        return
    items = interp.items(value)
    star = next((i for i, e in enumerate(elements) if isinstance(e, cst.StarredElement)), None)
    if star is None:
        if len(items) != len(elements):
            few = "not enough values" if len(items) < len(elements) else "too many values"
            raise interp.error("ValueError", f"{few} to unpack (expected {len(elements)})")
        for element, item in zip(elements, items, strict=True):
            assign(interp, element.value, item, scope)
        return
    after = len(elements) - star - 1
    if len(items) < star + after:
        raise interp.error("ValueError", f"not enough values to unpack (expected at least {star + after})")
    middle = items[star : len(items) - after]
    parts = [*items[:star], middle, *items[len(items) - after :]]
    for element, item in zip(elements, parts, strict=True):
        assign(interp, element.value, item, scope)


def augment(interp: Interpreter, node: cst.AugAssign, value: Value, scope: Scope) -> None:
    """`target op= value`; lists, sets and dictionaries change in place."""
    op = AUGMENTED[type(node.operator)]
    target = node.target
    interp.changes.stored(target, scope)
    if isinstance(target, cst.Attribute):
        owner = interp.evaluate(target.value, scope)
        old = interp.getattr(owner, target.attr.value)
        interp.setattr(owner, target.attr.value, in_place(interp, op, old, value, node))
    elif isinstance(target, cst.Subscript):
        owner = interp.evaluate(target.value, scope)
        key = interp.subscript(target, scope)
        old = interp.getitem(owner, key)
        interp.setitem(owner, key, in_place(interp, op, old, value, node))
    else:
        old = interp.evaluate(target, scope)
        assign(interp, target, in_place(interp, op, old, value, node), scope)


AUGMENTED: dict[type, str] = {
    cst.AddAssign: "+", cst.SubtractAssign: "-", cst.MultiplyAssign: "*", cst.DivideAssign: "/",
    cst.FloorDivideAssign: "//", cst.ModuloAssign: "%", cst.PowerAssign: "**", cst.MatrixMultiplyAssign: "@",
    cst.LeftShiftAssign: "<<", cst.RightShiftAssign: ">>", cst.BitAndAssign: "&", cst.BitOrAssign: "|",
    cst.BitXorAssign: "^",
}  # fmt: skip


def in_place(interp: Interpreter, op: str, old: Value, value: Value, site: cst.CSTNode) -> Value:
    """The value of `old op= value`."""
    method = user_method(class_of(old), f"__i{METHOD[op]}__")
    if method is not MISSING:
        return interp.call(bind(interp, method, old, class_of(old)), [value], {}, site)
    if type(old) is list and op == "+":
        interp.mutates(old)
        items = interp.items(value) if cause_of(value) is None else [derived(interp, value)]
        interp.meter.check_items(len(old) + len(items))
        old.extend(items)
        return old
    if type(old) is dict and op == "|" and isinstance(value, dict):
        interp.mutates(old)
        old.update(value)
        return old
    if type(old) is set and op in "|&-^" and isinstance(value, set | frozenset):
        interp.mutates(old)
        result = interp.binary(op, old, value, site)
        old.clear()
        old.update(result)
        return old
    return interp.binary(op, old, value, site)


def delete(interp: Interpreter, target: cst.CSTNode, scope: Scope) -> None:
    """`del target`."""
    interp.changes.stored(target, scope)
    if isinstance(target, cst.Name):
        if not scope.delete(target.value):
            raise interp.error("NameError", f"name '{target.value}' is not defined")
    elif isinstance(target, cst.Attribute):
        interp.delattr(interp.evaluate(target.value, scope), target.attr.value)
    elif isinstance(target, cst.Subscript):
        interp.delitem(interp.evaluate(target.value, scope), interp.subscript(target, scope))
    elif isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            delete(interp, element.value, scope)
