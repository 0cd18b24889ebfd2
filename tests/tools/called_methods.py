"""Which methods Airflow's operators call on themselves when they run: what a subclass may replace.

    python tests/tools/called_methods.py > parsers/airflow/called_methods.json

asks both Airflow environments of the oracles (`tests/oracle/tools.py`). With `--one` (and the import paths of operators as
JSON on standard input) it is the program that Airflow's own interpreter runs.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

STARTS = frozenset(
    [
        "execute",
        "poke",
        "pre_execute",
        "post_execute",
        "execute_complete",
        "resume_execution",
        "on_kill",
        "prepare_template",
        "render_template_fields",
        "resolve_template_files",
        "choose_branch",
    ]
)
"""What Airflow itself calls on a task's operator."""
HARMLESS = frozenset({"log", "dag", "dag_id", "get_dag", "has_dag", "get_direct_relative_ids", "task_group"})
"""Where the operator stands, not what it does."""


def methods_of(cls: type) -> dict[str, list[Callable[..., Any]]]:
    """All definitions of each method or property that a class has from Airflow, by name."""
    found: dict[str, list[Callable[..., Any]]] = {}
    for owner in cls.__mro__:
        if not owner.__module__.startswith("airflow"):
            continue
        for name, value in vars(owner).items():
            bare = getattr(value, "fget", None) or getattr(value, "__func__", None) or value
            bare = bare if inspect.isfunction(bare) else getattr(bare, "func", None)  # cached_property
            if inspect.isfunction(bare):
                found.setdefault(name, []).append(inspect.unwrap(bare))
    return found


def reads(function: Callable[..., Any]) -> set[str]:
    """Names that a method reads of its object or of `super()`."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError):
        return set()
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return {node.attr for node in found if ast.unparse(node.value) in ("self", "cls", "super()")}


def called(cls: type) -> set[str]:
    """Methods that are reached from what Airflow calls."""
    methods = methods_of(cls)
    waiting, found = [name for name in STARTS if name in methods], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(n for f in methods[name] for n in reads(f) if n in methods)
    return found - HARMLESS


def here(paths: list[str]) -> dict[str, list[str]]:
    """The methods of each importable operator, by the class's name."""
    found: dict[str, set[str]] = {}
    for path in paths:
        module, _, name = path.rpartition(".")
        try:
            cls = getattr(importlib.import_module(module), name)
        except Exception:  # a provider that this version cannot load raises what it likes
            continue
        if inspect.isclass(cls):
            found.setdefault(name, set()).update(called(cls))
    return {name: sorted(names) for name, names in found.items()}


def everywhere() -> dict[str, list[str]]:
    """What both generations of Airflow say about the mapped operators; `""`: what all of them have in common."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "oracle"))
    import tools

    from parsers.airflow.catalog import catalog

    bases = ["airflow.models.baseoperator.BaseOperator", "airflow.sdk.BaseOperator"]
    bases += ["airflow.sensors.base.BaseSensorOperator", "airflow.sdk.BaseSensorOperator"]
    paths = sorted({path for entry in catalog().entries() for path in entry.paths}) + bases
    found: dict[str, set[str]] = {}
    for generation in ("2.11", "3.1"):
        with tempfile.TemporaryDirectory() as home:
            done = subprocess.run(
                [str(tools.airflow(generation) / "python"), str(Path(__file__).resolve()), "--one"],
                input=json.dumps(paths), stdout=subprocess.PIPE, text=True, check=True, timeout=600,
                env={"AIRFLOW_HOME": home, "PATH": "/usr/bin:/bin"},
            )  # fmt: skip
        for name, names in json.loads(done.stdout.splitlines()[-1]).items():
            found.setdefault(name, set()).update(names)
    common = set.intersection(*found.values()) | STARTS
    return {"": sorted(common), **{name: sorted(found[name] - common) for name in sorted(found)}}


if __name__ == "__main__":
    if "--one" in sys.argv:
        print(json.dumps(here(json.load(sys.stdin))))
    else:
        print(json.dumps(everywhere(), indent=1))
