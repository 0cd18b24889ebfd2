"""jinja2: templates rendered while the file is read (not those of operators, which run when the task does)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2

from parsers.airflow.evaluator.values import ClassValue, Instance, ModuleValue, Native, Unknown, Value
from parsers.airflow.overlays.jinja_sandbox import (
    Account,
    BoundedEnvironment,
    NeedsValue,
    OutOfBudget,
    SecurityError,
    render,
)
from parsers.airflow.overlays.plain import NOT_KNOWN, Arguments, first_argument, lower, unknown_because
from parsers.airflow.overlays.readable import path_text, read_text, resolve
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

_OPTIONS = (
    "block_start_string", "block_end_string", "variable_start_string", "variable_end_string", "comment_start_string",
    "comment_end_string", "line_statement_prefix", "line_comment_prefix", "trim_blocks", "lstrip_blocks",
    "newline_sequence", "keep_trailing_newline",
)  # fmt: skip
_UNDEFINED = {
    "StrictUndefined": jinja2.StrictUndefined, "DebugUndefined": jinja2.DebugUndefined,
    "ChainableUndefined": jinja2.ChainableUndefined, "Undefined": jinja2.Undefined,
}  # fmt: skip
UNDEFINED = {n: make_class(n, f"jinja2.{n}") for n in _UNDEFINED}


class _Sources(jinja2.BaseLoader):
    """Finds templates where the evaluated program's loader would; reads inside the roots only."""

    def __init__(self, interp: Interpreter, loader: Value, site: Any) -> None:
        self.interp = interp
        self.loader = loader
        self.site = site

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Any]:
        """The text of a template. Raises TemplateNotFound; NeedsValue when it cannot be known."""
        found = find_source(self.interp, self.loader, template, self.site)
        if found is None:
            raise jinja2.TemplateNotFound(template)
        if not isinstance(found, str):
            raise NeedsValue(found)
        return found, template, lambda: True


def find_source(interp: Interpreter, loader: Value, name: str, site: Any) -> Value:
    """The text of template `name` from a loader value: text, None when it has none, or an Unknown."""
    if not isinstance(loader, Instance):
        return interp.unknown(
            "the templates' loader is not modelled", site, loader if isinstance(loader, NOT_KNOWN) else None
        )
    kind, data = loader.cls.name, loader.attrs
    if kind == "DictLoader":
        return lower(lower(data["mapping"]).get(name))
    if kind == "ChoiceLoader":
        for inner in interp.items(data["loaders"]):
            found = find_source(interp, inner, name, site)
            if found is not None:
                return found
        return None
    if kind == "FunctionLoader":
        made = interp.call(data["load_func"], [name])
        return made[0] if isinstance(made, tuple) else made
    if ".." in name.split("/"):
        return None
    for folder in data["folders"]:
        if isinstance(folder, NOT_KNOWN):
            return interp.unknown("the folder of templates is not known", site, folder)
        path = f"{folder}/{name}"
        found = resolve(interp, "jinja2", path, site)
        if isinstance(found, Unknown):
            return found
        if isinstance(found, Path) and found.is_file():
            return read_text(interp, "jinja2", path, site)
    return None


def _file_loader_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    given = args[1] if len(args) > 1 else kwargs.get("searchpath")
    folders = interp.items(given) if isinstance(given, list | tuple) else [given]
    args[0].attrs["folders"] = [path_text(interp, f) or f for f in folders]
    args[0].attrs["searchpath"] = list(args[0].attrs["folders"])
    return None


def _package_loader_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    bound = Arguments(interp, "PackageLoader", args[1:], kwargs, "package_name package_path encoding")
    name, path = lower(bound.need("package_name")), lower(bound.get("package_path", "templates"))
    module = interp.import_module(name) if isinstance(name, str) else None
    folder: Value = interp.unknown("the package of templates is not the user's own", site)
    if isinstance(module, ModuleValue) and module.parsed is not None:
        folder = f"{interp.files.virtual(module.parsed.file.path.parent)}/{path}"
    args[0].attrs["folders"] = [folder]
    return None


def _keeping(name: str) -> Native:
    def init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        args[0].attrs[name] = args[1] if len(args) > 1 else kwargs.get(name)
        return None

    return Native(f"{name}.__init__", init)


BASE_LOADER = make_class("BaseLoader", "jinja2.BaseLoader")
LOADERS = {
    "FileSystemLoader": Native("FileSystemLoader.__init__", _file_loader_init),
    "PackageLoader": Native("PackageLoader.__init__", _package_loader_init),
    "DictLoader": _keeping("mapping"),
    "ChoiceLoader": _keeping("loaders"),
    "FunctionLoader": _keeping("load_func"),
}
LOADER_CLASSES = {n: make_class(n, f"jinja2.{n}", (BASE_LOADER,), {"__init__": f}) for n, f in LOADERS.items()}


def _environment_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    environment = args[0]
    environment.attrs.update(
        {"filters": {}, "globals": {}, "tests": {}, "loader": kwargs.get("loader"), "options": dict(kwargs)}
    )
    return None


def environment_of(interp: Interpreter, options: dict[str, Value]) -> Instance:
    """A fresh Environment value."""
    instance = Instance(ENVIRONMENT)
    _environment_init(interp, [instance], options, None)
    return instance


def _from_string(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    source = lower(args[1] if len(args) > 1 else kwargs.get("source"))
    names = args[2] if len(args) > 2 else kwargs.get("globals")
    return Instance(TEMPLATE, {"environment": args[0], "source": source, "name": None, "globals": names or {}})


def _get_template(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    environment, name = args[0], lower(args[1] if len(args) > 1 else kwargs.get("name"))
    if not isinstance(name, str):
        name = path_text(interp, name)
    if name is None:
        return unknown_because(interp, "get_template", args[1], site)
    source = find_source(interp, environment.attrs["loader"], name, site)
    if source is None:
        raise interp.raised(_error(interp, "TemplateNotFound"), name)
    if not isinstance(source, str):
        return source
    return Instance(TEMPLATE, {"environment": environment, "source": source, "name": name, "globals": {}})


def _error(interp: Interpreter, name: str) -> ClassValue:
    module = interp.import_module("jinja2")
    assert not isinstance(module, Unknown)
    cls: ClassValue = module.attrs[name]
    return cls


def _list_templates(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    from parsers.airflow.overlays.pathlib_module import PATH

    loader = args[0].attrs["loader"]
    if not isinstance(loader, Instance) or "folders" not in loader.attrs:
        return interp.unknown("the templates of a loader", site)
    found: list[Value] = []
    for folder in loader.attrs["folders"]:
        base = interp.call(PATH, [folder])
        for path in interp.items(interp.call(interp.getattr(base, "rglob"), ["*"])):
            if interp.truth(interp.call(interp.getattr(path, "is_file"), [])):
                found.append(str(path.relative_to(base)))
    return sorted(found)


def _jinja_options(environment: Instance) -> dict[str, Any]:
    given = environment.attrs["options"]
    options: dict[str, Any] = {k: lower(given[k]) for k in _OPTIONS if k in given}
    undefined = given.get("undefined")
    if isinstance(undefined, ClassValue) and undefined.name in _UNDEFINED:
        options["undefined"] = _UNDEFINED[undefined.name]
    extensions = lower(given.get("extensions", []))
    known = ("jinja2.ext.do", "jinja2.ext.loopcontrols")
    options["extensions"] = [e for e in extensions if e in known] if isinstance(extensions, list | tuple) else []
    return options


def _wrapped(account: Account, function: Value) -> Any:
    def call(*args: Any, **kwargs: Any) -> Any:
        given = [BoundedEnvironment._back(a) for a in args]
        named = {k: BoundedEnvironment._back(v) for k, v in kwargs.items()}
        return account.visible(account.interp.call(function, given, named))

    return call


def _rendered(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    template = args[0]
    environment, source = template.attrs["environment"], template.attrs["source"]
    if not isinstance(source, str):
        return unknown_because(interp, "Template.render", source, site)
    names = interp.dictionary(args[1:], kwargs, site)
    for value in names.values():
        interp.meter.weigh(value)
    account = Account(interp)

    def prepare(real: BoundedEnvironment) -> None:
        real.loader = _Sources(interp, environment.attrs["loader"], site)
        for name, function in environment.attrs["filters"].items():
            real.filters[name] = real._bounded_filter(name, _wrapped(account, function))
        for name, function in environment.attrs["tests"].items():
            real.tests[name] = _wrapped(account, function)
        for name, value in {**environment.attrs["globals"], **template.attrs["globals"]}.items():
            real.globals[name] = account.visible(value)

    try:
        text = render(account, lambda real: real.from_string(source), _jinja_options(environment), names, prepare)
    except OutOfBudget:
        return interp.unknown("rendering the template takes too much", site)
    except NeedsValue as error:
        return interp.unknown("the template depends on a value that is not known", site, error.value)
    except (jinja2.UndefinedError, SecurityError) as error:
        raise interp.raised(_error(interp, "UndefinedError"), str(error)) from None
    except jinja2.TemplateNotFound as error:
        raise interp.raised(_error(interp, "TemplateNotFound"), str(error)) from None
    except jinja2.TemplateError as error:
        raise interp.raised(_error(interp, "TemplateSyntaxError"), str(error)) from None
    except (RecursionError, MemoryError):
        return interp.unknown("rendering the template takes too much", site)
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise interp.error("ValueError", str(error)) from None
    return joined(interp, text, account, site)


def joined(interp: Interpreter, text: str, account: Account, site: Any) -> Value:
    """The rendered text with its marks replaced by the symbolic values."""
    if not account.marks:
        return text
    total: Value = ""
    position = 0
    by_text = {mark.text: mark for mark in account.marks}
    while True:
        start = text.find("\ue100", position)
        if start < 0:
            break
        end = text.index("\ue101", start) + 1
        total = interp.binary("+", total, text[position:start], site)
        total = interp.binary("+", total, interp.text(by_text[text[start:end]].value), site)
        position = end
    return interp.binary("+", total, text[position:], site)


TEMPLATE = make_class("Template", "jinja2.Template", (), {"render": Native("Template.render", _rendered)})


def _template_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    source = lower(args[1] if len(args) > 1 else kwargs.pop("source", None))
    environment = environment_of(interp, kwargs)
    args[0].attrs.update({"environment": environment, "source": source, "name": None, "globals": {}})
    return None


TEMPLATE.namespace["__init__"] = Native("Template.__init__", _template_init)
ENVIRONMENT = make_class(
    "Environment",
    "jinja2.Environment",
    (),
    {
        "__init__": Native("Environment.__init__", _environment_init),
        "from_string": Native("Environment.from_string", _from_string),
        "get_template": Native("Environment.get_template", _get_template),
        "select_template": Native(
            "Environment.select_template", lambda i, a, k, s: _get_template(i, [a[0], a[1][0]], k, s)
        ),
        "list_templates": Native("Environment.list_templates", _list_templates),
        "add_extension": Native("Environment.add_extension", lambda i, a, k, s: None),
    },
)


@overlay("jinja2", "jinja2.sandbox", "jinja2.nativetypes", "jinja2.exceptions", "jinja2.loaders", "jinja2.environment")
def jinja_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """jinja2."""
    base = make_class("TemplateError", "jinja2.TemplateError", (interp.error("Exception").value.cls,))
    errors = ("TemplateNotFound", "UndefinedError", "TemplateSyntaxError", "TemplateRuntimeError", "TemplatesNotFound")
    return {
        "Environment": ENVIRONMENT,
        "SandboxedEnvironment": ENVIRONMENT,
        "Template": TEMPLATE,
        "BaseLoader": BASE_LOADER,
        **LOADER_CLASSES,
        **UNDEFINED,
        "TemplateError": base,
        **{n: make_class(n, f"jinja2.{n}", (base,)) for n in errors},
        "select_autoescape": Native("jinja2.select_autoescape", lambda i, a, k, s: None),
        **{n: first_argument(f"jinja2.{n}") for n in ("pass_context", "pass_environment", "contextfilter")},
    }
