"""Small modules of the standard library: copy, string, uuid, hashlib, random, decimal, fractions, contextlib, abc,
types."""

from __future__ import annotations

import decimal
import fractions
import hashlib
import hmac
import random
import string
import uuid
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.classes import OTHERS, PLAIN, TYPE
from parsers.airflow.evaluator.errors import Raised
from parsers.airflow.evaluator.generators import Generator
from parsers.airflow.evaluator.values import ClassMember, ClassValue, Function, Instance, ModuleValue, Native, Value
from parsers.airflow.overlays.collections_module import DefaultDict
from parsers.airflow.overlays.plain import (
    NOT_KNOWN,
    constants,
    first_argument,
    inert,
    lower,
    model_type,
    opaque_call,
    pure,
    pures,
    run_plain,
    unknown_because,
)
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

# --- copy ---------------------------------------------------------------------------------------------------------


def deep_copy(interp: Interpreter, value: Value, memo: dict[int, Value]) -> Value:
    """`copy.deepcopy`: containers and objects are copied, functions, classes, tasks and unknown values shared."""
    if id(value) in memo:
        return memo[id(value)]
    interp.meter.step()
    if isinstance(value, dict):
        new: Value = value.copy() if type(value) is not dict else {}
        new.clear()
        memo[id(value)] = new
        for key, item in value.items():
            new[deep_copy(interp, key, memo)] = deep_copy(interp, item, memo)
        return new
    if isinstance(value, list):
        memo[id(value)] = new = []
        new.extend(deep_copy(interp, item, memo) for item in value)
        return new
    if type(value) in (tuple, set, frozenset):
        items = [deep_copy(interp, item, memo) for item in value]
        same = type(value) is tuple and all(a is b for a, b in zip(items, value, strict=True))
        memo[id(value)] = made = value if same else type(value)(items)
        return made
    if isinstance(value, Instance):
        return _copy_instance(interp, value, memo)
    return value


def _copy_instance(interp: Interpreter, value: Instance, memo: dict[int, Value] | None) -> Value:
    name = "__copy__" if memo is None else "__deepcopy__"
    method = interp.lookup(value.cls, name)
    if isinstance(method, Function):
        return interp.call(method, [value] if memo is None else [value, {}])
    if value.native is not None and type(value.native) not in PLAIN:
        return value
    if value.cls.has_trait("enum"):
        return value
    new = interp.new_instance(value.cls)
    if memo is not None:
        memo[id(value)] = new
        new.native = deep_copy(interp, value.native, memo)
        new.attrs.update({k: deep_copy(interp, v, memo) for k, v in value.attrs.items()})
    else:
        new.native = value.native.copy() if isinstance(value.native, dict | list | set) else value.native
        new.attrs.update(value.attrs)
    return new


def _copy(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    value = args[0]
    if isinstance(value, Instance):
        return _copy_instance(interp, value, None)
    return value.copy() if isinstance(value, list | dict | set | DefaultDict) else value


@overlay("copy")
def copy_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """copy."""
    return {
        "copy": Native("copy.copy", _copy),
        "deepcopy": Native("copy.deepcopy", lambda i, a, k, s: deep_copy(i, a[0], {})),
        "Error": interp.error("Exception").value.cls,
    }


# --- string -------------------------------------------------------------------------------------------------------


def _substitute(safe: bool) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        template = lower(args[0].attrs["template"])
        if not isinstance(template, str):
            return unknown_because(interp, "Template.substitute", template, site)
        values = interp.dictionary(args[1:], kwargs, site)
        total: Value = ""
        position = 0
        for match in string.Template(template).pattern.finditer(template):
            total = interp.binary("+", total, template[position : match.start()], site)
            position = match.end()
            name = match["named"] or match["braced"]
            if name is None:
                if match["escaped"] is None and not safe:
                    raise interp.error("ValueError", "Invalid placeholder in string")
                text: Value = "$" if match["escaped"] is not None else match[0]
            elif name in values:
                text = interp.text(values[name])
            elif safe:
                text = match[0]
            else:
                raise interp.error("KeyError", name)
            total = interp.binary("+", total, text, site)
        return interp.binary("+", total, template[position:], site)

    return Native("Template.substitute", call)


def _template_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    args[0].attrs["template"] = args[1] if len(args) > 1 else kwargs.get("template")
    return None


TEMPLATE = make_class(
    "Template",
    "string.Template",
    (),
    {
        "__init__": Native("Template.__init__", _template_init),
        "substitute": _substitute(False),
        "safe_substitute": _substitute(True),
    },
)


@overlay("string")
def string_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """string."""
    names = "ascii_letters ascii_lowercase ascii_uppercase digits hexdigits octdigits punctuation printable whitespace"
    return {
        **constants(string, names),
        "capwords": pure("string.capwords", string.capwords),
        "Template": TEMPLATE,
        "Formatter": make_class(
            "Formatter",
            "string.Formatter",
            (),
            {"format": Native("format", lambda i, a, k, s: i.call(i.getattr(a[1], "format"), a[2:], k, s))},
        ),
    }


# --- uuid, hashlib, random ----------------------------------------------------------------------------------------

UUID = model_type(
    uuid.UUID,
    "uuid.UUID",
    methods="__str__",
    attributes="hex int bytes urn version fields node time",
)


@overlay("uuid")
def uuid_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """uuid: name-based ones are computed, random ones are not known."""
    return {
        "UUID": UUID,
        **pures(uuid, "uuid3 uuid5"),
        **constants(uuid, "NAMESPACE_DNS NAMESPACE_URL NAMESPACE_OID NAMESPACE_X500"),
        "uuid1": opaque_call("uuid.uuid1", "is different each time"),
        "uuid4": opaque_call("uuid.uuid4", "is different each time"),
        "getnode": opaque_call("uuid.getnode", "is a fact of the machine"),
    }


def _digest(name: str) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        chosen = name
        rest = list(args)
        if name == "new":
            chosen = str(lower(rest.pop(0)))
        made = run_plain(interp, hashlib.new, (chosen,), {"usedforsecurity": False})
        instance = Instance(HASH, {"name": chosen}, made)
        given = rest[0] if rest else kwargs.get("data", kwargs.get("string"))
        if given is not None:
            _update(interp, [instance, given], {}, site)
        return instance

    return Native(f"hashlib.{name}", call)


def _update(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    instance, data = args[0], lower(args[1])
    if not isinstance(data, bytes | bytearray):
        if isinstance(data, NOT_KNOWN):
            instance.attrs["unknown"] = data
            return None
        raise interp.error("TypeError", "Strings must be encoded before hashing")
    instance.native.update(bytes(data))
    return None


def _result(method: str) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        instance = args[0]
        if "unknown" in instance.attrs:
            return unknown_because(interp, "hashlib", instance.attrs["unknown"], site)
        return run_plain(interp, getattr(instance.native, method), [lower(a) for a in args[1:]], {})

    return Native(f"hash.{method}", call)


HASH: ClassValue = make_class(
    "HASH",
    "hashlib.HASH",
    (),
    {
        "update": Native("hash.update", _update),
        "digest": _result("digest"),
        "hexdigest": _result("hexdigest"),
        "copy": Native("hash.copy", lambda i, a, k, s: Instance(HASH, dict(a[0].attrs), a[0].native.copy())),
    },
)
ALGORITHMS = "md5 sha1 sha224 sha256 sha384 sha512 sha3_224 sha3_256 sha3_384 sha3_512 blake2b blake2s new"


@overlay("hashlib")
def hashlib_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """hashlib."""
    return {n: _digest(n) for n in ALGORITHMS.split()}


@overlay("hmac", "secrets")
def random_bytes_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """hmac's comparison; secrets are random."""
    if name == "hmac":
        return {"compare_digest": pure("hmac.compare_digest", hmac.compare_digest)}
    names = ("token_hex", "token_urlsafe", "token_bytes", "choice", "randbelow", "randbits")
    return {n: opaque_call(f"secrets.{n}", "is different each time") for n in names}


RANDOM_NAMES = "random randint randrange choice choices sample shuffle uniform gauss normalvariate betavariate "
"getrandbits triangular expovariate"


def _random(name: str, instance: bool) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        source = args[0].native if instance else interp.state.get("random")
        rest = list(args[1:] if instance else args)
        if source is None or any(isinstance(lower(a), NOT_KNOWN) for a in rest):
            return interp.unknown(f"`random.{name}` without a seed is different each time", site)
        if name in ("choice", "choices", "sample"):
            rest[0] = (
                lower(rest[0]) if isinstance(lower(rest[0]), str | list | tuple | range) else interp.items(rest[0])
            )
        return run_plain(interp, getattr(source, name), [lower(a) if not isinstance(a, list) else a for a in rest], {})

    return Native(f"random.{name}", call)


def _seed(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    value = lower(args[0] if args else kwargs.get("a"))
    if isinstance(value, str | int | float | bytes):
        interp.mark_stateful()
        interp.state["random"] = random.Random(value)  # noqa: S311
    else:
        interp.state.pop("random", None)
    return None


def _random_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    value = lower(args[1] if len(args) > 1 else kwargs.get("x"))
    if isinstance(value, str | int | float | bytes):
        args[0].native = random.Random(value)  # noqa: S311
    return None


@overlay("random")
def random_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """random: real numbers after a known seed, else not known."""
    cls = make_class(
        "Random",
        "random.Random",
        (),
        {"__init__": Native("Random.__init__", _random_init), **{n: _random(n, True) for n in RANDOM_NAMES.split()}},
    )
    return {**{n: _random(n, False) for n in RANDOM_NAMES.split()}, "seed": Native("random.seed", _seed), "Random": cls}


# --- decimal, fractions -------------------------------------------------------------------------------------------

DECIMAL = model_type(
    decimal.Decimal,
    "decimal.Decimal",
    methods="quantize to_integral_value as_tuple is_nan is_zero normalize sqrt copy_abs compare is_finite is_infinite",
)
FRACTION = model_type(
    fractions.Fraction, "fractions.Fraction", methods="limit_denominator", attributes="numerator denominator"
)


@overlay("decimal", "fractions", "numbers")
def numbers_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """decimal, fractions, numbers."""
    if name == "fractions":
        return {"Fraction": FRACTION}
    if name == "numbers":
        return {
            "Number": (PLAIN[int], PLAIN[float], DECIMAL),
            "Integral": PLAIN[int],
            "Real": (PLAIN[int], PLAIN[float]),
        }
    rounding = "ROUND_HALF_UP ROUND_HALF_EVEN ROUND_DOWN ROUND_UP ROUND_CEILING ROUND_FLOOR ROUND_HALF_DOWN"
    return {
        "Decimal": DECIMAL,
        **constants(decimal, rounding),
        "InvalidOperation": interp.error("ArithmeticError").value.cls,
        "getcontext": opaque_call("decimal.getcontext", "is not modelled"),
    }


# --- contextlib ---------------------------------------------------------------------------------------------------


def _manager_enter(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    generator = args[0].native
    if not isinstance(generator, Generator):
        return generator
    try:
        return generator.resume()
    except StopIteration:
        raise interp.error("RuntimeError", "generator didn't yield") from None


def _manager_exit(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    generator = args[0].native
    if not isinstance(generator, Generator):
        return None
    error = args[2] if len(args) > 2 else None
    try:
        if isinstance(error, Instance):
            generator.resume(error=Raised(error))
        else:
            generator.resume()
    except StopIteration:
        return isinstance(error, Instance)
    except Raised as raised:
        if raised.value is error:
            return False
        raise
    return None


def _manager_call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """A context manager of a generator used as a decorator."""
    function = args[1]
    remake = args[0].attrs["remake"]

    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        manager = remake()
        _manager_enter(interp, [manager], {}, site)
        result = interp.call(function, args, kwargs, site)
        _manager_exit(interp, [manager, None, None, None], {}, site)
        return result

    return Native("contextmanager", call)


GENERATOR_MANAGER = make_class(
    "_GeneratorContextManager",
    "contextlib._GeneratorContextManager",
    (),
    {
        "__enter__": Native("contextmanager.__enter__", _manager_enter),
        "__exit__": Native("contextmanager.__exit__", _manager_exit),
        "__call__": Native("contextmanager.__call__", _manager_call),
    },
    {"suppresses"},
)


def _contextmanager(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    function = args[0]

    def make(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        def remake() -> Instance:
            return Instance(GENERATOR_MANAGER, {"remake": remake}, interp.call(function, args, kwargs, site))

        return remake()

    return Native(getattr(function, "name", "manager"), make)


def _suppress_exit(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    kind = args[1] if len(args) > 1 else None
    wanted = args[0].attrs["exceptions"]
    return isinstance(kind, ClassValue) and any(w in kind.mro for w in wanted)


SUPPRESS = make_class(
    "suppress",
    "contextlib.suppress",
    (),
    {
        "__init__": Native("suppress.__init__", lambda i, a, k, s: a[0].attrs.__setitem__("exceptions", tuple(a[1:]))),
        "__enter__": inert("suppress.__enter__"),
        "__exit__": Native("suppress.__exit__", _suppress_exit),
    },
    {"suppresses"},
)
NULL_CONTEXT = make_class(
    "nullcontext",
    "contextlib.nullcontext",
    (),
    {
        "__init__": Native(
            "nullcontext.__init__",
            lambda i, a, k, s: a[0].attrs.__setitem__("enter_result", a[1] if len(a) > 1 else k.get("enter_result")),
        ),
        "__enter__": Native("nullcontext.__enter__", lambda i, a, k, s: a[0].attrs["enter_result"]),
        "__exit__": inert("nullcontext.__exit__"),
    },
)


def _stack_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    args[0].native = []
    return None


def _stack_enter(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    manager = args[1]
    if isinstance(manager, NOT_KNOWN):
        return manager
    args[0].native.append(interp.getattr(manager, "__exit__", None, None))
    return interp.call(interp.getattr(manager, "__enter__"), [])


def _stack_push(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    function, rest = args[1], list(args[2:])
    args[0].native.append(Native("callback", lambda i, a, k, s: i.call(function, rest, kwargs) and None))
    return function


def _stack_exit(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    while args[0].native:
        exit_ = args[0].native.pop()
        if exit_ is not None:
            interp.call(exit_, [None, None, None])
    return None


EXIT_STACK = make_class(
    "ExitStack",
    "contextlib.ExitStack",
    (),
    {
        "__init__": Native("ExitStack.__init__", _stack_init),
        "__enter__": first_argument("ExitStack.__enter__"),
        "__exit__": Native("ExitStack.__exit__", _stack_exit),
        "close": Native("ExitStack.close", _stack_exit),
        "enter_context": Native("ExitStack.enter_context", _stack_enter),
        "callback": Native("ExitStack.callback", _stack_push),
    },
)


def _closing_exit(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    interp.call(interp.getattr(args[0].native, "close"), [])
    return None


CLOSING = make_class(
    "closing",
    "contextlib.closing",
    (),
    {
        "__init__": Native("closing.__init__", lambda i, a, k, s: setattr(a[0], "native", a[1])),
        "__enter__": Native("closing.__enter__", lambda i, a, k, s: a[0].native),
        "__exit__": Native("closing.__exit__", _closing_exit),
    },
)


@overlay("contextlib")
def contextlib_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """contextlib."""
    return {
        "contextmanager": Native("contextlib.contextmanager", _contextmanager),
        "asynccontextmanager": first_argument("contextlib.asynccontextmanager"),
        "suppress": SUPPRESS,
        "nullcontext": NULL_CONTEXT,
        "ExitStack": EXIT_STACK,
        "closing": CLOSING,
        "redirect_stdout": NULL_CONTEXT,
        "redirect_stderr": NULL_CONTEXT,
        "AbstractContextManager": make_class("AbstractContextManager", "contextlib.AbstractContextManager"),
        "ContextDecorator": make_class("ContextDecorator", "contextlib.ContextDecorator"),
    }


# --- abc, types ---------------------------------------------------------------------------------------------------

ABC_META = make_class("ABCMeta", "abc.ABCMeta", (TYPE,))
ABC = make_class("ABC", "abc.ABC", (), {"register": ClassMember("staticmethod", first_argument("ABC.register"))})


@overlay("abc")
def abc_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """abc: abstract methods are ordinary ones here."""
    return {
        "ABC": ABC,
        "ABCMeta": ABC_META,
        "abstractmethod": first_argument("abc.abstractmethod"),
        "abstractproperty": Native("abc.abstractproperty", lambda i, a, k, s: ClassMember("property", a[0])),
        "abstractclassmethod": Native("abc.abstractclassmethod", lambda i, a, k, s: ClassMember("classmethod", a[0])),
        "abstractstaticmethod": Native(
            "abc.abstractstaticmethod", lambda i, a, k, s: ClassMember("staticmethod", a[0])
        ),
    }


def _namespace_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    if len(args) > 1:
        args[0].attrs.update(interp.dictionary(args[1:], {}, site))
    args[0].attrs.update(kwargs)
    return None


def _namespace_repr(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    total: Value = "namespace("
    for index, (key, value) in enumerate(args[0].attrs.items()):
        total = interp.binary(
            "+", interp.binary("+", total, f"{', ' if index else ''}{key}="), interp.text(value, "repr")
        )
    return interp.binary("+", total, ")")


def _namespace_equal(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    left, right = args
    if not isinstance(right, Instance) or right.cls is not left.cls:
        return NotImplemented
    return interp.compare("==", left.attrs, right.attrs)


NAMESPACE = make_class(
    "SimpleNamespace",
    "types.SimpleNamespace",
    (),
    {
        "__init__": Native("SimpleNamespace.__init__", _namespace_init),
        "__repr__": Native("SimpleNamespace.__repr__", _namespace_repr),
        "__eq__": Native("SimpleNamespace.__eq__", _namespace_equal),
    },
)


def _method_type(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    from parsers.airflow.evaluator.values import BoundMethod

    return BoundMethod(args[1], args[2])


METHOD_TYPE = make_class("MethodType", "types.MethodType", (), {"__new__": Native("types.MethodType", _method_type)})


@overlay("types")
def types_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """types."""
    return {
        "SimpleNamespace": NAMESPACE,
        "MappingProxyType": Native("types.MappingProxyType", lambda i, a, k, s: i.dictionary(a, {}, s)),
        "FunctionType": OTHERS[Function],
        "LambdaType": OTHERS[Function],
        "BuiltinFunctionType": OTHERS[Native],
        "ModuleType": OTHERS[ModuleValue],
        "MethodType": METHOD_TYPE,
        "GeneratorType": make_class("generator", "types.GeneratorType"),
        "NoneType": OTHERS[type(None)],
        "TracebackType": make_class("traceback", "types.TracebackType"),
        "DynamicClassAttribute": Native(
            "types.DynamicClassAttribute", lambda i, a, k, s: ClassMember("property", a[0])
        ),
        "new_class": Native("types.new_class", lambda i, a, k, s: i.call(TYPE, [a[0], a[1] if len(a) > 1 else (), {}])),
        "UnionType": make_class("UnionType", "types.UnionType"),
        "GenericAlias": make_class("GenericAlias", "types.GenericAlias"),
    }
