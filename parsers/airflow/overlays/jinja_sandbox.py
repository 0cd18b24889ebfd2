"""A jinja2 environment for hostile templates: sandboxed, and every loop turn, call, filter and output is paid from a
budget.

Symbolic values are put into the text as marks and become parts of a symbolic text afterwards; a template that does more
with one than print it has an unknown result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer

from parsers.airflow.evaluator.classes import PLAIN
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import Instance, Value
from parsers.airflow.overlays.plain import MODELLED, NOT_KNOWN

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

WORK = 20_000_000
"""Characters written, and loop turns and calls weighed by the text inside them, per rendering."""
WIDTH = 10_000
"""Largest number that a filter or method may be given."""

DEPTH = 60
"""Macros inside macros."""


class OutOfBudget(BaseException):
    """A template costs more than one may."""


class NeedsValue(BaseException):
    """A template looks into a value that is not known."""

    def __init__(self, value: Value) -> None:
        self.value = value


class Mark:
    """Stands for a symbolic value while a template is rendered. It can be printed, and nothing else."""

    def __init__(self, value: Value, text: str) -> None:
        self.value = value
        self.text = text

    def __str__(self) -> str:
        return self.text

    def __html__(self) -> str:
        return self.text

    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        raise NeedsValue(self.value)

    __eq__ = __ne__ = __bool__ = __iter__ = __len__ = __getitem__ = __contains__ = __lt__ = __gt__ = __le__ = __ge__ = (
        _refuse
    )
    __add__ = __radd__ = __mod__ = __mul__ = __sub__ = __call__ = __hash__ = __format__ = __int__ = __float__ = _refuse


class Account:
    """What one rendering has spent, and the marks it made."""

    def __init__(self, interp: Interpreter) -> None:
        self.interp = interp
        self.left = WORK
        self.marks: list[Mark] = []

    def spend(self, amount: int) -> None:
        """Raises OutOfBudget when nothing is left."""
        self.left -= amount
        if self.left < 0:
            raise OutOfBudget
        self.interp.meter.step()

    def mark(self, value: Value) -> Mark:
        """A mark for a value that is not known."""
        made = Mark(value, f"\ue100{len(self.marks)}\ue101")
        self.marks.append(made)
        return made

    def visible(self, value: Value) -> Any:
        """A value of the evaluator as the template sees it."""
        if isinstance(value, NOT_KNOWN):
            return self.mark(value)
        if type(value) is dict:
            if any(isinstance(v, MODELLED) or type(v) in (dict, list, tuple) for v in value.values()):
                return LazyDict(self, value)
            return value
        if type(value) in (list, tuple):
            self.spend(len(value))
            return type(value)(self.visible(v) for v in value)
        if isinstance(value, Instance) and type(value.native) in PLAIN and not value.cls.has_trait("enum"):
            return self.visible(value.native) if not value.cls.has_trait("namedtuple") else value
        return value


class LazyDict(dict[Any, Any]):
    """A dictionary whose values become visible when they are read."""

    def __init__(self, account: Account, source: dict[Any, Any]) -> None:
        super().__init__(source)
        self._account = account

    def __getitem__(self, key: Any) -> Any:
        return self._account.visible(super().__getitem__(key))

    def get(self, key: Any, default: Any = None) -> Any:
        """As dict.get."""
        return self.get(key, default)

    def items(self) -> Any:
        """As dict.items."""
        return [(k, self[k]) for k in self]

    def values(self) -> Any:
        """As dict.values."""
        return [self[k] for k in self]

    def copy(self) -> dict[Any, Any]:
        """As dict.copy."""
        return LazyDict(self._account, dict(super().items()))


def _loop_cost(node: nodes.For) -> int:
    text = sum(len(part.data) for part in node.find_all(nodes.TemplateData))
    return 10 + text + 10 * sum(1 for _ in node.find_all(nodes.Output))


_TEXT_METHODS = frozenset(("ljust", "rjust", "center", "zfill", "expandtabs"))


class BoundedEnvironment(SandboxedEnvironment):
    """The environment of one rendering."""

    intercepted_binops = frozenset(("*", "**", "+", "%", "//"))
    account: Account

    def __init__(self, account: Account, **options: Any) -> None:
        super().__init__(autoescape=False, finalize=self._finalize, **options)
        self.account = account
        self.biggest = 0
        self.depth = 0
        self.filters = {name: self._bounded_filter(name, f) for name, f in self.filters.items()}
        self.filters["_bounded"] = self._bounded_loop
        self.filters["_joined"] = self._joined
        for name in ("lipsum",):
            self.globals.pop(name, None)

    # --- what templates do, paid for --------------------------------------------------------------------------------

    def _finalize(self, value: Any) -> Any:
        if isinstance(value, Mark):
            self.account.spend(20)
            return value.text
        if isinstance(value, MODELLED):
            shown = self.account.interp.text(value)
            return self._finalize(self.account.visible(shown))
        text = value if isinstance(value, str) else str(value)
        self.account.spend(len(text) + 1)
        return text

    def _bounded_loop(self, values: Any, cost: int) -> Iterable[Any]:
        if isinstance(values, Mark):
            raise NeedsValue(values.value)
        if isinstance(values, MODELLED):
            values = (self.account.visible(v) for v in self.account.interp.iterate(values))
        if isinstance(values, jinja2.Undefined):
            values = iter(values)
        return _Counted(values, self.account, cost)

    def _joined(self, parts: list[Any]) -> str:
        texts = [self._finalize(part) for part in parts]
        return "".join(texts)

    def _bounded_filter(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            self._check_arguments(name, args, kwargs)
            for value in args:
                if isinstance(value, Mark) and name not in ("default", "d", "string", "safe", "trim"):
                    raise NeedsValue(value.value)
            if name in ("default", "d") and args and isinstance(args[0], Mark):
                return args[0]
            result = function(*args, **kwargs)
            self.account.spend(_size(result))
            return result

        for attribute in ("jinja_pass_arg",):
            if hasattr(function, attribute):
                setattr(run, attribute, getattr(function, attribute))
        return run

    def _check_arguments(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        for value in (*args[1:], *kwargs.values()):
            if isinstance(value, int) and abs(value) > WIDTH and name not in ("default", "d", "round", "sum"):
                raise OutOfBudget
        texts = [a for a in args if isinstance(a, str)]
        if name == "replace" and len(texts) >= 3:
            count = texts[0].count(texts[1]) if texts[1] else len(texts[0]) + 1
            self.account.spend(len(texts[0]) + count * len(texts[2]))
        if name in ("format", "indent", "urlize", "wordwrap", "center"):
            self.account.spend(sum(len(t) for t in texts) * 2)
            if name == "format" and texts and ("*" in texts[0] or any(len(p) > 4 for p in _digits(texts[0]))):
                raise OutOfBudget
            width = max((v for v in (*args[1:], *kwargs.values()) if isinstance(v, int)), default=4)
            if name == "indent" and texts:
                self.account.spend((texts[0].count("\n") + 1) * width)
        if name == "join" and len(texts) >= 1:
            self.account.spend(len(texts[-1]) * _size(args[0] if not isinstance(args[0], str) else ""))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """`left <operator> right`, its size checked first."""
        if isinstance(left, MODELLED) or isinstance(right, MODELLED):
            return self.account.visible(self.account.interp.binary(operator, left, right))
        if operator == "*":
            for text, count in ((left, right), (right, left)):
                if isinstance(text, str | list | tuple) and isinstance(count, int):
                    self.account.spend(len(text) * max(count, 0))
        if operator == "**" and (not isinstance(right, int | float) or abs(right) > 100 or _size(left) > 100):
            raise OutOfBudget
        if operator == "%" and isinstance(left, str) and ("*" in left or any(len(p) > 4 for p in _digits(left))):
            raise OutOfBudget
        if isinstance(left, int) and left.bit_length() > 4096:
            raise OutOfBudget
        result = super().call_binop(context, operator, left, right)
        self.account.spend(_size(result))
        return result

    def call(self, context: Any, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Calls of macros, methods and functions of the evaluated program."""
        if type(function).__name__ == "Macro":
            return self._call_macro(context, function, args, kwargs)
        self.account.spend(50)
        if isinstance(function, Mark):
            raise NeedsValue(function.value)
        if isinstance(function, MODELLED):
            given = [self._back(a) for a in args]
            named = {k: self._back(v) for k, v in kwargs.items()}
            return self.account.visible(self.account.interp.call(function, given, named))
        receiver = getattr(function, "__self__", None)
        name = getattr(function, "__name__", "")
        if isinstance(receiver, str):
            self._check_method(receiver, name, args, kwargs)
        result = super().call(context, function, *args, **kwargs)
        self.account.spend(_size(result))
        return result

    def _call_macro(self, context: Any, macro: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self.account.spend(200 + self.biggest)
        self.depth += 1
        if self.depth > DEPTH:
            raise OutOfBudget
        try:
            return super().call(context, macro, *args, **kwargs)
        finally:
            self.depth -= 1

    @staticmethod
    def _back(value: Any) -> Any:
        if isinstance(value, Mark):
            return value.value
        return dict(dict.items(value)) if isinstance(value, LazyDict) else value

    def _check_method(self, receiver: str, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if any(isinstance(a, Mark) for a in args):
            raise NeedsValue(next(a.value for a in args if isinstance(a, Mark)))
        if name in ("format", "format_map"):
            if any(len(part) > 4 for part in _digits(receiver)):
                raise OutOfBudget
            self.account.spend(len(receiver) + sum(_size(a) for a in (*args, *kwargs.values())))
        if name in _TEXT_METHODS and any(isinstance(a, int) and a > WIDTH for a in args):
            raise OutOfBudget
        if name == "replace" and len(args) >= 2 and all(isinstance(a, str) for a in args[:2]):
            count = receiver.count(args[0]) if args[0] else len(receiver) + 1
            self.account.spend(len(receiver) + count * len(args[1]))
        if name == "join":
            self.account.spend(len(receiver) * _size(args[0] if args else ""))

    # --- objects of the evaluated program ---------------------------------------------------------------------------

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`obj.attribute`."""
        if isinstance(obj, Mark):
            raise NeedsValue(obj.value)
        if isinstance(obj, MODELLED):
            return self._member(obj, attribute)
        if isinstance(obj, str) and attribute in ("format", "format_map"):
            return self._format_of(obj, attribute)
        return super().getattr(obj, attribute)

    def _format_of(self, text: str, name: str) -> Callable[..., Any]:
        inner = super().getattr(text, name)

        def run(*args: Any, **kwargs: Any) -> Any:
            self._check_method(text, name, args, kwargs)
            wide = any(isinstance(v, int) and abs(v) > WIDTH for v in (*args, *kwargs.values()))
            if wide and ":{" in text.replace(" ", ""):
                raise OutOfBudget
            return inner(*args, **kwargs)

        return run

    def getitem(self, obj: Any, argument: Any) -> Any:
        """`obj[argument]`, or the attribute of that name."""
        if isinstance(obj, Mark):
            raise NeedsValue(obj.value)
        if isinstance(obj, MODELLED):
            if self.account.interp.lookup(self.account.interp.class_of(obj), "__getitem__") is not MISSING:
                return self.account.visible(self.account.interp.getitem(obj, argument))
            return self._member(obj, str(argument))
        if isinstance(obj, str) and argument in ("format", "format_map"):
            return self._format_of(obj, argument)
        return super().getitem(obj, argument)

    def _member(self, obj: Value, name: str) -> Any:
        if name.startswith("_"):
            return self.undefined(obj=obj, name=name)
        found = self.account.interp.getattr(obj, name, None, MISSING_MEMBER)
        return self.undefined(obj=obj, name=name) if found is MISSING_MEMBER else self.account.visible(found)

    # --- the text of templates --------------------------------------------------------------------------------------

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        self.account.spend(len(source))
        self.biggest = max(self.biggest, len(source))
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For):
            cost = nodes.Const(_loop_cost(loop))
            loop.iter = nodes.Filter(loop.iter, "_bounded", [cost], [], None, None)
        _ConcatAsFilter().visit(tree)
        return tree


class _ConcatAsFilter(NodeTransformer):
    """`a ~ b` as a filter, which is paid for."""

    def visit_Concat(self, node: nodes.Concat, *args: Any, **kwargs: Any) -> nodes.Node:
        node = self.generic_visit(node)  # type: ignore[assignment]
        items = nodes.List(node.nodes, lineno=node.lineno)
        return nodes.Filter(items, "_joined", [], [], None, None, lineno=node.lineno)


MISSING_MEMBER: Any = object()


class _Counted:
    """An iterable whose every turn is paid; it keeps its length, for `loop.last` and `loop.length`."""

    def __init__(self, values: Iterable[Any], account: Account, cost: int) -> None:
        self._values = values
        self._account = account
        self._cost = cost

    def __iter__(self) -> Iterator[Any]:
        for value in self._values:
            self._account.spend(self._cost)
            yield self._account.visible(value) if isinstance(value, MODELLED) else value

    def __len__(self) -> int:
        return len(self._values)  # type: ignore[arg-type]


def _digits(text: str) -> list[str]:
    return "".join(c if c.isdigit() else " " for c in text).split()


def _size(value: Any) -> int:
    if isinstance(value, str | bytes | list | tuple | dict | set):
        return len(value)
    if isinstance(value, int):
        return value.bit_length() // 4
    return 1


def render(
    account: Account,
    make: Callable[[BoundedEnvironment], jinja2.Template],
    options: dict[str, Any],
    names: Mapping[str, Value],
    prepare: Callable[[BoundedEnvironment], None] | None = None,
) -> str:
    """Renders a template. Raises jinja2's errors, OutOfBudget, NeedsValue, SecurityError."""
    environment = BoundedEnvironment(account, **options)
    if prepare is not None:
        prepare(environment)
    template = make(environment)
    visible = {k: account.visible(v) for k, v in names.items() if isinstance(k, str)}
    pieces: list[str] = []
    for piece in template.generate(visible):
        account.spend(len(piece))
        pieces.append(piece)
    return "".join(pieces)


__all__ = ["Account", "BoundedEnvironment", "NeedsValue", "OutOfBudget", "SecurityError", "render"]
