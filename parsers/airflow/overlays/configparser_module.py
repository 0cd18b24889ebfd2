"""`configparser`."""

from __future__ import annotations

import configparser
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import Instance, Native, Unknown, Value
from parsers.airflow.overlays.file_objects import content_of
from parsers.airflow.overlays.plain import (
    NOT_KNOWN,
    blocker,
    error_class,
    first_unknown,
    lower,
    run_plain,
    unknown_because,
)
from parsers.airflow.overlays.readable import read_text
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


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
