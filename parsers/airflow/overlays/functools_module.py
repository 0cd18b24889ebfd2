"""functools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.classes import OBJECT, OTHERS, bind
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import (
    BoundMethod,
    ClassMember,
    ClassValue,
    Function,
    Instance,
    Native,
    Partial,
    Value,
)
from parsers.airflow.overlays.plain import NOT_KNOWN, first_argument
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def _partial(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    function, rest = args[1], args[2:]
    if isinstance(function, Partial):
        return Partial(function.function, (*function.args, *rest), {**function.kwargs, **kwargs})
    return Partial(function, tuple(rest), dict(kwargs))


PARTIAL = OTHERS[Partial]
PARTIAL.namespace["__new__"] = Native("functools.partial", _partial)


def _reduce(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    items = iter(interp.iterate(args[1], site))
    total = args[2] if len(args) > 2 else kwargs.get("initial", MISSING)
    if total is MISSING:
        total = next(items, MISSING)
        if total is MISSING:
            raise interp.error("TypeError", "reduce() of empty iterable with no initial value")
    for item in items:
        total = interp.call(args[0], [total, item])
    return total


def _update_wrapper(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    wrapper, wrapped = args[0], args[1] if len(args) > 1 else kwargs.get("wrapped")
    if isinstance(wrapper, Function | Instance) and wrapper is not wrapped:
        if isinstance(wrapped, Function):
            wrapper.attrs.update({k: v for k, v in wrapped.attrs.items() if k != "__unknown_decorators__"})
        name = interp.getattr(wrapped, "__name__", site, None) if wrapped is not None else None
        if isinstance(name, str):
            wrapper.attrs["__name__"] = name
        for attribute in ("__doc__", "__module__", "__qualname__"):
            value = interp.getattr(wrapped, attribute, site, None)
            if isinstance(value, str):
                wrapper.attrs[attribute] = value
        wrapper.attrs["__wrapped__"] = wrapped
    return wrapper


def _wraps(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    wrapped = args[0] if args else kwargs.get("wrapped")
    return Native("functools.wraps", lambda i, a, k, s: _update_wrapper(i, [a[0], wrapped], {}, s))


def _cached(interp: Interpreter, function: Value) -> Value:
    """A function that remembers its results, for arguments that can be keys."""
    results: dict[Any, Value] = {}

    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        values = (*args, *kwargs.values())
        if any(isinstance(v, NOT_KNOWN) for v in values) or not all(interp.hash_ok(v) for v in values):
            return interp.call(function, args, kwargs, site)
        store: dict[Any, Value] = interp.state.setdefault("functools caches", {}).setdefault(id(results), {})
        key = (tuple(_key(v) for v in args), tuple(sorted((k, _key(v)) for k, v in kwargs.items())))
        if key not in store:
            store[key] = interp.call(function, args, kwargs, site)
        return store[key]

    def _key(value: Value) -> Any:
        return (type(value).__name__, value)

    native = Native(getattr(function, "name", "cached"), call)
    return Instance(CACHED, {"__wrapped__": function, "results": results}, native)


def _call_cached(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return args[0].native.call(interp, args[1:], kwargs, site)


def _get_cached(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    receiver = args[1] if len(args) > 1 else None
    return args[0] if receiver is None else BoundMethod(args[0].native, receiver)


def _cached_attribute(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return interp.getattr(args[0].attrs["__wrapped__"], args[1], site)


CACHED = make_class(
    "_lru_cache_wrapper",
    "functools._lru_cache_wrapper",
    (),
    {
        "__call__": Native("cached", _call_cached),
        "__get__": Native("cached.__get__", _get_cached),
        "__getattr__": Native("cached.__getattr__", _cached_attribute),
        "cache_clear": Native("cache_clear", lambda i, a, k, s: i.state.pop("functools caches", None) and None),
    },
)


def _cache(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`cache`, and `lru_cache` with and without arguments."""
    if args and isinstance(args[0], Function | Native | Partial | ClassMember | BoundMethod):
        return _cached(interp, args[0])
    return Native("functools.lru_cache", lambda i, a, k, s: _cached(i, a[0]))


def _cached_property(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return ClassMember("cached_property", args[0])


def _total_ordering(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """Fills in the comparisons that a class lacks, from one that it has and `__eq__`."""
    cls = args[0]
    if not isinstance(cls, ClassValue):
        return cls
    root = next((n for n in ("__lt__", "__le__", "__gt__", "__ge__") if n in cls.namespace), None)
    if root is None:
        raise interp.error("ValueError", "must define at least one ordering operation: < > <= >=")
    for name, (flip, use_equal) in _DERIVED[root].items():
        cls.namespace.setdefault(name, Native(name, _comparison(root, flip, use_equal)))
    return cls


_DERIVED: dict[str, dict[str, tuple[bool, str]]] = {
    "__lt__": {"__gt__": (True, "and not"), "__le__": (False, "or"), "__ge__": (True, "")},
    "__le__": {"__ge__": (True, "or"), "__lt__": (False, "and not"), "__gt__": (True, "")},
    "__gt__": {"__lt__": (True, "and not"), "__ge__": (False, "or"), "__le__": (True, "")},
    "__ge__": {"__le__": (True, "or"), "__gt__": (False, "and not"), "__lt__": (True, "")},
}


def _comparison(root: str, flip: bool, equal: str) -> Any:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        left, right = args
        holds = interp.truth(interp.call(interp.getattr(left, root), [right]))
        same = interp.truth(interp.compare("==", left, right)) if equal else False
        if flip and equal:
            return (not holds and not same) if equal == "and not" else (not holds or same)
        if equal == "or":
            return holds or same
        if equal == "and not":
            return holds and not same
        return not holds

    return call


def _singledispatch(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return Instance(DISPATCH, {"default": args[0], "registry": [], "method": False})


def _register(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    dispatch, kind = args[0], args[1]
    if len(args) > 2:
        dispatch.attrs["registry"].append((kind, args[2]))
        return args[2]
    if isinstance(kind, Function | ClassMember):
        annotations = interp.annotations(kind.function if isinstance(kind, ClassMember) else kind)
        names = [n for n in annotations if n != "return"]
        dispatch.attrs["registry"].append((annotations[names[0]] if names else None, kind))
        return kind
    return Native("register", lambda i, a, k, s: _register(i, [dispatch, kind, a[0]], k, s))


def _dispatch(interp: Interpreter, dispatch: Instance, value: Value) -> Value:
    return _implementation(dispatch, interp.class_of(value))


def _implementation(dispatch: Instance, cls: ClassValue) -> Value:
    mro = cls.mro
    best: tuple[int, Value] | None = None
    for kind, function in dispatch.attrs["registry"]:
        for one in kind if isinstance(kind, tuple) else (kind,):
            if isinstance(one, ClassValue) and one in mro:
                rank = mro.index(one)
                if best is None or rank <= best[0]:
                    best = (rank, function)
    return best[1] if best is not None else dispatch.attrs["default"]


def _registry(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    found: dict[Value, Value] = {OBJECT: args[0].attrs["default"]}
    for kind, function in args[0].attrs["registry"]:
        found.update(dict.fromkeys(kind if isinstance(kind, tuple) else (kind,), function))
    return found


def _default_attribute(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return interp.getattr(args[0].attrs["default"], args[1], site)


def _call_dispatch(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    if len(args) < 2:
        raise interp.error("TypeError", "the function requires at least 1 positional argument")
    return interp.call(_dispatch(interp, args[0], args[1]), args[1:], kwargs, site)


def _get_dispatch(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    dispatch, receiver = args[0], args[1]
    if receiver is None:
        return dispatch

    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        function = _dispatch(interp, dispatch, args[0] if args else None)
        return interp.call(bind(interp, function, receiver, interp.class_of(receiver)), args, kwargs, site)

    return Native("singledispatchmethod", call)


_DISPATCH_NAMES: dict[str, Value] = {
    "register": Native("register", _register),
    "dispatch": Native("dispatch", lambda i, a, k, s: _implementation(a[0], a[1])),
    "registry": ClassMember("property", Native("registry", _registry)),
    "__getattr__": Native("singledispatch.__getattr__", _default_attribute),
}
DISPATCH: ClassValue = make_class(
    "singledispatch",
    "functools.singledispatch",
    (),
    {**_DISPATCH_NAMES, "__call__": Native("dispatch", _call_dispatch)},
)
DISPATCH_METHOD: ClassValue = make_class(
    "singledispatchmethod",
    "functools.singledispatchmethod",
    (),
    {**_DISPATCH_NAMES, "__get__": Native("singledispatchmethod.__get__", _get_dispatch)},
)


def _singledispatchmethod(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return Instance(DISPATCH_METHOD, {"default": args[0], "registry": [], "method": True})


def _get_partialmethod(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    member, receiver = args[0], args[1]
    given = member.attrs
    first = (receiver,) if receiver is not None else ()
    return Partial(given["func"], (*first, *given["args"]), given["keywords"])


PARTIAL_METHOD = make_class(
    "partialmethod", "functools.partialmethod", (), {"__get__": Native("partialmethod.__get__", _get_partialmethod)}
)


def _partialmethod(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return Instance(PARTIAL_METHOD, {"func": args[0], "args": tuple(args[1:]), "keywords": dict(kwargs)})


def _cmp_to_key(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    compare = args[0]

    def less(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        return interp.truth(interp.compare("<", interp.call(compare, [args[0].native, args[1].native]), 0))

    cls = make_class("K", "functools.K", (), {"__lt__": Native("K.__lt__", less)})
    return Native("functools.K", lambda i, a, k, s: Instance(cls, {"obj": a[0]}, a[0]))


@overlay("functools", "cachetools", "cachetools.func", "toolz.functoolz", "cached_property")
def functools_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """functools, and caches of third parties that behave alike."""
    return {
        "partial": PARTIAL,
        "reduce": Native("functools.reduce", _reduce),
        "wraps": Native("functools.wraps", _wraps),
        "update_wrapper": Native("functools.update_wrapper", _update_wrapper),
        "lru_cache": Native("functools.lru_cache", _cache),
        "cache": Native("functools.cache", _cache),
        "ttl_cache": Native("cachetools.ttl_cache", _cache),
        "cached": Native("cachetools.cached", lambda i, a, k, s: first_argument("cached")),
        "cached_property": Native("functools.cached_property", _cached_property),
        "total_ordering": Native("functools.total_ordering", _total_ordering),
        "singledispatch": Native("functools.singledispatch", _singledispatch),
        "singledispatchmethod": Native("functools.singledispatchmethod", _singledispatchmethod),
        "partialmethod": Native("functools.partialmethod", _partialmethod),
        "cmp_to_key": Native("functools.cmp_to_key", _cmp_to_key),
        "WRAPPER_ASSIGNMENTS": ("__module__", "__name__", "__qualname__", "__doc__"),
    }
