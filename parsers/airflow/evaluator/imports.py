"""`import` statements and the modules they give."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import libcst as cst

from migrate.diagnostics.evaluation import ImportMissing
from parsers.airflow.evaluator.scope import MISSING, Scope
from parsers.airflow.evaluator.values import ModuleValue, Unknown, Value
from parsers.airflow.overlays import registry

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter
    from parsers.airflow.modules import Found


def dotted(node: cst.BaseExpression | None) -> str:
    """The text of a dotted name."""
    if node is None:
        return ""
    if isinstance(node, cst.Attribute):
        return f"{dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""


def import_names(interp: Interpreter, node: cst.Import, scope: Scope) -> None:
    """`import a.b, c as d`."""
    for alias in node.names:
        name = dotted(alias.name)
        module = import_module(interp, name, node)
        if isinstance(module, Unknown):
            _missing(interp, name, node)
        if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
            interp.bind_name(scope, alias.asname.name.value, module)
        else:
            top = name.partition(".")[0]
            interp.bind_name(scope, top, module if top == name else import_module(interp, top, node))


def import_from(interp: Interpreter, node: cst.ImportFrom, scope: Scope) -> None:
    """`from a.b import c as d`, relative ones and `*` too."""
    name = absolute_name(interp, node)
    if name == "__future__":
        return
    module = import_module(interp, name, node)
    if isinstance(module, Unknown):
        _missing(interp, name, node)
    if isinstance(node.names, cst.ImportStar):
        _star(interp, module, scope)
        return
    for alias in node.names:
        attribute = dotted(alias.name)
        value = import_attribute(interp, module, attribute, node)
        target = alias.asname.name if alias.asname is not None else alias.name
        interp.bind_name(scope, dotted(target), value)


def absolute_name(interp: Interpreter, node: cst.ImportFrom) -> str:
    """The full module name of a `from` import."""
    name = dotted(node.module)
    level = len(node.relative)
    if not level:
        return name
    package = interp.frame.module.package or interp.frame.module.home
    for _ in range(level - 1):
        package = package.rpartition(".")[0]
    return ".".join(part for part in (package, name) if part)


def import_attribute(interp: Interpreter, module: Value, name: str, node: cst.CSTNode) -> Value:
    """`from module import name`."""
    value = interp.getattr(module, name, node, None if isinstance(module, Unknown) else MISSING_ATTRIBUTE)
    absent = isinstance(value, Unknown) and isinstance(module, ModuleValue) and name not in module.attrs
    absent = absent and "__getattr__" not in module.attrs
    if value is not MISSING_ATTRIBUTE and not absent:
        return value
    full = f"{module.name}.{name}" if module.name else name
    submodule = import_module(interp, full, node)
    if not isinstance(submodule, Unknown):
        return submodule
    _missing(interp, full, node, own=module.parsed is not None)
    return value if absent else submodule


MISSING_ATTRIBUTE: Any = type("MissingAttribute", (), {})()


def _missing(interp: Interpreter, name: str, node: cst.CSTNode, own: bool = False) -> None:
    """A module or name that nothing answers for. Raises ImportError where the program has a fallback that does resolve;
    reports it when it should have been the user's own."""
    if _fallback_resolves(interp):
        raise interp.error("ImportError", f"No module named '{name}'")
    relative = isinstance(node, cst.ImportFrom) and bool(node.relative)
    if relative and _catches_import_error(interp):
        raise interp.error("ModuleNotFoundError", f"No module named '{name}'")
    if relative or (interp.loader.is_own(name.partition(".")[0]) and (own or "." in name)):
        interp.report(ImportMissing(span=interp.span(node), name=name))


def _catches_import_error(interp: Interpreter) -> bool:
    """Whether the program itself handles a module of its own that is not there."""
    for node in interp.frame.trying:
        for handler in getattr(node, "handlers", ()):
            kind = handler.type
            elements = [e.value for e in kind.elements] if isinstance(kind, cst.Tuple) else [kind]
            if kind is None or any(dotted(e).rpartition(".")[2] in _IMPORT_ERRORS for e in elements):
                return True
    return False


_IMPORT_ERRORS = frozenset(("ImportError", "ModuleNotFoundError", "Exception"))


def _fallback_resolves(interp: Interpreter) -> bool:
    frame = interp.frame
    if not frame.trying:
        return False
    node = frame.trying[-1]
    for handler in getattr(node, "handlers", ()):
        kind = handler.type
        elements = [e.value for e in kind.elements] if isinstance(kind, cst.Tuple) else [kind]
        if kind is not None and not any(dotted(e).rpartition(".")[2] in _IMPORT_ERRORS for e in elements):
            continue
        if _body_resolves(interp, handler.body):
            return True
    return False


def _body_resolves(interp: Interpreter, body: cst.BaseSuite) -> bool:
    """Whether a handler does something useful without the module: imports what is there, or binds known names."""
    useful = False
    for statement in body.body:
        for small in statement.body if isinstance(statement, cst.SimpleStatementLine) else (statement,):
            if isinstance(small, cst.ImportFrom):
                if not resolvable(interp, absolute_name(interp, small)):
                    return False
                useful = True
            elif isinstance(small, cst.Import):
                if not all(resolvable(interp, dotted(a.name)) for a in small.names):
                    return False
                useful = True
    return useful


def resolvable(interp: Interpreter, name: str) -> bool:
    """Whether an import of this name gives a module."""
    if interp.overlay_modules.get(name) is not None:
        return True
    if registry.find(name) is not None:
        return overlay_module(interp, name) is not None
    return interp.loader.find(name, interp.frame.module.file.path) is not None


def _star(interp: Interpreter, module: Value, scope: Scope) -> None:
    if isinstance(module, Unknown):
        scope.globals().names.setdefault("__unknown_stars__", []).append(module)
        return
    names = module.attrs
    exported = names.get("__all__")
    if isinstance(exported, list | tuple):
        for name in exported:
            if isinstance(name, str):
                interp.bind_name(
                    scope,
                    name,
                    import_attribute(interp, module, name, interp.frame.statement or interp.frame.module.tree),
                )
        return
    for name, value in list(names.items()):
        if not name.startswith("_"):
            interp.bind_name(scope, name, value)
    if isinstance(module, ModuleValue) and module.fallback is not None:
        scope.globals().names.setdefault("__modelled_stars__", []).append(module)
    if "__modelled_stars__" in names:
        scope.globals().names.setdefault("__modelled_stars__", []).extend(names["__modelled_stars__"])
    scope.globals().names.setdefault("__unknown_stars__", []).extend(names.get("__unknown_stars__", ()))


def overlay_module(interp: Interpreter, name: str) -> ModuleValue | None:
    """The modelled module of that name."""
    known = interp.overlay_modules.get(name, MISSING)
    if known is not MISSING:
        return known  # type: ignore[no-any-return]
    maker = registry.find(name)
    made: Any = maker(interp, name) if maker is not None else _package(interp, name)
    if isinstance(made, dict):
        made = ModuleValue(name, made)
    interp.overlay_modules[name] = made
    return made  # type: ignore[no-any-return]


def _package(interp: Interpreter, name: str) -> ModuleValue | None:
    """A package of the standard library of which only submodules are modelled (`urllib`); None for any other name."""
    if name not in sys.stdlib_module_names or not any(known.startswith(f"{name}.") for known in registry.MODULES):
        return None

    def fallback(attribute: str) -> Value:
        full = f"{name}.{attribute}"
        found = overlay_module(interp, full) if registry.find(full) is not None else None
        return MISSING if found is None else found

    return ModuleValue(name, {}, fallback)


def import_module(interp: Interpreter, name: str, site: cst.CSTNode | None = None) -> ModuleValue | Unknown:
    """The module: an overlay's, the user's own, or an Unknown for a third party's."""
    modelled = overlay_module(interp, name)
    if modelled is not None:
        _attach(interp, name, modelled)
        return modelled
    near = interp.frame.module.file.path
    found = interp.loader.find(name, near)
    if found is None:
        if overlay_module(interp, name.partition(".")[0]) is not None:
            why = f"`{name}` is not modelled"
        else:
            why = f"`{name}` is a third-party module"
        return interp.unknown(why, site, path=name)
    parent = name.rpartition(".")[0]
    if parent:
        import_module(interp, parent, site)
    module = _load(interp, found, site)
    if isinstance(module, ModuleValue):
        _attach(interp, name, module)
    return module


def _attach(interp: Interpreter, name: str, module: ModuleValue) -> None:
    """Makes a submodule an attribute of its package."""
    parent, _, last = name.rpartition(".")
    if not parent:
        return
    package = interp.known_module(parent)
    if package is not None and last not in package.attrs:
        package.attrs[last] = module


def _load(interp: Interpreter, found: Found, site: cst.CSTNode | None) -> ModuleValue | Unknown:
    if found.path is None:
        known = interp.namespaces.get((found.name, found.folder))
        if known is None:
            name = found.name

            def fallback(attribute: str) -> Value:
                full = f"{name}.{attribute}"
                if interp.loader.find(full, interp.frame.module.file.path) is not None:
                    return import_module(interp, full)
                return MISSING

            attrs: dict[str, Value] = {"__name__": name}
            if found.folder is not None:
                attrs["__path__"] = [interp.files.virtual(found.folder)]
            known = interp.namespaces[(found.name, found.folder)] = ModuleValue(name, attrs, fallback)
        return known
    module = interp.loader.load(found)
    interp.loader.note_import(interp.frame.module, module)
    if not hasattr(module, "tree"):
        interp.report(module.finding)
        return interp.unknown(f"`{found.name}` could not be read", site, path=found.name)
    return interp.run(module, site)  # type: ignore[arg-type]
