"""json, toml, csv, configparser: text formats, read by Python's own parsers."""

from __future__ import annotations

import configparser
import csv
import io
import json
import sys
from typing import TYPE_CHECKING, Any

from migrate.ir import exprs
from parsers.airflow.evaluator.generators import Stream
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import Instance, Native, Symbolic, Unknown, Value
from parsers.airflow.overlays.file_objects import content_of, stream_of
from parsers.airflow.overlays.plain import (
    NOT_KNOWN,
    Arguments,
    blocker,
    error_class,
    first_unknown,
    lower,
    pure,
    run_plain,
    unknown_because,
)
from parsers.airflow.overlays.readable import read_text
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


def _load_json(interp: Interpreter, text: Value, kwargs: dict[str, Value], site: Any) -> Value:
    if isinstance(text, Symbolic) and isinstance(text.expr, exprs.VariableRef) and text.expr.json_path is None:
        return Symbolic(text.expr.model_copy(update={"json_path": ()}), text.unknown)
    if isinstance(text, NOT_KNOWN):
        return interp.unknown("`json.loads` was given a text that is not known", site, text)
    if not isinstance(text, str | bytes):
        raise interp.error("TypeError", "the JSON object must be str, bytes or bytearray")
    interp.meter.check_text(len(text))
    options: dict[str, Any] = {}
    for hook in ("object_hook", "object_pairs_hook", "parse_float", "parse_int", "parse_constant"):
        function = kwargs.get(hook)
        if function is not None:
            options[hook] = lambda value, function=function: interp.call(
                function, [[tuple(p) for p in value] if isinstance(value, list) else value]
            )
    try:
        return json.loads(text, **options)
    except json.JSONDecodeError as error:
        raise interp.raised(json_error(interp), str(error)) from None
    except (RecursionError, ValueError) as error:
        raise interp.error("ValueError", str(error)) from None


def json_error(interp: Interpreter) -> Any:
    """The class json.JSONDecodeError."""
    module = interp.import_module("json")
    assert not isinstance(module, Unknown)
    return module.attrs["JSONDecodeError"]


def _loads(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return _load_json(interp, lower(args[0] if args else kwargs.get("s")), kwargs, site)


def _load(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return _load_json(
        interp, content_of(interp, "json.load", args[0] if args else kwargs.get("fp"), site), kwargs, site
    )


def _dumps(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    options = dict(kwargs)
    value = lower(args[0] if args else options.pop("obj", None))
    default = options.pop("default", None)
    options.pop("cls", None)
    part = first_unknown(value)
    if part is not MISSING:
        return symbolic_json(interp, value, options, site)
    if first_unknown(list(options.values())) is not MISSING:
        return unknown_because(interp, "json.dumps", first_unknown(list(options.values())), site)
    if isinstance(options.get("indent"), int) and options["indent"] > 100:
        options["indent"] = 100
    options["default"] = (lambda v: interp.call(default, [v])) if default is not None else _not_serializable
    text = run_plain(interp, json.dumps, (value,), options)
    interp.meter.check_text(len(text))
    return text


def _not_serializable(value: Any) -> Any:
    name = value.cls.name if isinstance(value, Instance) else type(value).__name__
    raise TypeError(f"Object of type {name} is not JSON serializable")


_MARK = "\ue000{}\ue001"


def symbolic_json(interp: Interpreter, value: Value, options: dict[str, Value], site: Any) -> Value:
    """JSON text with symbolic texts inside: they are put into the text as they are, which is right for texts that need
    no escapes (quotes, backslashes, line ends)."""
    parts: list[Symbolic] = []

    def mark(part: Value) -> Value:
        if type(part) is Symbolic and part.type is str:
            parts.append(part)
            return _MARK.format(len(parts) - 1)
        if isinstance(part, dict):
            return {k: mark(v) for k, v in part.items()}
        if isinstance(part, list | tuple):
            return [mark(v) for v in part]
        return part

    marked = mark(value)
    part = blocker([marked, *options.values()], {})
    if part is not MISSING or not parts:
        return unknown_because(interp, "json.dumps", part if part is not MISSING else value, site)
    text = run_plain(interp, json.dumps, (marked,), {**options, "ensure_ascii": False})
    total: Value = ""
    for number, piece in enumerate(parts):
        before, _, text = text.partition(_MARK.format(number))
        total = interp.binary("+", interp.binary("+", total, before, site), piece, site)
    return interp.binary("+", total, text, site)


@overlay("json", "simplejson", "ujson", "orjson", "json5", "commentjson", "hjson", "json.decoder", "rapidjson")
def json_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """json; its relatives are read as plain JSON."""
    error = make_class("JSONDecodeError", "json.JSONDecodeError", (interp.error("ValueError").value.cls,))
    attrs: dict[str, Value] = {
        "loads": Native("json.loads", _loads),
        "load": Native("json.load", _load),
        "dumps": Native("json.dumps", _dumps),
        "dump": Native("json.dump", _dump),
        "JSONDecodeError": error,
        "JSONEncoder": make_class("JSONEncoder", "json.JSONEncoder"),
        "JSONDecoder": make_class("JSONDecoder", "json.JSONDecoder"),
    }
    if name == "json":
        attrs["decoder"] = interp.import_module("json.decoder")
    if name == "orjson":
        attrs["dumps"] = Native("orjson.dumps", _orjson_dumps)
    return attrs


def _orjson_dumps(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    text = _dumps(interp, args[:1], {"separators": (",", ":"), "ensure_ascii": False}, site)
    return text.encode() if isinstance(text, str) else text


def _dump(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    if len(args) > 1 and stream_of(args[1]) is not None:
        text = _dumps(interp, args[:1], kwargs, site)
        interp.call(interp.getattr(args[1], "write"), [text])
    return None


# --- toml ---------------------------------------------------------------------------------------------------------


def _parse_toml(text: str | bytes) -> Any:
    source = text.decode() if isinstance(text, bytes) else text
    if sys.version_info >= (3, 11):
        import tomllib

        return tomllib.loads(source)
    import tomli  # type: ignore[import-not-found,unused-ignore]

    return tomli.loads(source)


_toml_loads = pure("tomllib.loads", _parse_toml)


def _toml_load(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    source = args[0]
    if isinstance(lower(source), str) or stream_of(source) is None:
        text = read_text(interp, "toml.load", source, site)
    else:
        text = content_of(interp, "tomllib.load", source, site)
    return _toml_loads.call(interp, [text], {}, site)


@overlay("tomllib", "tomli", "toml", "rtoml", "tomlkit")
def toml_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """TOML readers."""
    error = interp.error("ValueError").value.cls
    return {
        "loads": _toml_loads,
        "parse": _toml_loads,
        "load": Native("toml.load", _toml_load),
        "TOMLDecodeError": error,
        "TomlDecodeError": error,
    }


# --- csv ----------------------------------------------------------------------------------------------------------


def _lines(interp: Interpreter, source: Value, site: Any) -> Value:
    if isinstance(source, NOT_KNOWN):
        return interp.unknown("the table to read is not known", site, source)
    stream = stream_of(source)
    if isinstance(stream, io.StringIO):
        return stream.read().splitlines(keepends=True)
    lines = [lower(line) for line in interp.iterate(source, site)]
    part = first_unknown(lines)
    return unknown_because(interp, "csv.reader", part, site) if part is not MISSING else lines


_FORMAT = ("delimiter", "quotechar", "escapechar", "doublequote", "skipinitialspace", "quoting", "strict", "dialect")


def _options(kwargs: dict[str, Value]) -> dict[str, Any]:
    return {k: lower(v) for k, v in kwargs.items() if k in _FORMAT and isinstance(lower(v), str | int | bool)}


def _reader(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    lines = _lines(interp, args[0], site)
    if isinstance(lines, Unknown):
        return lines
    options = _options({**({"dialect": args[1]} if len(args) > 1 else {}), **kwargs})
    rows = run_plain(interp, lambda: list(csv.reader(lines, **options)), (), {})
    interp.meter.check_items(len(rows))
    return Stream(iter(rows))


def _dict_reader(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    instance = args[0]
    bound = Arguments(interp, "DictReader", args[1:], kwargs, "f fieldnames restkey restval dialect")
    lines = _lines(interp, bound.need("f"), site)
    names = lower(bound.get("fieldnames"))
    if isinstance(lines, Unknown) or isinstance(names, NOT_KNOWN):
        instance.attrs["rows"] = lines
        return None
    options = {"restkey": lower(bound.get("restkey")), "restval": lower(bound.get("restval")), **_options(bound.rest())}

    def read() -> tuple[list[Any], list[Any]]:
        reader = csv.DictReader(lines, fieldnames=list(names) if names is not None else None, **options)
        fields = list(reader.fieldnames or [])
        return fields, list(reader)

    instance.attrs["fieldnames"], rows = run_plain(interp, read, (), {})
    interp.meter.check_items(len(rows))
    instance.attrs["rows"] = Stream(iter(rows))
    return None


def _rows(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return args[0].attrs["rows"]


def _next_row(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    rows = args[0].attrs["rows"]
    if isinstance(rows, Unknown):
        return rows
    for row in rows:
        return row
    raise interp.error("StopIteration")


DICT_READER = make_class(
    "DictReader",
    "csv.DictReader",
    (),
    {
        "__init__": Native("csv.DictReader.__init__", _dict_reader),
        "__iter__": Native("csv.DictReader.__iter__", _rows),
        "__next__": Native("csv.DictReader.__next__", _next_row),
    },
)


def _writer(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return interp.unknown("nothing is written at conversion", site)


@overlay("csv")
def csv_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """csv; written tables are not kept."""
    return {
        "reader": Native("csv.reader", _reader),
        "DictReader": DICT_READER,
        "writer": Native("csv.writer", _writer),
        "DictWriter": Native("csv.DictWriter", _writer),
        "QUOTE_ALL": csv.QUOTE_ALL,
        "QUOTE_MINIMAL": csv.QUOTE_MINIMAL,
        "QUOTE_NONE": csv.QUOTE_NONE,
        "QUOTE_NONNUMERIC": csv.QUOTE_NONNUMERIC,
        "excel": "excel",
        "Error": error_class(csv.Error, "csv.Error", interp.error("Exception").value.cls),
    }


# --- configparser -------------------------------------------------------------------------------------------------


class BoundedInterpolation(configparser.BasicInterpolation):
    """`%(name)s` with a limit on what they grow to."""

    def _interpolate_some(
        self, parser: Any, option: Any, accum: list[str], rest: str, section: Any, map: Any, depth: int
    ) -> None:
        if len(accum) > 10_000 or sum(map_size(accum)) > 1_000_000:
            raise configparser.InterpolationDepthError(option, section, rest[:100])
        super()._interpolate_some(parser, option, accum, rest, section, map, depth)  # type: ignore[misc]


def map_size(parts: list[str]) -> list[int]:
    """The lengths of texts."""
    return [len(part) for part in parts]


class Config:
    """State of a ConfigParser: the real parser, and whether something unknown was read into it."""

    def __init__(self, parser: configparser.ConfigParser) -> None:
        self.parser = parser
        self.unknown: Unknown | None = None


def _config_init(raw: bool) -> Native:
    def init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        options = {
            k: lower(v)
            for k, v in kwargs.items()
            if k
            in (
                "allow_no_value",
                "delimiters",
                "comment_prefixes",
                "inline_comment_prefixes",
                "strict",
                "default_section",
            )
        }
        interpolation: Any = BoundedInterpolation()
        given = kwargs.get("interpolation", MISSING)
        if raw or given is None:
            interpolation = None
        elif isinstance(given, Instance) and given.cls.name == "ExtendedInterpolation":
            interpolation = configparser.ExtendedInterpolation()
        defaults = lower(args[1] if len(args) > 1 else kwargs.get("defaults"))
        parser = run_plain(
            interp, configparser.ConfigParser, (defaults if isinstance(defaults, dict) else None,),
            {**options, "interpolation": interpolation},
        )  # fmt: skip
        args[0].native = Config(parser)
        return None

    return Native("ConfigParser.__init__", init)


def _config_read(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    from parsers.airflow.overlays.readable import resolve

    config: Config = args[0].native
    names = args[1] if len(args) > 1 else kwargs.get("filenames")
    done: list[Value] = []
    for item in interp.items(names) if isinstance(names, list | tuple) else [names]:
        path = resolve(interp, "ConfigParser.read", item, site)
        if path is None:
            continue
        text = path if isinstance(path, Unknown) else read_text(interp, "ConfigParser.read", item, site)
        if isinstance(text, Unknown):
            config.unknown = text
        else:
            run_plain(interp, config.parser.read_string, (text,), {})
            done.append(str(lower(item)))
    return done


def _config_source(name: str) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        config: Config = args[0].native
        source = args[1] if len(args) > 1 else next(iter(kwargs.values()), None)
        value = lower(source) if name != "read_file" else content_of(interp, name, source, site)
        if isinstance(value, NOT_KNOWN) or first_unknown(value) is not MISSING:
            config.unknown = interp.unknown("a configuration that is not known was read", site)
        elif name == "read_dict":
            run_plain(interp, config.parser.read_dict, (value,), {})
        else:
            run_plain(interp, config.parser.read_string, (value,), {})
        return None

    return Native(f"ConfigParser.{name}", call)


def _config_call(name: str) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        config: Config = args[0].native
        rest = [lower(a) for a in args[1:]]
        options = {k: lower(v) for k, v in kwargs.items()}
        fallback = options.get("fallback", MISSING)
        if config.unknown is not None:
            return interp.unknown("a configuration that is not known was read", site, config.unknown)
        if fallback is not MISSING and isinstance(fallback, (Instance, *NOT_KNOWN)):
            options.pop("fallback")
            if not config.parser.has_option(*rest[:2]):
                return fallback
        part = blocker(rest, options)
        if part is not MISSING:
            return unknown_because(interp, f"ConfigParser.{name}", part, site)
        result = run_plain(interp, getattr(config.parser, name), rest, options)
        return _section(args[0], result.name) if isinstance(result, configparser.SectionProxy) else result

    return Native(f"ConfigParser.{name}", call)


def _section(owner: Instance, name: str) -> Instance:
    return Instance(SECTION, {"name": name, "parser": owner})


def _config_getitem(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    config: Config = args[0].native
    key = lower(args[1])
    if config.unknown is not None or not isinstance(key, str):
        return interp.unknown("a configuration that is not known was read", site, config.unknown)
    if key not in config.parser:
        raise interp.error("KeyError", key)
    return _section(args[0], key)


def _section_call(name: str) -> Native:
    inner = _config_call(name)

    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        section = args[0]
        rest = list(args[1:])
        options = dict(kwargs)
        if len(rest) > 1 or name in ("get", "getint", "getboolean", "getfloat"):
            options.setdefault("fallback", rest.pop() if len(rest) > 1 else None)
        return inner.call(interp, [section.attrs["parser"], section.attrs["name"], *rest], options, site)

    return Native(f"SectionProxy.{name}", call)


def _section_get(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    section = args[0]
    config: Config = section.attrs["parser"].native
    key = lower(args[1])
    if isinstance(key, str) and not config.parser.has_option(section.attrs["name"], key):
        raise interp.error("KeyError", key)
    return _config_call("get").call(interp, [section.attrs["parser"], section.attrs["name"], key], {}, site)


def _section_view(what: str) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        section = args[0]
        config: Config = section.attrs["parser"].native
        proxy = config.parser[section.attrs["name"]]
        return run_plain(interp, lambda: list(getattr(proxy, what)()), (), {})

    return Native(f"SectionProxy.{what}", call)


def _section_has(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    config: Config = args[0].attrs["parser"].native
    return config.parser.has_option(args[0].attrs["name"], str(lower(args[1])))


SECTION = make_class(
    "SectionProxy",
    "configparser.SectionProxy",
    (),
    {
        "__getitem__": Native("SectionProxy.__getitem__", _section_get),
        "__contains__": Native("SectionProxy.__contains__", _section_has),
        "__iter__": _section_view("keys"),
        **{n: _section_call(n) for n in ("get", "getint", "getfloat", "getboolean")},
        **{n: _section_view(n) for n in ("keys", "items", "values")},
    },
)


def _config_iter(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return list(args[0].native.parser)


def _config_has(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return str(lower(args[1])) in args[0].native.parser


_CONFIG: dict[str, Value] = {
    "read": Native("ConfigParser.read", _config_read),
    "__getitem__": Native("ConfigParser.__getitem__", _config_getitem),
    "__iter__": Native("ConfigParser.__iter__", _config_iter),
    "__contains__": Native("ConfigParser.__contains__", _config_has),
    **{n: _config_source(n) for n in ("read_string", "read_file", "read_dict")},
    **{
        n: _config_call(n)
        for n in ("get", "getint", "getfloat", "getboolean", "sections", "options", "items", "has_section", "has_option",  # noqa: E501
                  "defaults", "add_section", "set")
    },
}  # fmt: skip
CONFIG_PARSER = make_class(
    "ConfigParser", "configparser.ConfigParser", (), {**_CONFIG, "__init__": _config_init(False)}
)
RAW_CONFIG_PARSER = make_class(
    "RawConfigParser", "configparser.RawConfigParser", (), {**_CONFIG, "__init__": _config_init(True)}
)


@overlay("configparser", "ConfigParser")
def configparser_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """configparser."""
    base = error_class(configparser.Error, "configparser.Error", interp.error("Exception").value.cls)
    names = ("NoSectionError", "NoOptionError", "ParsingError", "DuplicateSectionError", "DuplicateOptionError",
             "MissingSectionHeaderError", "InterpolationError")  # fmt: skip
    return {
        "ConfigParser": CONFIG_PARSER,
        "SafeConfigParser": CONFIG_PARSER,
        "RawConfigParser": RAW_CONFIG_PARSER,
        "ExtendedInterpolation": make_class("ExtendedInterpolation", "configparser.ExtendedInterpolation"),
        "BasicInterpolation": make_class("BasicInterpolation", "configparser.BasicInterpolation"),
        "Error": base,
        **{n: error_class(getattr(configparser, n), f"configparser.{n}", base) for n in names},
    }
