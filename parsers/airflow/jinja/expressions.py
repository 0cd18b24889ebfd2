"""One Jinja expression -> Expr."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from jinja2 import nodes

from migrate.ir import exprs
from migrate.ir.exprs import ConnectionRef, Expr, Literal, OutputRef, ParamRef, RunConfRef, TimeRef, VariableRef
from parsers.airflow.context import DagContext
from parsers.airflow.evaluator.values import TaskObject
from parsers.airflow.jinja import names, times
from parsers.airflow.jinja.errors import CannotSayError
from parsers.airflow.jinja.layouts import sliced
from parsers.airflow.jinja.pulls import pull
from parsers.airflow.jinja.times import Delta

_DICT_NAMES = frozenset(dir(dict))
_PATHS = (OutputRef, ParamRef, RunConfRef, VariableRef, exprs.ItemRef)
_FILTERS = {"ds": "%Y-%m-%d", "ds_nodash": "%Y%m%d", "ts": "iso", "ts_nodash": "%Y%m%dT%H%M%S"}
_FILTERS["ts_nodash_with_tz"] = "%Y%m%dT%H%M%S%z"


class Converter:
    """Converts expressions of one template. `bound` are names that stand for given expressions (parts of a text that
    evaluation put together); `locals` are names that the template itself sets."""

    def __init__(self, context: DagContext, task: TaskObject | None, bound: dict[str, Expr] | None = None) -> None:
        self.context = context
        self.task = task
        self.bound = bound or {}
        self.locals: set[str] = set()

    def convert(self, node: nodes.Expr) -> Any:
        """An Expr, or a `Delta`. Raises CannotSayError (also for anything that depends on the template's own names)."""
        handler = getattr(self, f"_{type(node).__name__.lower()}", None)
        if handler is None:
            raise CannotSayError(type(node).__name__)
        return handler(node)

    # --- leaves -------------------------------------------------------------------------------------------------

    def _const(self, node: nodes.Const) -> Expr:
        return Literal(value=node.value)

    def _templatedata(self, node: nodes.TemplateData) -> Expr:
        return Literal(value=node.data)

    def _name(self, node: nodes.Name) -> Any:
        if node.name in self.bound:
            return self.bound[node.name]
        if node.name in self.locals:
            raise CannotSayError(node.name)
        return names.bare(node.name, self.context, self.task)

    def _list(self, node: nodes.List) -> Expr:
        items = [self._plain(item) for item in node.items]
        return Literal(value=items)

    def _tuple(self, node: nodes.Tuple) -> Expr:
        return Literal(value={"$tuple": [self._plain(item) for item in node.items]})

    def _dict(self, node: nodes.Dict) -> Expr:
        return Literal(value={str(self._plain(pair.key)): self._plain(pair.value) for pair in node.items})

    # --- attributes and items -----------------------------------------------------------------------------------

    def _getattr(self, node: nodes.Getattr) -> Any:
        root = self._root(node.node)
        if root is not None:
            return self._of_root(root, node.attr)
        dotted = _dotted(node)
        if dotted is not None and dotted[0] not in self.bound and dotted[0] not in self.locals:
            found = self._special(dotted)
            if found is not None:
                return found
        base = self.convert(node.node)
        if isinstance(base, TimeRef):
            return times.attribute(base, node.attr)
        return self._step(base, node.attr, by_attribute=True)

    def _getitem(self, node: nodes.Getitem) -> Any:
        if isinstance(node.arg, nodes.Slice):
            return self._sliced(node)
        key = self._plain(node.arg)
        root = self._root(node.node)
        if root in ("params", "dag", "var", "conn") and isinstance(key, str):
            if root == "params":
                return self._param(key)
            raise CannotSayError(root)
        base = self.convert(node.node)
        return self._step(base, key, by_attribute=False)

    def _sliced(self, node: nodes.Getitem) -> Expr:
        assert isinstance(node.arg, nodes.Slice)
        base = self.convert(node.node)
        limits = [
            None if part is None else self._plain(part) for part in (node.arg.start, node.arg.stop, node.arg.step)
        ]
        if isinstance(base, TimeRef) and base.layout is not None and base.layout not in ("iso", "str", "unix"):
            layout = sliced(base.layout, *limits)
            if layout is not None:
                return base.model_copy(update={"layout": layout})
        if isinstance(base, TimeRef) and base.layout == "iso" and _before_zone(limits):
            layout = sliced("%Y-%m-%dT%H:%M:%S", *limits)
            if layout is not None:
                return base.model_copy(update={"layout": layout})
        if isinstance(base, Literal) and isinstance(base.value, str | list):
            return Literal(value=base.value[slice(*limits)])
        raise CannotSayError("slice")

    def _root(self, node: nodes.Expr) -> str | None:
        """The name of a context object that a node is, whatever way it is written."""
        if isinstance(node, nodes.Name) and node.name not in self.bound and node.name not in self.locals:
            name = {"task_instance": "ti"}.get(node.name, node.name)
            if name in self.context.macros:
                return None
            return name if name in ("ti", "dag_run", "params", "dag", "task", "macros", "var", "conn") else None
        dotted = _dotted(node)
        if dotted is None or dotted[0] in self.locals or dotted[0] in self.bound:
            return None
        path = ".".join(dotted)
        return {
            "ti.task": "task", "task_instance.task": "task", "ti.dag_run": "dag_run", "task.dag": "dag",
            "task_instance.dag_run": "dag_run", "dag_run.dag": "dag", "ti.task.dag": "dag",
        }.get(path)  # fmt: skip

    def _of_root(self, root: str, name: str) -> Any:
        if root == "params":
            return self._param(name)
        if root == "dag_run":
            return names.run_attribute(name, self.context)
        if root == "ti":
            return names.instance_attribute(name, self.context, self.task)
        if root == "task":
            return names.task_attribute(name, self.task)
        if root == "dag":
            return names.dag_attribute(name, self.context)
        raise CannotSayError(root)

    def _param(self, name: str) -> Expr:
        own = self.task.arguments.get("params") if self.task is not None else None
        given = own.value if own is not None and isinstance(own.value, dict) else {}
        declared = name in self.context.param_names
        if name in given:
            value = given[name]
            if declared or not (value is None or isinstance(value, bool | int | float | str | list | dict)):
                raise CannotSayError("a parameter of the task itself")
            return RunConfRef(name=name, default=Literal(value=names.plain_value(value)))
        return ParamRef(name=name) if declared else RunConfRef(name=name)

    def _special(self, path: list[str]) -> Expr | None:
        """`var.value.x`, `var.json.x.y`, `conn.x.host`."""
        if path[0] == "var" and len(path) >= 3 and path[1] in ("value", "json") and path[2] != "get":
            steps = tuple(path[3:])
            if path[1] == "value":
                if steps:
                    raise CannotSayError("an attribute of a text")
                return VariableRef(name=path[2])
            if any(step in _DICT_NAMES for step in steps):
                raise CannotSayError("a method of a mapping")
            return VariableRef(name=path[2], json_path=steps)
        if path[0] == "conn" and len(path) >= 3 and path[1] != "get":
            return _connection(path[1], path[2:])
        return None

    def _step(self, base: Any, key: Any, by_attribute: bool) -> Expr:
        if by_attribute and key in _DICT_NAMES:
            raise CannotSayError(str(key))
        if isinstance(base, RunConfRef) and base.name is None and isinstance(key, str):
            return RunConfRef(name=key)
        if isinstance(base, VariableRef) and base.json_path is not None and isinstance(key, str | int):
            return base.model_copy(update={"json_path": (*base.json_path, key)})
        if isinstance(base, _PATHS) and not isinstance(base, VariableRef) and isinstance(key, str | int):
            if isinstance(key, int) and key < 0:
                raise CannotSayError("an index from the end")
            default = getattr(base, "default", None)
            inner = {} if default is None else {"default": self._step(default, key, by_attribute)}
            return base.model_copy(update={"path": (*base.path, key), **inner})
        if isinstance(base, Literal):
            try:
                return Literal(value=base.value[key])
            except (KeyError, IndexError, TypeError):
                raise CannotSayError("no such item") from None
        raise CannotSayError("item")

    # --- calls --------------------------------------------------------------------------------------------------

    def _call(self, node: nodes.Call) -> Any:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            raise CannotSayError("star arguments")
        dotted = _dotted(node.node)
        if dotted is not None and dotted[0] not in self.locals and dotted[0] not in self.bound:
            if dotted[0] == "macros" and "macros" not in self.context.macros:
                return self._macro(".".join(dotted[1:]), node)
            if dotted[:3] in (["var", "value", "get"], ["var", "json", "get"]):
                return self._variable_get(dotted[1], node)
            if dotted[-1] == "xcom_pull" and dotted[0] in ("ti", "task_instance") and len(dotted) == 2:
                return pull(self, node)
            if dotted[:2] == ["dag_run", "conf"] and dotted[2:] == ["get"]:
                return self._conf_get(node)
            if dotted[:2] == ["params", "get"] and len(dotted) == 2:
                raise CannotSayError("params.get")
        if not isinstance(node.node, nodes.Getattr):
            raise CannotSayError("call")
        base = self.convert(node.node.node)
        args, kwargs = self.arguments(node)
        if isinstance(base, TimeRef):
            return times.method(base, node.node.attr, args, kwargs)
        if isinstance(base, Literal) and isinstance(base.value, str):
            return _text_call(base.value, node.node.attr, args, kwargs)
        if isinstance(base, RunConfRef) and base.name is None and node.node.attr == "get":
            return self._conf_get(node)
        raise CannotSayError(node.node.attr)

    def arguments(self, node: nodes.Call) -> tuple[list[Any], dict[str, Any]]:
        """The constant arguments of a call. Raises CannotSayError when one is not constant."""
        args = [self._argument(item) for item in node.args]
        kwargs = {item.key: self._argument(item.value) for item in node.kwargs}
        return args, kwargs

    def _argument(self, node: nodes.Expr) -> Any:
        value = self.convert(node)
        if isinstance(value, Literal):
            return value.value
        raise CannotSayError("an argument that is not constant")

    def _macro(self, name: str, node: nodes.Call) -> Any:
        if name in ("timedelta", "datetime.timedelta"):
            return times.timedelta_of(*self.arguments(node))
        if name in ("dateutil.relativedelta.relativedelta", "relativedelta"):
            args, kwargs = self.arguments(node)
            if args:
                raise CannotSayError(name)
            return times.relativedelta_of(kwargs)
        if name == "ds_add" and len(node.args) == 2 and not node.kwargs:
            return _ds_add(self.convert(node.args[0]), self._argument(node.args[1]))
        if name == "ds_format" and len(node.args) == 3 and not node.kwargs:
            source, target = self._argument(node.args[1]), self._argument(node.args[2])
            return _ds_format(self.convert(node.args[0]), source, target)
        raise CannotSayError(name)

    def _variable_get(self, kind: str, node: nodes.Call) -> Expr:
        args, kwargs = self.arguments(node)
        given = {**dict(zip(("item", "default_var"), args, strict=False)), **kwargs}
        name = given.get("item", given.get("key"))
        if not isinstance(name, str):
            raise CannotSayError("a variable's name")
        fallback = [given[key] for key in ("default_var", "default") if key in given]
        default = Literal(value=fallback[0]) if fallback else None
        return VariableRef(name=name, json_path=() if kind == "json" else None, default=default)

    def _conf_get(self, node: nodes.Call) -> Expr:
        args, kwargs = self.arguments(node)
        if kwargs or not 1 <= len(args) <= 2 or not isinstance(args[0], str):
            raise CannotSayError("conf.get")
        return RunConfRef(name=args[0], default=Literal(value=args[1] if len(args) == 2 else None))

    # --- operators ----------------------------------------------------------------------------------------------

    def _filter(self, node: nodes.Filter) -> Any:
        if node.node is None:
            raise CannotSayError("filter block")
        base = self.convert(node.node)
        if node.name in self.context.filters:
            raise CannotSayError(node.name)
        if isinstance(base, TimeRef) and base.layout is None and node.name in _FILTERS and not node.args:
            return base.model_copy(update={"layout": _FILTERS[node.name]})
        if node.name in ("default", "d") and len(node.args) == 1 and not node.kwargs:
            return _with_default(base, self._argument(node.args[0]))
        if node.name == "string" and not node.args:
            return exprs.Concat(parts=(printed(base),))
        if node.name in ("replace",) and isinstance(base, TimeRef) and not node.kwargs:
            return times.method(base, "replace", [self._argument(item) for item in node.args], {})
        if isinstance(base, Literal) and isinstance(base.value, str) and node.name in ("upper", "lower", "trim"):
            text = base.value
            changed = {"upper": text.upper(), "lower": text.lower(), "trim": text.strip()}
            return Literal(value=changed[node.name])
        raise CannotSayError(node.name)

    def _add(self, node: nodes.Add) -> Any:
        left, right = self.convert(node.left), self.convert(node.right)
        if isinstance(left, TimeRef) and isinstance(right, Delta):
            return times.shifted(left, right)
        if isinstance(left, Delta) and isinstance(right, TimeRef):
            return times.shifted(right, left)
        if isinstance(left, Literal) and isinstance(right, Literal):
            return _fold(left.value, right.value, "+")
        if _is_text(left) and _is_text(right):
            return exprs.Concat(parts=(*_parts(left), *_parts(right)))
        raise CannotSayError("+")

    def _sub(self, node: nodes.Sub) -> Any:
        left, right = self.convert(node.left), self.convert(node.right)
        if isinstance(left, TimeRef) and isinstance(right, Delta):
            return times.shifted(left, right, -1)
        if isinstance(left, Literal) and isinstance(right, Literal):
            return _fold(left.value, right.value, "-")
        raise CannotSayError("-")

    def _mul(self, node: nodes.Mul) -> Any:
        left, right = self.convert(node.left), self.convert(node.right)
        if isinstance(left, Literal) and isinstance(right, Literal):
            return _fold(left.value, right.value, "*")
        raise CannotSayError("*")

    def _neg(self, node: nodes.Neg) -> Any:
        value = self.convert(node.node)
        if isinstance(value, Literal) and isinstance(value.value, int | float):
            return Literal(value=-value.value)
        raise CannotSayError("-")

    def _concat(self, node: nodes.Concat) -> Expr:
        return exprs.Concat(parts=tuple(printed(self.convert(item)) for item in node.nodes))

    def _plain(self, node: nodes.Expr | nodes.Node | None) -> Any:
        value = self.convert(node) if isinstance(node, nodes.Expr) else None
        if isinstance(value, Literal):
            return value.value
        raise CannotSayError("not constant")


def _before_zone(limits: list[Any]) -> bool:
    """Whether a slice of an ISO text stays inside `2024-01-01T00:00:00` (fractions and the zone vary in length)."""
    start, stop = limits[0], limits[1]
    return isinstance(stop, int) and 0 <= stop <= 19 and (start is None or start >= 0)


def printed(value: Any) -> Expr:
    """The part of a text that a value becomes: a date without a layout is printed as Python does."""
    if isinstance(value, Delta):
        if value.days or value.months or value.years:
            raise CannotSayError("a duration as text")
        return Literal(value=str(timedelta(seconds=value.seconds)))
    if isinstance(value, TimeRef) and value.layout is None:
        return value.model_copy(update={"layout": "str"})
    assert not isinstance(value, Delta)
    return value  # type: ignore[no-any-return]


def _is_text(value: Any) -> bool:
    if isinstance(value, TimeRef):
        return value.layout not in (None, "unix")
    return isinstance(value, exprs.Concat) or (isinstance(value, Literal) and isinstance(value.value, str))


def _parts(value: Any) -> tuple[Expr, ...]:
    return value.parts if isinstance(value, exprs.Concat) else (value,)


def _fold(left: Any, right: Any, operator: str) -> Literal:
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (left, right))
    if numbers:
        results = {"+": left + right, "-": left - right, "*": left * right}
        return Literal(value=results[operator])
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        return Literal(value=left + right)
    raise CannotSayError(operator)


def _dotted(node: nodes.Node) -> list[str] | None:
    """`a.b['c'].d` as a list of names."""
    if isinstance(node, nodes.Name):
        return [node.name]
    if isinstance(node, nodes.Getattr):
        base = _dotted(node.node)
        return None if base is None else [*base, node.attr]
    return None


def _connection(name: str, path: list[str]) -> ConnectionRef:
    if len(path) == 1 and path[0] in ("host", "login", "password", "schema", "port", "extra", "conn_type"):
        return ConnectionRef(name=name, field=path[0])
    if len(path) == 2 and path[0] == "extra_dejson" and path[1] not in _DICT_NAMES:
        return ConnectionRef(name=name, field=f"extra.{path[1]}")
    raise CannotSayError("a field of a connection")


def _ds_add(base: Any, days: Any) -> Expr:
    if isinstance(days, int) and isinstance(base, TimeRef) and base.layout == "%Y-%m-%d" and base.truncate is None:
        return base.model_copy(update={"shifts": (*base.shifts, exprs.TimeShift(days=days))})
    if isinstance(days, int) and isinstance(base, Literal) and isinstance(base.value, str):
        try:
            date = datetime.strptime(base.value, "%Y-%m-%d") + timedelta(days=days)  # noqa: DTZ007  a date only
        except ValueError:
            raise CannotSayError("ds_add") from None
        return Literal(value=date.strftime("%Y-%m-%d"))
    raise CannotSayError("ds_add")


def _ds_format(base: Any, source: Any, target: Any) -> Expr:
    if not isinstance(source, str) or not isinstance(target, str):
        raise CannotSayError("ds_format")
    if isinstance(base, TimeRef) and base.layout == source and _loses_nothing(source, target):
        return base.model_copy(update={"layout": target})
    raise CannotSayError("ds_format")


def _loses_nothing(source: str, target: str) -> bool:
    """Whether all that the target layout shows is in the source text (a date has no hour any more)."""
    shown = {
        "%Y": "YMD",
        "%m": "YMD",
        "%d": "YMD",
        "%B": "YMD",
        "%b": "YMD",
        "%A": "YMD",
        "%a": "YMD",
        "%j": "YMD",
        "%y": "YMD",
    }
    has_date = all(part in source for part in ("%Y", "%m", "%d"))
    wanted = [target[i : i + 2] for i, c in enumerate(target) if c == "%"]
    return has_date and all(w in shown or w in source for w in wanted)


def _with_default(base: Any, default: Any) -> Expr:
    """`x | default(v)`: only for what is undefined when nobody gave it."""
    if isinstance(base, RunConfRef) and base.name is not None and base.default is None and not base.path:
        return base.model_copy(update={"default": Literal(value=default)})
    if isinstance(base, ParamRef) and not base.path:
        return base
    if isinstance(base, TimeRef | Literal | exprs.Concat | exprs.RunRef):
        return base
    raise CannotSayError("default")


def _text_call(text: str, name: str, args: list[Any], kwargs: dict[str, Any]) -> Expr:
    known = ("upper", "lower", "strip", "replace", "lstrip", "rstrip", "title", "capitalize", "split", "join", "format")
    if name not in known or name == "format":
        raise CannotSayError(name)
    try:
        return Literal(value=getattr(text, name)(*args, **kwargs))
    except (TypeError, ValueError, AttributeError):
        raise CannotSayError(name) from None
