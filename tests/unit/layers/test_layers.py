"""The import rules of docs/architecture.md, read from the sources; and that user code can never be run."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LOW = (
    "migrate.source",
    "migrate.diagnostics",
    "migrate.ir",
    "migrate.config",
    "migrate.names",
    "migrate.output",
    "migrate.secrets",
)
HIGH = ("migrate.pipeline", "migrate.cli", "migrate.inspection", "migrate.frontends", "migrate.trace")
BANNED_CALLS = {"eval", "exec", "__import__"}
BANNED_MODULES = {"runpy", "pickle", "subprocess", "imp", "marshal", "shelve"}
OWN_PACKAGES = {"migrate/diagnostics/registry.py", "parsers/airflow/catalog.py", "parsers/digdag/catalog.py"}


def modules(package: str) -> list[Path]:
    return sorted(p for p in (ROOT / package).rglob("*.py") if "runtime" not in p.parts)


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def under(names: set[str], *prefixes: str) -> set[str]:
    return {n for n in names if any(n == p or n.startswith(p + ".") for p in prefixes)}


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        ("parsers", ("emitters", *HIGH)),
        ("emitters", ("parsers", *HIGH)),
        ("parsers/airflow", ("parsers.digdag",)),
        ("parsers/digdag", ("parsers.airflow",)),
        ("migrate/ir", ("parsers", "emitters", *HIGH)),
        ("migrate/diagnostics", ("parsers", "emitters", *HIGH)),
        ("emitters/argo", ("emitters.report",)),
        ("emitters/report", ("emitters.argo",)),
    ],
)
def test_layers_do_not_look_up(package: str, forbidden: tuple[str, ...]) -> None:
    wrong = {str(p.relative_to(ROOT)): under(imports(p), *forbidden) for p in modules(package)}
    assert {path: names for path, names in wrong.items() if names} == {}


@pytest.mark.parametrize("package", ["migrate", "parsers", "emitters"])
def test_user_code_is_never_executed(package: str) -> None:
    wrong = []
    for path in modules(package):
        name = path.relative_to(ROOT).as_posix()
        if under(imports(path), *BANNED_MODULES):
            wrong.append(f"{name}: imports {under(imports(path), *BANNED_MODULES)}")
        if under(imports(path), "importlib.import_module") and name not in OWN_PACKAGES:
            wrong.append(f"{name}: importlib")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BANNED_CALLS:
                wrong.append(f"{name}:{node.lineno}: {node.func.id}")
    assert wrong == []


def test_no_module_of_a_package_can_be_run_with_dash_m() -> None:
    assert [p for package in ("migrate", "parsers", "emitters") for p in (ROOT / package).rglob("__main__.py")] == []


def test_migrate_itself_holds_the_version_only() -> None:
    tree = ast.parse((ROOT / "migrate" / "__init__.py").read_text(encoding="utf-8"))
    assert not imports(ROOT / "migrate" / "__init__.py")
    assert any(isinstance(node, ast.Assign) for node in tree.body)
