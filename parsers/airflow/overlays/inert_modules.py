"""Modules without an effect on a DAG's structure (logging, warnings ...), and those whose results cannot be known."""

from __future__ import annotations

import ast
import logging
import pprint
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import ClassMember, ClassValue, Instance, ModuleValue, Native, Value
from parsers.airflow.overlays.plain import NOT_KNOWN, inert, pure
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def _anything(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return None


def _member(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    name = args[1]
    if name in ("getChild", "bind", "opt", "patch", "new"):
        return Native(f"logging.{name}", lambda i, a, k, s: LOGGER)
    return Native(f"logging.{name}", _anything)


LOGGER_CLASS = make_class(
    "Logger",
    "logging.Logger",
    (),
    {"__getattr__": Native("Logger.__getattr__", _member), "name": "root", "level": 0, "handlers": [], "disabled": False,  # noqa: E501
     "propagate": True, "isEnabledFor": inert("Logger.isEnabledFor", False)},
)  # fmt: skip
LOGGER = Instance(LOGGER_CLASS)
_LEVELS = "CRITICAL FATAL ERROR WARNING WARN INFO DEBUG NOTSET"
_LOG_CLASSES = "Handler StreamHandler FileHandler Formatter Filter LogRecord NullHandler"


def silent_class(name: str, path: str) -> ClassValue:
    """A class whose objects accept everything and do nothing."""
    return make_class(
        name,
        path,
        (),
        {"__init__": inert(f"{name}.__init__"), "__getattr__": Native(f"{name}.__getattr__", _member)},
    )


def silent_module(name: str, attrs: dict[str, Value]) -> ModuleValue:
    """A module whose other functions do nothing."""

    def fallback(attribute: str) -> Value:
        if attribute.startswith("__") or not attribute:
            return MISSING
        if attribute[0].isupper():
            return attrs.setdefault(attribute, silent_class(attribute, f"{name}.{attribute}"))
        return Native(f"{name}.{attribute}", _anything)

    return ModuleValue(name, attrs, fallback)


@overlay("logging", "logging.config", "logging.handlers", "loguru", "structlog", "coloredlogs", "absl.logging")
def logging_module(interp: Interpreter, name: str) -> ModuleValue:
    """Loggers do nothing."""
    attrs: dict[str, Value] = {
        **{level: getattr(logging, level) for level in _LEVELS.split()},
        **{n: silent_class(n, f"logging.{n}") for n in _LOG_CLASSES.split()},
        "Logger": LOGGER_CLASS,
        "LoggerAdapter": LOGGER_CLASS,
        "getLogger": inert("logging.getLogger", LOGGER),
        "get_logger": inert("structlog.get_logger", LOGGER),
        "getLevelName": Native("logging.getLevelName", _level_name),
        "root": LOGGER,
        "logger": LOGGER,
    }
    if name == "logging":
        for sub in ("config", "handlers"):
            attrs[sub] = interp.import_module(f"logging.{sub}")
    return silent_module(name, attrs)


def _level_name(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return (
        logging.getLevelName(args[0])
        if isinstance(args[0], int | str)
        else interp.unknown("a log level", site, args[0])
    )


def _show_progress(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    args[0].attrs["items"] = args[1] if len(args) > 1 else kwargs.get("iterable", ())
    return None


PROGRESS = make_class(
    "tqdm",
    "tqdm.tqdm",
    (),
    {
        "__init__": Native("tqdm.__init__", _show_progress),
        "__iter__": Native("tqdm.__iter__", lambda i, a, k, s: a[0].attrs["items"]),
        "__len__": Native("tqdm.__len__", lambda i, a, k, s: len(i.items(a[0].attrs["items"], s))),
        "__enter__": Native("tqdm.__enter__", lambda i, a, k, s: a[0]),
        "__exit__": inert("tqdm.__exit__"),
        "__getattr__": Native("tqdm.__getattr__", _member),
        **{n: ClassMember("staticmethod", Native(f"tqdm.{n}", _anything)) for n in ("pandas", "write", "set_lock")},
    },
)
"""A bar over an iterable, which it hands on."""


@overlay(
    "warnings",
    "gc",
    "faulthandler",
    "atexit",
    "readline",
    "pprint",
    "tqdm",
    "tqdm.auto",
    "tqdm.notebook",
    "sentry_sdk",
    "rich",
    "colorama",
)
def silent(interp: Interpreter, name: str) -> ModuleValue:
    """Their functions do nothing."""
    attrs: dict[str, Value] = {}
    if name == "pprint":
        attrs["pformat"] = pure("pprint.pformat", pprint.pformat)
    if name == "warnings":
        attrs["catch_warnings"] = make_class(
            "catch_warnings",
            "warnings.catch_warnings",
            (),
            {"__init__": inert("catch_warnings"), "__enter__": inert("__enter__"), "__exit__": inert("__exit__")},
        )
    if name.startswith("tqdm"):
        attrs["tqdm"] = PROGRESS
        attrs["trange"] = Native("tqdm.trange", lambda i, a, k, s: Instance(PROGRESS, {"items": range(*a)}))
    return silent_module(name, attrs)


OPAQUE: dict[str, str] = {
    "subprocess": "starts a process", "multiprocessing": "starts processes", "socket": "needs the network",
    "tempfile": "depends on the machine", "shutil": "changes or looks at the machine's files",
    "platform": "is a fact of the machine", "getpass": "is a fact of the machine", "pwd": "is a fact of the machine",
    "signal": "is not modelled", "threading": "is not modelled", "asyncio": "is not modelled",
    "queue": "is not modelled",
    "urllib.request": "needs the network", "urllib.error": "needs the network", "http": "needs the network",
    "http.client": "needs the network", "ftplib": "needs the network", "smtplib": "needs the network",
    "email": "is not modelled", "sqlite3": "needs a database", "zipfile": "is not modelled", "tarfile": "is not modelled",  # noqa: E501
    "gzip": "is not modelled", "bz2": "is not modelled", "pickle": "is never read", "shelve": "is never read",
    "marshal": "is never read", "ctypes": "is not modelled", "ast": "is not modelled", "select": "is not modelled",
    "resource": "is a fact of the machine", "xml": "is not modelled", "xml.etree": "is not modelled",
    "xml.etree.ElementTree": "is not modelled", "locale": "is a fact of the machine",
    "argparse": "reads the command line", "optparse": "reads the command line", "fcntl": "is not modelled",
    "runpy": "is never run", "code": "is never run", "timeit": "is the clock", "heapq": "is not modelled",
    "bisect": "is not modelled",
}  # fmt: skip
_EXCEPTIONS = {
    "subprocess": ("CalledProcessError", "TimeoutExpired", "SubprocessError"), "socket": ("error", "timeout", "gaierror"),  # noqa: E501
    "urllib.error": ("URLError", "HTTPError"), "queue": ("Empty", "Full"), "sqlite3": ("Error", "OperationalError"),
    "shutil": ("Error",), "pickle": ("PickleError",), "zipfile": ("BadZipFile",),
}  # fmt: skip


def _literal(text: Any) -> Any:
    return ast.literal_eval(text) if isinstance(text, str) else text


@overlay(*(n for n in OPAQUE if n not in ("heapq", "bisect")))
def opaque_module(interp: Interpreter, name: str) -> ModuleValue:
    """A module of the standard library whose functions give unknown values."""
    why = OPAQUE[name]
    error = interp.error("Exception").value.cls
    attrs: dict[str, Value] = {n: make_class(n, f"{name}.{n}", (error,)) for n in _EXCEPTIONS.get(name, ())}
    if name == "ast":
        attrs["literal_eval"] = pure("ast.literal_eval", _literal)
    if name == "threading":
        attrs.update({n: silent_class(n, f"threading.{n}") for n in ("Lock", "RLock", "Thread", "Event", "local")})
    for other in OPAQUE:
        if other.rpartition(".")[0] == name:
            attrs[other.rpartition(".")[2]] = interp.import_module(other)

    def fallback(attribute: str) -> Value:
        if attribute.startswith("__"):
            return MISSING
        unknown = interp.unknown(f"`{name}.{attribute}` {why}", path=f"{name}.{attribute}")
        unknown.guess = None
        return unknown

    return ModuleValue(name, attrs, fallback)


@overlay("heapq", "bisect")
def ordered_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """heapq and bisect over lists of plain or comparable values."""
    import bisect
    import heapq

    module = heapq if name == "heapq" else bisect
    names = (
        "heappush heappop heapify nlargest nsmallest heappushpop"
        if name == "heapq"
        else "bisect bisect_left bisect_right insort insort_left insort_right"
    )

    def wrap(function: str) -> Native:
        def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
            given = list(args)
            key = kwargs.get("key")
            options: dict[str, Any] = {k: v for k, v in kwargs.items() if k != "key"}
            if key is not None:
                options["key"] = lambda v: interp.call(key, [v])
            if any(isinstance(a, NOT_KNOWN) for a in given):
                return interp.unknown(f"`{name}.{function}` was given a value that is not known", site)
            if function in ("nlargest", "nsmallest"):
                given[1] = interp.items(given[1])
            if given and isinstance(given[0], list):
                interp.mutates(given[0])
            from parsers.airflow.overlays.plain import run_plain

            return run_plain(interp, getattr(module, function), given, options)

        return Native(f"{name}.{function}", call)

    return {n: wrap(n) for n in names.split()}
