"""Expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from migrate.ir import exprs
from parsers.airflow.evaluator.calls import call, evaluate_arguments
from parsers.airflow.evaluator.comprehensions import comprehension, generator_expression
from parsers.airflow.evaluator.definitions import make_function
from parsers.airflow.evaluator.operations import binary, compare, unary
from parsers.airflow.evaluator.scope import MISSING, Scope
from parsers.airflow.evaluator.text import fstring, literal
from parsers.airflow.evaluator.unknowns import cause_of, concat, derived
from parsers.airflow.evaluator.values import Symbolic, Unknown, Value
from parsers.airflow.overlays.registry import BUILTINS

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def _name(interp: Interpreter, node: cst.Name, scope: Scope) -> Value:
    return name_value(interp, node.value, scope, node)


def name_value(interp: Interpreter, name: str, scope: Scope, site: cst.CSTNode | None = None) -> Value:
    """The value of a name, as Python looks it up."""
    value = scope.lookup(name)
    if value is not MISSING:
        return value
    if name in BUILTINS:
        return BUILTINS[name]
    if name == "__class__":
        current: Scope | None = scope
        while current is not None:
            if current.owner is not None:
                return current.owner
            current = current.parent
    for module in reversed(scope.globals().names.get("__modelled_stars__", ())):
        found = module.fallback(name)
        if found is not MISSING and not isinstance(found, Unknown) and not getattr(found, "opaque", False):
            return found
    stars = scope.globals().names.get("__unknown_stars__")
    if stars:
        return interp.unknown(f"`{name}` may come from a third-party module", site, path=f"{stars[-1].path}.{name}")
    raise interp.error("NameError", f"name '{name}' is not defined")


def _string(interp: Interpreter, node: cst.SimpleString, scope: Scope) -> Value:
    return literal(node)


def _concatenated(interp: Interpreter, node: cst.ConcatenatedString, scope: Scope) -> Value:
    parts: list[Value] = []
    current: Any = node
    while isinstance(current, cst.ConcatenatedString):
        parts.append(evaluate(interp, current.left, scope))
        current = current.right
    parts.append(evaluate(interp, current, scope))
    if parts and isinstance(parts[0], bytes):
        return b"".join(parts)
    return concat(interp, parts, node)


def _integer(interp: Interpreter, node: cst.Integer, scope: Scope) -> Value:
    text = node.value
    if text.isdigit():
        if len(text) > 4000:
            interp.meter.check_text(interp.meter.budgets.text + 1)
        return int(text)
    return int(text.replace("_", ""), 0)


def _float(interp: Interpreter, node: cst.Float, scope: Scope) -> Value:
    return float(node.value.replace("_", ""))


def _imaginary(interp: Interpreter, node: cst.Imaginary, scope: Scope) -> Value:
    return complex(node.value.replace("_", ""))


def _ellipsis(interp: Interpreter, node: cst.Ellipsis, scope: Scope) -> Value:
    return ...


def _elements(interp: Interpreter, elements: Any, scope: Scope) -> list[Value]:
    out: list[Value] = []
    for element in elements:
        value = evaluate(interp, element.value, scope)
        if type(element) is cst.StarredElement:
            if cause_of(value) is not None:
                out.append(derived(interp, value, element.value))
            else:
                out.extend(interp.items(value, element.value))
        else:
            out.append(value)
    return out


def _list(interp: Interpreter, node: cst.List, scope: Scope) -> Value:
    return _elements(interp, node.elements, scope)


def _tuple(interp: Interpreter, node: cst.Tuple, scope: Scope) -> Value:
    return tuple(_elements(interp, node.elements, scope))


def _set(interp: Interpreter, node: cst.Set, scope: Scope) -> Value:
    return {interp.key(v) for v in _elements(interp, node.elements, scope)}


def _dict(interp: Interpreter, node: cst.Dict, scope: Scope) -> Value:
    out: dict[Value, Value] = {}
    for element in node.elements:
        if type(element) is cst.StarredDictElement:
            value = evaluate(interp, element.value, scope)
            if cause_of(value) is not None:
                rest = derived(interp, value, element.value)
                out[rest] = rest
            else:
                out.update(interp.dictionary([value], {}, element.value))
        else:
            assert isinstance(element, cst.DictElement)
            key = interp.key(evaluate(interp, element.key, scope))
            out[key] = evaluate(interp, element.value, scope)
    return out


def _attribute(interp: Interpreter, node: cst.Attribute, scope: Scope) -> Value:
    return interp.getattr(evaluate(interp, node.value, scope), node.attr.value, node)


def _subscript(interp: Interpreter, node: cst.Subscript, scope: Scope) -> Value:
    value = evaluate(interp, node.value, scope)
    return interp.getitem(value, subscript(interp, node, scope), node)


def subscript(interp: Interpreter, node: cst.Subscript, scope: Scope) -> Value:
    """The key of a subscript."""
    parts = [_index(interp, element.slice, scope) for element in node.slice]
    if len(parts) == 1 and type(node.slice[0].comma) is not cst.Comma:
        return parts[0]
    return tuple(parts)


def _index(interp: Interpreter, node: cst.BaseSlice, scope: Scope) -> Value:
    if isinstance(node, cst.Index):
        return evaluate(interp, node.value, scope)
    assert isinstance(node, cst.Slice)
    parts = [None if p is None else evaluate(interp, p, scope) for p in (node.lower, node.upper, node.step)]
    unknown = next((p for p in parts if cause_of(p) is not None), None)
    return derived(interp, unknown) if unknown is not None else slice(*parts)


def _call(interp: Interpreter, node: cst.Call, scope: Scope) -> Value:
    function = evaluate(interp, node.func, scope)
    args, kwargs = evaluate_arguments(interp, node.args, scope)  # type: ignore[arg-type]
    return call(interp, function, args, kwargs, node)


_BINARY: dict[type, str] = {
    cst.Add: "+", cst.Subtract: "-", cst.Multiply: "*", cst.Divide: "/", cst.FloorDivide: "//", cst.Modulo: "%",
    cst.Power: "**", cst.MatrixMultiply: "@", cst.LeftShift: "<<", cst.RightShift: ">>", cst.BitAnd: "&",
    cst.BitOr: "|", cst.BitXor: "^",
}  # fmt: skip


def _binary(interp: Interpreter, node: cst.BinaryOperation, scope: Scope) -> Value:
    chain = [node]
    left: cst.BaseExpression = node.left
    while type(left) is cst.BinaryOperation:
        chain.append(left)
        left = left.left
    value = evaluate(interp, left, scope)
    for part in reversed(chain):
        value = binary(interp, _BINARY[type(part.operator)], value, evaluate(interp, part.right, scope), part)
    return value


def _boolean(interp: Interpreter, node: cst.BooleanOperation, scope: Scope) -> Value:
    chain = [node]
    left: cst.BaseExpression = node.left
    while type(left) is cst.BooleanOperation:
        chain.append(left)
        left = left.left
    value = evaluate(interp, left, scope)
    for part in reversed(chain):
        value = _short_circuit(interp, part, value, scope)
    return value


def _short_circuit(interp: Interpreter, node: cst.BooleanOperation, left: Value, scope: Scope) -> Value:
    is_and = type(node.operator) is cst.And
    truth = interp.truth_or_unknown(left)
    if isinstance(truth, bool):
        return evaluate(interp, node.right, scope) if truth is is_and else left
    right = evaluate(interp, node.right, scope)
    other = interp.truth_or_unknown(right)
    if is_and and other is False:
        return right
    if not is_and and other is True and isinstance(right, bool):
        return right
    if not is_and and isinstance(other, bool) and not isinstance(right, bool) and _optional_setting(left):
        return right
    answer = derived(interp, left, node)
    guesses = [truth.guess, other if isinstance(other, bool) else other.guess]
    answer.guess = all(guesses) if is_and else any(guesses)
    return answer


def _optional_setting(value: Value) -> bool:
    """Whether a value is an environment variable that may be absent: `os.getenv(X) or y` means `os.getenv(X, y)`."""
    return type(value) is Symbolic and isinstance(value.expr, exprs.EnvRef) and value.expr.default is not None


def _unary(interp: Interpreter, node: cst.UnaryOperation, scope: Scope) -> Value:
    value = evaluate(interp, node.expression, scope)
    kind = type(node.operator)
    if kind is cst.Not:
        truth = interp.truth_or_unknown(value)
        if isinstance(truth, bool):
            return not truth
        answer = derived(interp, truth, node)
        answer.guess = None if truth.guess is None else not truth.guess
        return answer
    return unary(interp, {cst.Minus: "-", cst.Plus: "+", cst.BitInvert: "~"}[kind], value, node)


_COMPARISONS: dict[type, str] = {
    cst.Equal: "==", cst.LessThan: "<", cst.LessThanEqual: "<=", cst.GreaterThan: ">", cst.GreaterThanEqual: ">=",
    cst.In: "in", cst.NotIn: "not in", cst.Is: "is", cst.IsNot: "is not", cst.NotEqual: "!=",
}  # fmt: skip


def _comparison(interp: Interpreter, node: cst.Comparison, scope: Scope) -> Value:
    left = evaluate(interp, node.left, scope)
    answer: Value = True
    for target in node.comparisons:
        right = evaluate(interp, target.comparator, scope)
        one = compare(interp, _COMPARISONS[type(target.operator)], left, right, node)
        if one is False:
            return False
        if cause_of(one) is not None or cause_of(answer) is None:
            answer = one
        if cause_of(one) is None and interp.truth_or_unknown(one) is False:
            return one
        left = right
    return answer


def _conditional(interp: Interpreter, node: cst.IfExp, scope: Scope) -> Value:
    test = evaluate(interp, node.test, scope)
    return evaluate(interp, node.body if interp.truth(test, node.test) else node.orelse, scope)


def _lambda(interp: Interpreter, node: cst.Lambda, scope: Scope) -> Value:
    return make_function(interp, node, scope)


def _named(interp: Interpreter, node: cst.NamedExpr, scope: Scope) -> Value:
    value = evaluate(interp, node.value, scope)
    target = scope
    while target.kind == "comprehension" and target.parent is not None:
        target = target.parent
    interp.assign(node.target, value, target)
    return value


def _await(interp: Interpreter, node: cst.Await, scope: Scope) -> Value:
    return interp.unknown("`await` is not evaluated", node)


def _yield(interp: Interpreter, node: cst.Yield, scope: Scope) -> Value:
    """The value of a `yield` that the generator ran ahead of the expression."""
    home: Scope | None = scope
    while home is not None and home.generator is None:
        home = home.parent
    if home is not None and node in home.generator.given:
        return home.generator.given.pop(node)
    return interp.unknown("a `yield` inside an expression is not followed", node)


EXPRESSIONS: dict[type, Callable[..., Value]] = {
    cst.Name: _name,
    cst.SimpleString: _string,
    cst.ConcatenatedString: _concatenated,
    cst.FormattedString: fstring,
    cst.Integer: _integer,
    cst.Float: _float,
    cst.Imaginary: _imaginary,
    cst.Ellipsis: _ellipsis,
    cst.List: _list,
    cst.Tuple: _tuple,
    cst.Set: _set,
    cst.Dict: _dict,
    cst.Attribute: _attribute,
    cst.Subscript: _subscript,
    cst.Call: _call,
    cst.BinaryOperation: _binary,
    cst.BooleanOperation: _boolean,
    cst.UnaryOperation: _unary,
    cst.Comparison: _comparison,
    cst.IfExp: _conditional,
    cst.Lambda: _lambda,
    cst.NamedExpr: _named,
    cst.Await: _await,
    cst.Yield: _yield,
    cst.ListComp: comprehension,
    cst.SetComp: comprehension,
    cst.DictComp: comprehension,
    cst.GeneratorExp: generator_expression,
}


def evaluate(interp: Interpreter, node: cst.BaseExpression, scope: Scope) -> Value:
    """The value of an expression."""
    handler = EXPRESSIONS.get(type(node))
    if handler is None:
        return Unknown(f"`{type(node).__name__}` is not evaluated", interp.span(None))
    return handler(interp, node, scope)
