"""itertools over any iterable of the evaluator; endless ones are lazy."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.generators import Stream
from parsers.airflow.evaluator.values import ClassMember, Native, Value
from parsers.airflow.overlays.plain import NOT_KNOWN, lower
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def stream(iterator: Iterable[Value]) -> Stream:
    """A one-pass iterator value."""
    return Stream(iter(iterator))


def over(name: str, function: Callable[..., Iterable[Value]]) -> Native:
    """A native that gives `function(interp, iterables, kwargs)` as a stream; unknown iterables make the result
    unknown."""

    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        for arg in args:
            if isinstance(arg, NOT_KNOWN):
                return interp.unknown(f"`itertools.{name}` goes over a value that is not known", site, arg)
        return stream(function(interp, args, kwargs))

    return Native(f"itertools.{name}", call)


def _chain(interp: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Iterator[Value]:
    for arg in args:
        yield from interp.iterate(arg)


def _from_iterable(interp: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Iterator[Value]:
    for arg in interp.iterate(args[0]):
        yield from interp.iterate(arg)


def _number(value: Value, default: int) -> int:
    value = lower(value)
    return value if isinstance(value, int) else default


def _count(interp: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Iterator[Value]:
    value: Value = lower(args[0]) if args else kwargs.get("start", 0)
    step: Value = lower(args[1]) if len(args) > 1 else kwargs.get("step", 1)
    while True:
        interp.meter.step()
        yield value
        value = interp.binary("+", value, step)


def _cycle(interp: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Iterator[Value]:
    items = interp.items(args[0])
    while items:
        for item in items:
            interp.meter.step()
            yield item


def _repeat(interp: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Iterator[Value]:
    times = lower(args[1]) if len(args) > 1 else kwargs.get("times")
    for _ in itertools.count() if times is None else range(_number(times, 0)):
        interp.meter.step()
        yield args[0]


def _islice(interp: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Iterator[Value]:
    bounds = [lower(a) for a in args[1:]]
    return itertools.islice(interp.iterate(args[0]), *bounds)


def _sized(interp: Interpreter, count: int, name: str) -> None:
    interp.meter.check_items(count, name)


def _product(interp: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Iterable[Value]:
    pools = [interp.items(a) for a in args] * _number(kwargs.get("repeat"), 1)
    count = 1
    for pool in pools:
        count *= len(pool)
        _sized(interp, count, "itertools.product")
    return itertools.product(*pools)


def _choices(function: Callable[..., Iterable[Value]], name: str) -> Any:
    def make(interp: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Iterator[Value]:
        pool = interp.items(args[0])
        length = lower(args[1] if len(args) > 1 else kwargs.get("r"))
        for number, item in enumerate(function(pool, len(pool) if length is None else length)):
            interp.meter.step()
            _sized(interp, number + 1, name)
            yield item

    return make


def _zip_longest(interp: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Iterable[Value]:
    return itertools.zip_longest(*(interp.iterate(a) for a in args), fillvalue=kwargs.get("fillvalue"))


def _starmap(interp: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Iterator[Value]:
    for item in interp.iterate(args[1]):
        yield interp.call(args[0], interp.items(item))


def _accumulate(interp: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Iterator[Value]:
    function = args[1] if len(args) > 1 else kwargs.get("func")
    total: Value = kwargs.get("initial")
    started = total is not None
    if started:
        yield total
    for item in interp.iterate(args[0]):
        if not started:
            total, started = item, True
        elif function is None:
            total = interp.binary("+", total, item)
        else:
            total = interp.call(function, [total, item])
        yield total


def _holds(interp: Interpreter, function: Value, item: Value) -> bool:
    return interp.truth(item if function is None else interp.call(function, [item]))


def _takewhile(interp: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Iterator[Value]:
    return itertools.takewhile(lambda item: _holds(interp, args[0], item), interp.iterate(args[1]))


def _dropwhile(interp: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Iterator[Value]:
    return itertools.dropwhile(lambda item: _holds(interp, args[0], item), interp.iterate(args[1]))


def _filterfalse(interp: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Iterator[Value]:
    return (item for item in interp.iterate(args[1]) if not _holds(interp, args[0], item))


def _compress(interp: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Iterator[Value]:
    return (
        item for item, keep in zip(interp.iterate(args[0]), interp.iterate(args[1]), strict=False) if interp.truth(keep)
    )


def _pairwise(interp: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Iterable[Value]:
    items = interp.items(args[0])
    return list(itertools.pairwise(items))


def _batched(interp: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Iterator[Value]:
    size = _number(args[1] if len(args) > 1 else kwargs.get("n"), 1)
    items = interp.items(args[0])
    return (tuple(items[i : i + size]) for i in range(0, len(items), max(size, 1)))


def _groupby(interp: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Iterator[Value]:
    function = args[1] if len(args) > 1 else kwargs.get("key")
    groups: list[tuple[Value, list[Value]]] = []
    for item in interp.iterate(args[0]):
        key = item if function is None else interp.call(function, [item])
        if not groups or interp.compare("==", groups[-1][0], key) is not True:
            groups.append((key, []))
        groups[-1][1].append(item)
    return ((key, stream(items)) for key, items in groups)


def _tee(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    items = interp.items(args[0], site)
    return tuple(stream(items) for _ in range(_number(args[1] if len(args) > 1 else 2, 2)))


def _new(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return over("chain", _chain).call(interp, args[1:], kwargs, site)


CHAIN = make_class(
    "chain",
    "itertools.chain",
    (),
    {
        "__new__": Native("itertools.chain", _new),
        "from_iterable": ClassMember("staticmethod", over("chain.from_iterable", _from_iterable)),
    },
)


@overlay("itertools")
def itertools_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """itertools."""
    functions: dict[str, Any] = {
        "count": _count, "cycle": _cycle, "repeat": _repeat, "islice": _islice, "product": _product,
        "permutations": _choices(itertools.permutations, "itertools.permutations"),
        "combinations": _choices(itertools.combinations, "itertools.combinations"),
        "combinations_with_replacement": _choices(itertools.combinations_with_replacement, "itertools.combinations"),
        "zip_longest": _zip_longest, "starmap": _starmap, "accumulate": _accumulate, "takewhile": _takewhile,
        "dropwhile": _dropwhile, "filterfalse": _filterfalse, "compress": _compress, "pairwise": _pairwise,
        "batched": _batched, "groupby": _groupby,
    }  # fmt: skip
    return {
        **{n: over(n, f) for n, f in functions.items()},
        "repeat": Native("itertools.repeat", lambda i, a, k, s: stream(_repeat(i, a, k))),
        "chain": CHAIN,
        "tee": Native("itertools.tee", _tee),
    }
