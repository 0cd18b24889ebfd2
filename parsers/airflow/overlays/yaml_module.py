"""yaml: PyYAML's parser with constructors that build plain data only. Tags of users become Unknown, or what a
constructor function of the user's makes of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Any

import yaml

from parsers.airflow.evaluator.generators import Stream
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import ClassMember, ClassValue, Instance, Native, Unknown, Value
from parsers.airflow.overlays.file_objects import content_of, stream_of
from parsers.airflow.overlays.plain import NOT_KNOWN, first_modelled, lower, run_plain, unknown_because
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_PAIRS = 100_000


class PlainLoader(_Base):  # type: ignore[misc]
    """A safe loader that knows the interpreter, and keeps merged mappings small."""

    def __init__(self, text: str | bytes, interp: Interpreter, site: Any, constructors: dict[str, Value]) -> None:
        super().__init__(text)
        self.interp = interp
        self.site = site
        self.constructors = constructors

    def flatten_mapping(self, node: Any) -> None:
        """Merge keys (`<<`), without repeating what is merged twice."""
        for _, value in node.value:
            if isinstance(value, yaml.SequenceNode):
                unique = {id(part): part for part in value.value}
                if any(isinstance(p, yaml.MappingNode) for p in value.value) and len(unique) != len(value.value):
                    value.value = list(unique.values())
        super().flatten_mapping(node)
        if len(node.value) > MAX_PAIRS:
            raise yaml.constructor.ConstructorError(None, None, "a mapping is too large", node.start_mark)

    def construct_user(self, node: Any) -> Any:
        """A tag that YAML itself does not know."""
        function = find_constructor(self.constructors, node.tag)
        if function is None:
            return self.interp.unknown(f"the YAML tag `{node.tag}` is not known", self.site)
        return self.interp.call(function, [Instance(LOADER_VIEW, {}, self), make_node(node)])


def find_constructor(constructors: dict[str, Value], tag: str) -> Value:
    """The user's constructor for a tag: exact, or by prefix (`multi:`)."""
    if tag in constructors:
        return constructors[tag]
    for name, function in constructors.items():
        if name.startswith("multi:") and tag.startswith(name[6:]):
            return _with_suffix(function, tag[len(name) - 6 :])
    return None


def _with_suffix(function: Value, suffix: str) -> Native:
    return Native("yaml", lambda i, a, k, s: i.call(function, [a[0], suffix, a[1]]))


PlainLoader.add_constructor(None, PlainLoader.construct_user)


def make_node(node: Any) -> Instance:
    """A YAML node for a user's constructor function."""
    value = node.value if isinstance(node, yaml.ScalarNode) else node
    names = {"ScalarNode": SCALAR_NODE, "SequenceNode": SEQUENCE_NODE, "MappingNode": MAPPING_NODE}
    cls = names.get(type(node).__name__, SCALAR_NODE)
    if isinstance(node, yaml.SequenceNode):
        value = [make_node(n) for n in node.value]
    elif isinstance(node, yaml.MappingNode):
        value = [(make_node(k), make_node(v)) for k, v in node.value]
    return Instance(cls, {"value": value, "tag": node.tag, "id": node.id}, node)


NODE = make_class("Node", "yaml.Node")
SCALAR_NODE = make_class("ScalarNode", "yaml.ScalarNode", (NODE,))
SEQUENCE_NODE = make_class("SequenceNode", "yaml.SequenceNode", (NODE,))
MAPPING_NODE = make_class("MappingNode", "yaml.MappingNode", (NODE,))


def _construct(name: str) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        loader: PlainLoader = args[0].native
        node = args[1].native
        if name == "construct_sequence":
            return run_plain(interp, loader.construct_sequence, (node, True), {})
        if name == "construct_mapping":
            return run_plain(interp, lambda: _mapping(loader, node), (), {})
        if name == "construct_scalar":
            return run_plain(interp, loader.construct_scalar, (node,), {})
        return run_plain(interp, loader.construct_object, (node, True), {})

    return Native(f"yaml.Loader.{name}", call)


def _mapping(loader: PlainLoader, node: Any) -> dict[Any, Any]:
    loader.flatten_mapping(node)
    found = loader.construct_mapping(node, True)
    return dict(found)


LOADER_VIEW = make_class(
    "Loader",
    "yaml.Loader",
    (),
    {n: _construct(n) for n in ("construct_sequence", "construct_mapping", "construct_scalar", "construct_object")},
)


# --- loader classes that users register constructors with ------------------------------------------------------------


def _registry(cls: Value) -> dict[str, Value]:
    """The constructors of a loader class, its ancestors' too."""
    found: dict[str, Value] = {}
    if isinstance(cls, ClassValue):
        for base in reversed(cls.mro):
            found.update(base.namespace.get("__constructors__", {}))
    return found


def _add(interp: Interpreter, cls: ClassValue, tag: Value, function: Value, multi: bool) -> None:
    tag = lower(tag)
    if cls.module is None:
        interp.mark_stateful()
        registry: dict[str, Value] = interp.state.setdefault("yaml constructors", {}).setdefault(cls.name, {})
    else:
        registry = cls.namespace.setdefault("__constructors__", {})
    registry[f"multi:{tag}" if multi else str(tag)] = function


def _add_constructor(multi: bool) -> ClassMember:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        given = dict(zip(("tag", "constructor"), args[1:], strict=False)) | kwargs
        function = given.get("constructor", given.get("multi_constructor"))
        _add(interp, args[0], given.get("tag", given.get("tag_prefix")), function, multi)
        return None

    return ClassMember("classmethod", Native("yaml.add_constructor", call))


_LOADER_NAMES: dict[str, Value] = {
    "add_constructor": _add_constructor(False),
    "add_multi_constructor": _add_constructor(True),
    "add_implicit_resolver": ClassMember("classmethod", Native("add_implicit_resolver", lambda i, a, k, s: None)),
}
BASE_LOADER = make_class("BaseLoader", "yaml.BaseLoader", (LOADER_VIEW,), dict(_LOADER_NAMES))
SAFE_LOADER = make_class("SafeLoader", "yaml.SafeLoader", (LOADER_VIEW,), dict(_LOADER_NAMES))
FULL_LOADER = make_class("FullLoader", "yaml.FullLoader", (SAFE_LOADER,))
LOADERS = {
    "SafeLoader": SAFE_LOADER, "CSafeLoader": SAFE_LOADER, "FullLoader": FULL_LOADER, "CFullLoader": FULL_LOADER,
    "Loader": FULL_LOADER, "CLoader": FULL_LOADER, "UnsafeLoader": FULL_LOADER, "BaseLoader": BASE_LOADER,
}  # fmt: skip


def constructors_of(interp: Interpreter, cls: Value) -> dict[str, Value]:
    """All constructors that hold for a loader class in this DAG file."""
    found: dict[str, Value] = {}
    shared: dict[str, dict[str, Value]] = interp.state.get("yaml constructors", {})
    if isinstance(cls, ClassValue):
        for base in reversed(cls.mro):
            found.update(shared.get(base.name, {}))
    found.update(_registry(cls))
    return found


def documents(interp: Interpreter, text: Value, loader: Value, site: Any) -> list[Value] | Unknown:
    """All documents of a YAML text. Raises yaml.YAMLError of user code."""
    if isinstance(text, NOT_KNOWN):
        return interp.unknown("`yaml.load` was given a text that is not known", site, text)
    if not isinstance(text, str | bytes):
        return unknown_because(interp, "yaml.load", text, site)
    interp.meter.check_text(len(text))
    if isinstance(text, bytes) and not text:
        return []
    parser = PlainLoader(text, interp, site, constructors_of(interp, loader))
    try:
        return list(_all(parser, interp))
    except yaml.YAMLError as error:
        raise interp.raised(yaml_error(interp), " ".join(str(error).split())) from None
    except (RecursionError, ValueError, TypeError, OverflowError, AttributeError) as error:
        raise interp.raised(yaml_error(interp), str(error)) from None
    finally:
        parser.dispose()


def _all(parser: Any, interp: Interpreter) -> Iterator[Any]:
    while parser.check_data():
        interp.meter.step()
        yield parser.get_data()


def yaml_error(interp: Interpreter) -> ClassValue:
    """The class yaml.YAMLError."""
    module = interp.import_module("yaml")
    assert not isinstance(module, Unknown)
    cls: ClassValue = module.attrs["YAMLError"]
    return cls


def _loader(safe: bool, many: bool) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        source = args[0] if args else kwargs.get("stream", kwargs.get("stream_or_str"))
        cls: Value = SAFE_LOADER if safe else kwargs.get("Loader", args[1] if len(args) > 1 else FULL_LOADER)
        found = documents(interp, content_of(interp, "yaml.load", source, site), cls, site)
        if isinstance(found, Unknown):
            return found
        if many:
            return Stream(iter(found))
        if len(found) > 1:
            raise interp.raised(yaml_error(interp), "expected a single document in the stream")
        return found[0] if found else None

    return Native("yaml.load", call)


# --- writing ------------------------------------------------------------------------------------------------------


class _PlainDumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return isinstance(data, Hashable) and super().ignore_aliases(data)


_OPTIONS = ("default_flow_style", "indent", "sort_keys", "width", "explicit_start", "allow_unicode", "default_style")


def _dump(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    value = lower(args[0] if args else kwargs.get("data"))
    part = first_modelled(value)
    if part is not MISSING:
        return unknown_because(interp, "yaml.dump", part, site)
    options = {
        k: lower(v) for k, v in kwargs.items() if k in _OPTIONS and isinstance(lower(v), str | int | bool | None)
    }
    text = run_plain(interp, yaml.dump, (value,), {**options, "Dumper": _PlainDumper})
    interp.meter.check_text(len(text))
    target = args[1] if len(args) > 1 else kwargs.get("stream")
    if target is not None and stream_of(target) is not None:
        interp.call(interp.getattr(target, "write"), [text])
        return None
    return text


def _add_global(multi: bool) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        given = dict(zip(("tag", "constructor", "Loader"), args, strict=False)) | kwargs
        cls = given.get("Loader")
        for one in (cls,) if isinstance(cls, ClassValue) else (FULL_LOADER, SAFE_LOADER):
            _add(interp, one, given.get("tag", given.get("tag_prefix")), given.get("constructor"), multi)
        return None

    return Native("yaml.add_constructor", call)


@overlay(
    "yaml",
    "yaml.loader",
    "yaml.constructor",
    "yaml.nodes",
    "yaml.scanner",
    "yaml.parser",
    "yaml.error",
    "oyaml",
    "yamlloader",
)
def yaml_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """PyYAML."""
    error = make_class("YAMLError", "yaml.YAMLError", (interp.error("Exception").value.cls,))
    errors = {
        n: make_class(n, f"yaml.{n}", (error,))
        for n in ("MarkedYAMLError", "ScannerError", "ParserError", "ConstructorError")
    }
    nodes = {c.name: c for c in (NODE, SCALAR_NODE, SEQUENCE_NODE, MAPPING_NODE)}
    attrs: dict[str, Value] = {
        **LOADERS,
        **nodes,
        **errors,
        "YAMLError": error,
        "safe_load": _loader(True, False),
        "load": _loader(False, False),
        "full_load": _loader(False, False),
        "unsafe_load": _loader(False, False),
        "safe_load_all": _loader(True, True),
        "load_all": _loader(False, True),
        "full_load_all": _loader(False, True),
        "dump": Native("yaml.dump", _dump),
        "safe_dump": Native("yaml.safe_dump", _dump),
        "add_constructor": _add_global(False),
        "add_multi_constructor": _add_global(True),
        "add_representer": Native("yaml.add_representer", lambda i, a, k, s: None),
        "add_implicit_resolver": Native("yaml.add_implicit_resolver", lambda i, a, k, s: None),
        "SafeDumper": make_class("SafeDumper", "yaml.SafeDumper"),
        "Dumper": make_class("Dumper", "yaml.Dumper"),
        "YAMLObject": make_class("YAMLObject", "yaml.YAMLObject"),
    }
    if name == "yaml":
        for sub in ("loader", "constructor", "nodes", "scanner", "parser", "error"):
            attrs[sub] = interp.import_module(f"yaml.{sub}")
    return attrs


# --- ruamel.yaml --------------------------------------------------------------------------------------------------


def _ruamel_load(many: bool) -> Native:
    inner = _loader(True, many)

    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        source = args[1]
        from parsers.airflow.overlays.pathlib_module import PATH

        if interp.class_of(source) is PATH:
            source = interp.call(interp.getattr(source, "read_text"), [])
        return inner.call(interp, [source], {}, site)

    return Native("ruamel.yaml.YAML.load", call)


RUAMEL = make_class(
    "YAML",
    "ruamel.yaml.YAML",
    (),
    {
        "__init__": Native("YAML.__init__", lambda i, a, k, s: None),
        "load": _ruamel_load(False),
        "load_all": _ruamel_load(True),
        "dump": Native("YAML.dump", lambda i, a, k, s: _dump(i, a[1:], {}, s)),
    },
)


@overlay("ruamel.yaml", "ruamel_yaml", "strictyaml")
def ruamel_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """ruamel.yaml, read as PyYAML reads."""
    return {
        "YAML": RUAMEL,
        "safe_load": _loader(True, False),
        "load": _loader(False, False),
        "round_trip_load": _loader(True, False),
    }
