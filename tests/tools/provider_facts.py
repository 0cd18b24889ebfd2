"""Writes `parsers/airflow/operators/providers.json`: where provider classes are, their fields and connections.

    uv venv /tmp/p && uv pip install --no-deps --python /tmp/p/bin/python apache-airflow-providers-amazon ...
    python tests/tools/provider_facts.py /tmp/p/lib/python3.*/site-packages > parsers/airflow/operators/providers.json

Reads names and defaults with `ast`; nothing is imported.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any

_CALLS = {"aws_template_fields": ("aws_conn_id", "region_name", "verify")}


def main(folders: list[str]) -> None:
    """Prints the facts of the provider packages below `folders`."""
    classes: dict[str, tuple[str, ast.ClassDef]] = {}
    constants: dict[str, str] = {}
    for folder in folders:
        for path in sorted(Path(folder).glob("airflow/providers/**/*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            if not {"operators", "sensors", "transfers", "hooks"} & set(parts):
                continue
            _collect(path, ".".join(parts), classes, constants)
    out = {name: _facts(name, classes, constants) for name in sorted(classes) if _is_task(name, classes)}
    print("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in out.items()) + "\n}")


def _collect(path: Path, module: str, classes: dict[str, tuple[str, ast.ClassDef]], constants: dict[str, str]) -> None:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            classes.setdefault(node.name, (module, node))
            for item in node.body:
                value = getattr(item, "value", None)
                if isinstance(item, ast.Assign | ast.AnnAssign) and isinstance(value, ast.Constant):
                    target = item.targets[0] if isinstance(item, ast.Assign) else item.target
                    if isinstance(target, ast.Name) and isinstance(value.value, str):
                        constants[f"{node.name}.{target.id}"] = value.value
        elif (
            isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        ):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    constants[target.id] = node.value.value


def _bases(name: str, classes: dict[str, tuple[str, ast.ClassDef]]) -> list[str]:
    found = []
    for base in classes[name][1].bases:
        node = base.value if isinstance(base, ast.Subscript) else base
        found.append(ast.unparse(node).rpartition(".")[2])
    return found


def _is_task(name: str, classes: dict[str, tuple[str, ast.ClassDef]], depth: int = 0) -> bool:
    if name.startswith("_") or ".hooks" in classes[name][0] or depth > 8:
        return False
    bases = _bases(name, classes)
    return any(b in ("BaseOperator", "BaseSensorOperator") for b in bases) or any(
        b in classes and b != name and _below(b, classes, depth + 1) for b in bases
    )


def _below(name: str, classes: dict[str, tuple[str, ast.ClassDef]], depth: int) -> bool:
    if depth > 8:
        return False
    bases = _bases(name, classes)
    return any(b in ("BaseOperator", "BaseSensorOperator") for b in bases) or any(
        b in classes and b != name and _below(b, classes, depth + 1) for b in bases
    )


def _facts(name: str, classes: dict[str, tuple[str, ast.ClassDef]], constants: dict[str, str]) -> dict[str, Any]:
    return {
        "module": classes[name][0],
        "fields": sorted(_fields(name, classes, 0)),
        "connections": _connections(name, classes, constants, 0),
    }


def _fields(name: str, classes: dict[str, tuple[str, ast.ClassDef]], depth: int) -> set[str]:
    for item in classes[name][1].body:
        target = item.targets[0] if isinstance(item, ast.Assign) else getattr(item, "target", None)
        if isinstance(target, ast.Name) and target.id == "template_fields" and getattr(item, "value", None):
            return _names(item.value, classes, depth)  # type: ignore[attr-defined]
    for base in _bases(name, classes):
        if base in classes and base != name and depth < 8:
            return _fields(base, classes, depth + 1)
    return set()


def _names(node: ast.expr, classes: dict[str, tuple[str, ast.ClassDef]], depth: int) -> set[str]:
    found: set[str] = set()
    for item in ast.walk(node):
        if isinstance(item, ast.Constant) and isinstance(item.value, str):
            found.add(item.value)
        elif isinstance(item, ast.Call) and isinstance(item.func, ast.Name):
            found.update(_CALLS.get(item.func.id, ()))
        elif isinstance(item, ast.Attribute) and item.attr == "template_fields":
            owner = ast.unparse(item.value)
            found |= _fields(owner, classes, depth + 1) if owner in classes and depth < 8 else set()
    return found


def _connections(
    name: str, classes: dict[str, tuple[str, ast.ClassDef]], constants: dict[str, str], depth: int
) -> dict[str, str]:
    found: dict[str, str] = {}
    for base in reversed(_bases(name, classes)):
        if base in classes and base != name and depth < 8:
            found |= _connections(base, classes, constants, depth + 1)
    init = next((n for n in classes[name][1].body if isinstance(n, ast.FunctionDef) and n.name == "__init__"), None)
    if init is None:
        return found
    names = [a.arg for a in [*init.args.posonlyargs, *init.args.args]]
    pairs = list(zip(names[len(names) - len(init.args.defaults) :], init.args.defaults, strict=True))
    pairs += [(a.arg, d) for a, d in zip(init.args.kwonlyargs, init.args.kw_defaults, strict=True) if d is not None]
    for argument, default in pairs:
        if argument.endswith("conn_id"):
            value = default.value if isinstance(default, ast.Constant) else constants.get(ast.unparse(default))
            if isinstance(value, str):
                found[argument] = value
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
