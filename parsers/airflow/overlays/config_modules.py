"""Configuration libraries: dotenv, decouple, environs, omegaconf, box, munch: environment values and dictionaries
with dots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.dotenv_text import read_dotenv
from parsers.airflow.evaluator.classes import PLAIN
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import ClassMember, ClassValue, Instance, Native, Symbolic, Unknown, Value
from parsers.airflow.overlays import environment
from parsers.airflow.overlays.coercion import fit
from parsers.airflow.overlays.inert_modules import silent_class
from parsers.airflow.overlays.plain import NOT_KNOWN, Arguments, inert, lower, unknown_because
from parsers.airflow.overlays.pydantic_constraints import MisfitError
from parsers.airflow.overlays.readable import path_text, read_text, resolve
from parsers.airflow.overlays.registry import make_class, overlay
from parsers.airflow.overlays.yaml_module import SAFE_LOADER, documents

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

# --- dotenv -------------------------------------------------------------------------------------------------------


def _dotenv_file(interp: Interpreter, path: Value, site: Any) -> dict[str, Value] | Unknown | None:
    """The values of the given file, or of the `.env` beside the running module or above it inside the roots."""
    if path is None:
        folder = interp.frame.module.file.path.parent
        while True:
            real = folder / ".env"
            virtual = interp.files.virtual(real)
            if real.is_file() and interp.files.real(virtual) is not None:
                path = virtual
                break
            if folder == folder.parent or folder in interp.files.roots:
                return None
            folder = folder.parent
    found = resolve(interp, "dotenv", path, site)
    if found is None or isinstance(found, Unknown):
        return found
    text = read_text(interp, "dotenv", path, site)
    return text if isinstance(text, Unknown) else _dotenv_text(interp, text, site)


def _dotenv_text(interp: Interpreter, text: str, site: Any) -> dict[str, Value]:
    """The values; one that refers to a variable that nobody supplied is unknown."""

    def known(name: str) -> str | None:
        value = environment.supplied(interp, name)
        return value if isinstance(value, str) else None

    found = read_dotenv(text, known)
    symbols = {n: environment.symbol(interp, r, site, optional=False).unknown for n, r in found.open_references.items()}
    return {**found.values, **symbols}


def _load_dotenv(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    bound = Arguments(interp, "load_dotenv", args, kwargs, "dotenv_path stream verbose override interpolate encoding")
    values = _dotenv_file(interp, bound.get("dotenv_path"), site)
    if not isinstance(values, dict):
        return values is not None
    override = lower(bound.get("override", False)) is True
    own = environment.written(interp)
    for name, value in values.items():
        if override or not isinstance(environment.supplied(interp, name), str):
            own[name] = value
    return True


def _dotenv_values(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    values = _dotenv_file(interp, args[0] if args else kwargs.get("dotenv_path"), site)
    return {} if values is None else values


@overlay("dotenv")
def dotenv_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """python-dotenv."""
    return {
        "load_dotenv": Native("dotenv.load_dotenv", _load_dotenv),
        "dotenv_values": Native("dotenv.dotenv_values", _dotenv_values),
        "find_dotenv": inert("dotenv.find_dotenv"),
    }


# --- decouple, environs -------------------------------------------------------------------------------------------


def _environment_value(interp: Interpreter, name: Value, default: Value, site: Any) -> Value:
    if not isinstance(lower(name), str):
        return unknown_because(interp, "the environment", name, site)
    value = environment.supplied(interp, lower(name))
    if isinstance(value, str | Symbolic):
        return value
    return environment.symbol(interp, lower(name), site, optional=False) if default is MISSING else default


def cast(interp: Interpreter, kind: Value, value: Value) -> Value:
    """A text made a value of some type, as these libraries do it."""
    if kind is None or kind is MISSING or not isinstance(value, str):
        return value
    if isinstance(kind, ClassValue):
        try:
            return fit(interp, kind, value)
        except MisfitError as error:
            raise interp.error("ValueError", str(error)) from None
    return interp.call(kind, [value])


def _decouple(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    bound = Arguments(interp, "config", args, kwargs, "option default cast")
    value = _environment_value(interp, bound.need("option"), bound.get("default", MISSING), site)
    return cast(interp, bound.get("cast"), value)


def _csv(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    kind = args[0] if args else kwargs.get("cast", PLAIN[str])
    mark = str(lower(kwargs.get("delimiter", ",")))

    def split(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        text = lower(args[0])
        if not isinstance(text, str):
            return text
        return [cast(interp, kind, part.strip()) for part in text.split(mark) if part.strip()]

    return Native("decouple.Csv", split)


@overlay("decouple", "starlette.config")
def decouple_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """python-decouple."""
    config = Native("decouple.config", _decouple)
    return {
        "config": config,
        "Config": inert("decouple.Config", config),
        "AutoConfig": inert("decouple.AutoConfig", config),
        "Csv": Native("decouple.Csv", _csv),
        "RepositoryEnv": silent_class("RepositoryEnv", "decouple.RepositoryEnv"),
        "UndefinedValueError": interp.error("Exception").value.cls,
    }


def _env_getter(kind: str) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        default = args[2] if len(args) > 2 else kwargs.get("default", MISSING)
        value = _environment_value(interp, args[1], default, site)
        if not isinstance(value, str):
            return value
        if kind in ("int", "float", "bool", "str"):
            types: dict[str, type] = {"int": int, "float": float, "bool": bool, "str": str}
            return cast(interp, PLAIN[types[kind]], value)
        if kind == "list":
            return [cast(interp, kwargs.get("subcast"), part.strip()) for part in value.split(",") if part.strip()]
        if kind in ("json", "dict"):
            return interp.call(interp.getattr(interp.import_module("json"), "loads"), [value])
        return value

    return Native(f"Env.{kind}", call)


ENV = make_class(
    "Env",
    "environs.Env",
    (),
    {
        "__init__": inert("Env.__init__"),
        "__call__": _env_getter("str"),
        "read_env": inert("Env.read_env"),
        **{n: _env_getter(n) for n in ("str", "int", "float", "bool", "list", "json", "dict", "url", "path")},
    },
)


@overlay("environs", "environ")
def environs_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """environs and django-environ."""
    return {"Env": ENV, "EnvError": interp.error("ValueError").value.cls}


# --- dictionaries with dots ---------------------------------------------------------------------------------------


def dotted(cls: ClassValue, value: Value) -> Value:
    """A plain dictionary, and those inside it, as instances of a dictionary class with attributes."""
    if type(value) is dict:
        return Instance(cls, {}, {k: dotted(cls, v) for k, v in value.items()})
    if type(value) in (list, tuple):
        return type(value)(dotted(cls, v) for v in value)
    return value


def undotted(value: Value) -> Value:
    """The plain data behind dotted dictionaries."""
    if isinstance(value, Instance) and isinstance(value.native, dict):
        return {k: undotted(v) for k, v in value.native.items()}
    if isinstance(value, dict):
        return {k: undotted(v) for k, v in value.items()}
    return type(value)(undotted(v) for v in value) if type(value) in (list, tuple) else value


def _dotted_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    values = interp.dictionary(
        args[1:2], {k: v for k, v in kwargs.items() if not k.startswith(("box_", "default_box", "frozen_box"))}, site
    )
    args[0].native = {k: dotted(args[0].cls, v) for k, v in values.items()}
    return None


def _dotted_get(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    instance, name = args[0], args[1]
    if name in instance.native:
        return instance.native[name]
    for key in instance.native:
        if isinstance(key, str) and key.replace(" ", "_").replace("-", "_") == name:
            return instance.native[key]
    if instance.cls.has_trait("open") and not name.startswith("__"):
        return Instance(instance.cls, {}, {})
    raise interp.error("AttributeError", f"'{instance.cls.name}' object has no attribute '{name}'")


def _dotted_set(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    args[0].native[args[1]] = dotted(args[0].cls, args[2])
    return None


def _to_dict(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return undotted(args[0])


def dotted_class(name: str, path: str, open_: bool = False) -> ClassValue:
    """A subclass of dict whose items are attributes too."""
    return make_class(
        name,
        path,
        (PLAIN[dict],),
        {
            "__init__": Native(f"{name}.__init__", _dotted_init),
            "__getattr__": Native(f"{name}.__getattr__", _dotted_get),
            "__setattr__": Native(f"{name}.__setattr__", _dotted_set),
            **{n: Native(n, _to_dict) for n in ("to_dict", "toDict", "as_dict")},
        },
        {"open"} if open_ else (),
    )


DOTTED = {
    "box": ("Box",), "munch": ("Munch", "AutoMunch"), "addict": ("Dict",), "easydict": ("EasyDict",), "dotmap": ("DotMap",),  # noqa: E501
    "attrdict": ("AttrDict",), "bunch": ("Bunch",), "prodict": ("Prodict",),
}  # fmt: skip


@overlay(*DOTTED)
def dotted_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """Libraries of dictionaries with attributes."""
    attrs: dict[str, Value] = {n: dotted_class(n, f"{name}.{n}", name in ("addict", "dotmap")) for n in DOTTED[name]}
    cls = next(iter(attrs.values()))
    attrs["munchify"] = attrs["bunchify"] = Native("munchify", lambda i, a, k, s: dotted(cls, a[0]))
    attrs["unmunchify"] = Native("unmunchify", _to_dict)
    if name == "box":
        attrs["BoxList"] = PLAIN[list]
    return attrs


DICT_CONFIG = dotted_class("DictConfig", "omegaconf.DictConfig")


def _omega_load(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    source = args[0]
    text = read_text(interp, "OmegaConf.load", source, site) if path_text(interp, source) is not None else source
    found = documents(interp, text, SAFE_LOADER, site)
    if isinstance(found, Unknown):
        return found
    return dotted(DICT_CONFIG, found[0] if found else {})


def _omega_create(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    return dotted(DICT_CONFIG, lower(args[0]) if args else {})


def _omega_merge(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    total: dict[Any, Any] = {}
    for part in args:
        plain = undotted(part)
        if isinstance(plain, NOT_KNOWN):
            return interp.unknown("a configuration that is not known was merged", site, plain)
        _merge(total, plain)
    return dotted(DICT_CONFIG, total)


def _merge(target: dict[Any, Any], source: dict[Any, Any]) -> None:
    for key, value in source.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        else:
            target[key] = value


@overlay("omegaconf")
def omegaconf_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """OmegaConf; interpolations (`${a.b}`) stay as text."""
    functions = {
        "load": _omega_load,
        "create": _omega_create,
        "merge": _omega_merge,
        "to_container": _to_dict,
        "structured": _omega_create,
    }
    cls = make_class(
        "OmegaConf",
        "omegaconf.OmegaConf",
        (),
        {n: ClassMember("staticmethod", Native(f"OmegaConf.{n}", f)) for n, f in functions.items()},
    )
    return {"OmegaConf": cls, "DictConfig": DICT_CONFIG, "ListConfig": PLAIN[list]}
