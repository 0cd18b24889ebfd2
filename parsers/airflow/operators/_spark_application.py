"""`spark-submit` arguments as a SparkApplication (`spark.mode = "operator"`; CRD `sparkoperator.k8s.io/v1beta2`)."""

from __future__ import annotations

import re
from typing import Any

from migrate.diagnostics.operators import SparkByOperator
from migrate.diagnostics.waits import FileOnWorker
from migrate.ir import exprs
from migrate.ir.actions import Resource
from migrate.ir.exprs import Expr
from parsers.airflow.arguments import Arguments
from parsers.airflow.operators._cli import items
from parsers.airflow.operators._common import EMPTY, constant_text, differs, dropped

_DEPS = {
    "jars": "jars", "packages": "packages", "exclude_packages": "excludePackages", "repositories": "repositories",
    "files": "files", "py_files": "pyFiles", "archives": "archives",
}  # fmt: skip
_KINDS = ((".py", "Python"), (".r", "R"))
_OTHER_WAYS = ("keytab", "principal", "properties_file", "driver_class_path", "total_executor_cores", "yarn_queue")
Place = tuple[str | int, ...]


class _Object:
    """A manifest that is filled place by place; values that only a run knows are kept beside it."""

    def __init__(self) -> None:
        self.manifest: dict[str, Any] = {}
        self.values: list[tuple[Place, Expr]] = []
        self.braces = False
        """A constant holds braces, which the engine would take for a tag."""

    def put(self, value: Expr, *place: str) -> None:
        """Sets one field; values of lists are put by `extend`."""
        at = self._parent(place)
        at[place[-1]] = self._plain(value, place)

    def extend(self, values: tuple[Expr, ...], *place: str) -> None:
        """Sets a list of texts."""
        if values:
            at = self._parent(place)
            at[place[-1]] = [self._plain(v, (*place, number)) for number, v in enumerate(values)]

    def environment(self, pairs: tuple[tuple[str, Expr], ...], *place: str) -> None:
        """Sets a list of environment variables."""
        if pairs:
            self._parent(place)[place[-1]] = [
                {"name": name, "value": self._plain(value, (*place, number, "value"))}
                for number, (name, value) in enumerate(pairs)
            ]

    def _parent(self, place: Place) -> dict[str, Any]:
        at = self.manifest
        for key in place[:-1]:
            at = at.setdefault(str(key), {})
        return at

    def _plain(self, value: Expr, place: Place) -> Any:
        if isinstance(value, exprs.Literal):
            self.braces = self.braces or "{{" in str(value.value)
            return value.value
        self.values.append((place, value))
        return ""


def application(args: Arguments, image: str, arguments: tuple[Expr, ...]) -> Resource | None:
    """The object, waited for until it is COMPLETED; None where its form is not known before the run."""
    file = args.expr("application") or EMPTY
    path = constant_text(file)
    counts = {name: _count(args, name) for name in ("num_executors", "executor_cores")}
    if not path or None in counts.values():
        return None
    kind = next((kind for end, kind in _KINDS if path.lower().endswith(end)), "Scala")
    made = _Object()
    given = constant_text(args.expr("name")) or args.task_id or "spark"
    made.manifest |= {
        "apiVersion": "sparkoperator.k8s.io/v1beta2",
        "kind": "SparkApplication",
        "metadata": {"generateName": name_prefix(given)},
        "spec": {"type": kind, "mode": "cluster", "image": image, "sparkVersion": _version(image)},
    }
    inside = path if "://" in path else "local://" + (path if path.startswith("/") else f"/opt/spark/work-dir/{path}")
    made.put(exprs.Literal(value=inside), "spec", "mainApplicationFile")
    _fill(args, made, counts)
    made.extend(arguments, "spec", "arguments")
    if made.braces:
        return None
    args.ignore_all("name", "application", "java_class", "conn_id", "deploy_mode", "spark_binary", "verbose")
    differs(args, "is not passed on to the SparkApplication", *_OTHER_WAYS)
    dropped(args, "the Spark operator runs the application", "status_poll_interval", "reconnect_on_retry")
    if "://" not in path:
        args.report(FileOnWorker, "application", path=path)
    args.report(SparkByOperator, image=image, version=_version(image))
    return created(made.manifest, tuple(made.values))


def created(manifest: dict[str, Any], values: tuple[tuple[Place, Expr], ...] = ()) -> Resource:
    """A SparkApplication that is made and waited for until it is COMPLETED."""
    return Resource(
        operation="create",
        manifest=manifest,
        values=values,
        success="status.applicationState.state == COMPLETED",
        failure="status.applicationState.state in (FAILED, SUBMISSION_FAILED, UNKNOWN)",
    )


def name_prefix(text: str) -> str:
    """`generateName` for a name of the source."""
    return (re.sub(r"[^a-z0-9-]", "-", text.lower()).strip("-")[:50] or "spark") + "-"


def _fill(args: Arguments, made: _Object, counts: dict[str, int | None]) -> None:
    for argument, place in (
        ("java_class", ("mainClass",)),
        ("proxy_user", ("proxyUser",)),
        ("driver_memory", ("driver", "memory")),
        ("executor_memory", ("executor", "memory")),
    ):
        value = args.expr(argument) if args.has(argument) else None
        args.ignore(argument)
        if value is not None:
            made.put(value, "spec", *place)
    for argument, field in (("num_executors", "instances"), ("executor_cores", "cores")):
        if counts[argument]:
            made.put(exprs.Literal(value=counts[argument]), "spec", "executor", field)
    for argument, field in _DEPS.items():
        value = args.expr(argument) if args.has(argument) else None
        args.ignore(argument)
        made.extend(_listed(items(args, value)), "spec", "deps", field)
    for key, value in args.mapping("conf"):
        setting = exprs.Literal(value=str(value.value)) if isinstance(value, exprs.Literal) else value
        made.put(setting, "spec", "sparkConf", key)
    made.environment(args.mapping("env_vars"), "spec", "driver", "env")


def _listed(values: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """`spark-submit` takes lists as one text with commas."""
    found: list[Expr] = []
    for value in values:
        text = constant_text(value)
        parts = [value] if text is None else [exprs.Literal(value=t.strip()) for t in text.split(",") if t.strip()]
        found += parts
    return tuple(found)


def _count(args: Arguments, name: str) -> int | None:
    """A whole number; 0 when none is given, None when it is only known in the run."""
    value = args.raw(name)
    if value is None:
        return 0
    return int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdigit()) else None


def _version(image: str) -> str:
    found = re.search(r":v?(\d+\.\d+(?:\.\d+)?)", image)
    return found.group(1) if found else "3.5.0"
