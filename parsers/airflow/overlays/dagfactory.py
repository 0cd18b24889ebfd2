"""dag-factory: DAGs from YAML files, in the formats of its versions 0.x and 1.x.

One mapping per DAG; `default` (in the file) and `defaults.yml` files give what DAGs have in common. Tasks and groups
are
mappings by name, or lists with `task_id` and `group_name`. Facts from the library's documentation."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.diagnostics.generators import ConfigurationNotRead
from parsers.airflow.evaluator.values import ClassMember, Instance, ModuleValue, Native, Partial, Value
from parsers.airflow.overlays import pendulum_parse
from parsers.airflow.overlays.airflow_core import generation
from parsers.airflow.overlays.dagfactory_files import (
    LIBRARY,
    Source,
    defaults_near,
    defines_dags,
    merged,
    read_file,
    shown,
    yaml_files,
)
from parsers.airflow.overlays.dagfactory_nodes import Nodes
from parsers.airflow.overlays.dagfactory_schedules import data_schedule
from parsers.airflow.overlays.generated import attempt, import_object, object_in_file, place
from parsers.airflow.overlays.plain import Arguments, lower
from parsers.airflow.overlays.readable import path_text, read_text, resolve
from parsers.airflow.overlays.registry import make_class, overlay
from parsers.airflow.overlays.symbolic_time import ZonedTime, clock

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


_SECONDS = {
    "retry_delay_sec": "retry_delay", "sla_secs": "sla", "sla_sec": "sla", "execution_timeout_secs": "execution_timeout",  # noqa: E501
    "execution_timeout_sec": "execution_timeout", "execution_delta_secs": "execution_delta",
    "dagrun_timeout_sec": "dagrun_timeout", "max_retry_delay_sec": "max_retry_delay",
}  # fmt: skip
_FUNCTIONS = (
    "python_callable", "execution_date_fn", "response_check", "response_filter", "external_task_fn", "on_success_callback",  # noqa: E501
    "on_failure_callback", "on_retry_callback", "on_execute_callback", "on_skipped_callback", "sla_miss_callback",
)  # fmt: skip
_NOT_DAG = ("tasks", "task_groups", "default_args", "dag_id", "timezone", "doc_md_file_path", "doc_md_python_callable_name",  # noqa: E501
            "doc_md_python_callable_file", "doc_md_python_arguments", "schedule_interval", "schedule", "vars")  # fmt: skip  # noqa: E501
_RELATIVE_UNITS = {"second": "seconds", "minute": "minutes", "hour": "hours", "day": "days", "week": "weeks"}


class Builder:
    """Builds the DAGs of one configuration."""

    def __init__(self, interp: Interpreter, source: Source, defaults: dict[str, Any], site: Any) -> None:
        self.interp = interp
        self.source = source
        self.site = site
        own = source.data.get("default")
        own = own if isinstance(own, dict) else {}
        self.shared = {k: v for k, v in defaults.items() if k != "default_args"}
        """What `defaults.yml` files give to DAGs: stronger than the `default` of the file."""
        arguments = {**_mapping(defaults.get("default_args")), **_mapping(own.get("default_args"))}
        self.defaults = {**own, "default_args": arguments}

    def dags(self) -> dict[str, Value]:
        """All DAGs by id."""
        made: dict[str, Value] = {}
        for name, config in self.source.data.items():
            if name in ("default", "__type__") or not isinstance(config, dict):
                continue
            self.name = str(name)
            action = functools.partial(self.dag, config)
            dag = attempt(self.interp, LIBRARY, self.name, self.source.at(name), action, self.site)
            if isinstance(dag, Instance):
                made[str(self.interp.getattr(dag, "dag_id"))] = dag
        return made

    def dag(self, config: dict[str, Any]) -> Value:
        """One DAG with its groups and tasks."""
        interp = self.interp
        config = merged({**self.shared, **config}, self.defaults)
        tags = config.get("tags")
        if tags is None or isinstance(tags, list):
            config["tags"] = [*(tags or []), *(["dagfactory"] if "dagfactory" not in (tags or []) else [])]
        zone = config.get("timezone") or config.get("default_args", {}).get("timezone") or "UTC"
        given = {k: self.value(v) for k, v in config.items() if k not in _NOT_DAG}
        given = self._durations(given)
        given = self._functions(given)
        given["dag_id"] = str(config.get("dag_id", self.name))
        defaults = config.get("default_args")
        given["default_args"] = self.arguments(defaults if isinstance(defaults, dict) else {}, zone)
        for key in ("start_date", "end_date"):
            if key in given:
                given[key] = self.date(given[key], zone)
        schedule = config.get("schedule", config.get("schedule_interval"))
        if schedule is not None or ("schedule" in config and generation(interp) == 3):
            given["schedule"] = self.schedule(schedule)  # `null` is as good as nothing before Airflow 3
        self._documentation(config, given)
        if isinstance(config.get("user_defined_macros"), dict):
            given["user_defined_macros"] = self._macros(config["user_defined_macros"])
        cls = import_object(interp, "airflow.DAG", self.site)
        dag = interp.call(cls, [], given, self.site)
        if isinstance(dag, Instance):
            place(interp, dag, self.source.at(self.name))
            Nodes(self, dag, config, zone).build()
        return dag

    def _documentation(self, config: dict[str, Any], given: dict[str, Value]) -> None:
        if isinstance(config.get("doc_md_file_path"), str):
            text = read_text(self.interp, LIBRARY, config["doc_md_file_path"], self.site)
            given["doc_md"] = text

    def _macros(self, macros: dict[str, Any]) -> dict[str, Value]:
        """Texts are import paths; mappings hold further macros."""
        return {
            str(k): import_object(self.interp, v, self.site)
            if isinstance(v, str)
            else self._macros(v)
            if isinstance(v, dict)
            else v
            for k, v in macros.items()
        }

    def schedule(self, value: Any) -> Value:
        """A cron text, None, a timetable object, or datasets."""
        if isinstance(value, str) and value.strip().lower() in ("none", ""):
            return None
        if isinstance(value, dict) and "__type__" not in value and value.get("datasets") is not None:
            return data_schedule(self, value)
        if isinstance(value, list):
            return [self.data_object(v) for v in value if v is not None]
        return self.value(value)

    def data_object(self, value: Any) -> Value:
        """A dataset from its URI, or what a `__type__` mapping makes."""
        return self.dataset(value.strip()) if isinstance(value, str) else self.value(value)

    def dataset(self, uri: str) -> Value:
        """A dataset by its URI."""
        cls = import_object(self.interp, "airflow.datasets.Dataset", self.site)
        return self.interp.call(cls, [uri], {}, self.site)

    def value(self, value: Any) -> Value:
        """Data, with `__type__` mappings made into objects."""
        if isinstance(value, dict):
            if "__type__" in value:
                return self.typed(value)
            if set(value) & {"__and__", "__or__"}:
                op = "&" if "__and__" in value else "|"
                parts = [self.value(v) for v in value["__and__" if op == "&" else "__or__"]]
                if all(isinstance(part, str) for part in parts):
                    return f"({f' {op} '.join(parts)})"
                total = parts[0]
                for part in parts[1:]:
                    total = self.interp.binary(op, total, part, self.site)
                return total
            if list(value) == ["__join__"]:
                return "".join(str(self.value(v)) for v in value["__join__"])
            return {k: self.value(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.value(v) for v in value]
        return value

    def typed(self, value: dict[str, Any]) -> Value:
        """`{__type__: datetime.timedelta, hours: 1}`."""
        if value["__type__"] == "builtins.list" and "items" in value:
            return [self.value(v) for v in value["items"]]
        cls = import_object(self.interp, str(value["__type__"]), self.site)
        args = value.get("__args__", [])
        kwargs = {str(k): self.value(v) for k, v in value.items() if k not in ("__type__", "__args__")}
        return self.interp.call(cls, [self.value(a) for a in args], kwargs, self.site)

    def date(self, value: Any, zone: str) -> Value:
        """A date: an object, ISO text, or `2 days` before the start of today. Naive ones get the DAG's zone."""
        if isinstance(value, str):
            parts = value.strip().split()
            unit = parts[1].lower().rstrip("s") if len(parts) == 2 else ""
            if unit in _RELATIVE_UNITS and parts[0].lstrip("-").isdigit():
                gap = dt.timedelta(**{_RELATIVE_UNITS[unit]: abs(int(parts[0]))})
                today = clock(self.interp, "a date before today", self.site, zone, "day", ZonedTime)
                return self.interp.binary("-", today, gap, self.site)
            value = pendulum_parse.parse(value, tz=zone, strict=False)
        if isinstance(value, dt.datetime):
            return pendulum_parse.instance(value, zone)
        if isinstance(value, dt.date):
            return pendulum_parse.make(value.year, value.month, value.day, tz=zone)
        return value

    def _durations(self, given: dict[str, Value]) -> dict[str, Value]:
        out: dict[str, Value] = {}
        for key, value in given.items():
            target = _SECONDS.get(key)
            if target is not None and isinstance(value, int | float):
                out[target] = dt.timedelta(seconds=value)
            else:
                out[key] = value
        return out

    def arguments(self, given: dict[str, Any], zone: str) -> dict[str, Value]:
        """Arguments of default_args or of a task: durations, dates and functions made objects."""
        values = self._durations({str(k): self.value(v) for k, v in given.items() if k != "timezone"})
        for key in ("start_date", "end_date"):
            if key in values:
                values[key] = self.date(values[key], zone)
        return self._functions(values)

    def _functions(self, values: dict[str, Value]) -> dict[str, Value]:
        for name in _FUNCTIONS:
            file, function = values.pop(f"{name}_file", None), values.pop(f"{name}_name", None)
            if isinstance(file, str) and isinstance(function, str):
                values[name] = object_in_file(self.interp, file, function, self.site)
            elif name in values:
                values[name] = self.function(values[name])
            code = values.pop(f"{name}_lambda", None)
            if code is not None:
                values[name] = self.interp.unknown(f"`{name}_lambda` is code in a text", self.site)
        return values

    def function(self, value: Value) -> Value:
        """A function from its import path, or from a mapping with further arguments of a callback."""
        if isinstance(value, str) and "." in value and " " not in value:
            return import_object(self.interp, value, self.site)
        if isinstance(value, dict) and isinstance(value.get("callback"), str):
            rest = {k: v for k, v in value.items() if k != "callback"}
            return Partial(import_object(self.interp, value["callback"], self.site), (), rest)
        return [self.function(v) for v in value] if isinstance(value, list) else value


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def build(interp: Interpreter, source: Source, options: dict[str, Value], names: Value, site: Any) -> dict[str, Value]:
    """The DAGs of a configuration, put into `names` (the module's globals). `options` say where defaults are."""
    given = lower(options.get("default_args_config_dict", options.get("defaults_config_dict")))
    if not isinstance(given, dict):
        folder = source.file.parent if source.file is not None else None
        given = defaults_near(interp, folder, _defaults_path(interp, options, site), site)
    made = Builder(interp, source, given, site).dags()
    target = names if isinstance(names, dict) else interp.frame.scope.globals().names
    for dag_id, dag in made.items():
        target[dag_id] = dag
    return made


def _defaults_path(interp: Interpreter, options: dict[str, Value], site: Any) -> Path | None:
    path = options.get("default_args_config_path", options.get("defaults_config_path"))
    text = path_text(interp, path) if path is not None else None
    found = resolve(interp, LIBRARY, text, site) if text is not None else None
    return found if isinstance(found, Path) else None


_FACTORY_NAMES = "config_filepath config default_args_config_path default_args_config_dict"


def _factory_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    given = dict(zip(_FACTORY_NAMES.split(), args[1:], strict=False)) | kwargs
    if "config_dict" in given:
        given["config"] = given["config_dict"]
    args[0].attrs.update(given)
    args[0].native = site
    return None


def _generate(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    factory = args[0].attrs
    names = args[1] if len(args) > 1 else kwargs.get("globals")
    source: Source | None
    if factory.get("config_filepath") is not None:
        source = read_file(interp, factory["config_filepath"], site)
    else:
        data = lower(factory.get("config"))
        source = Source(data, None) if isinstance(data, dict) else None
        if source is None:
            interp.report(
                ConfigurationNotRead(span=interp.span(site), library=LIBRARY, file="config", why="it is not known")
            )
    if source is None:
        return None
    build(interp, source, factory, names, site)
    return None


def _load(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`load_yaml_dags`: one file, a mapping, or all YAML files of a folder and below."""
    bound = Arguments(
        interp, "load_yaml_dags", args, kwargs,
        "globals_dict dags_folder suffix config_filepath config_dict defaults_config_path defaults_config_dict",
    )  # fmt: skip
    names = bound.need("globals_dict")
    options = {k: v for k, v in bound.rest().items() if k.startswith(("default", "defaults"))}
    if bound.get("config_filepath") is not None or bound.get("config_dict") is not None:
        instance = Instance(
            FACTORY, {**options, "config_filepath": bound.get("config_filepath"), "config": bound.get("config_dict")}
        )
        return _generate(interp, [instance, names], {}, site)
    folder = bound.get("dags_folder") or interp.files.dags_folder
    root = resolve(interp, LIBRARY, folder, site)
    if not isinstance(root, Path):
        interp.report(
            ConfigurationNotRead(
                span=interp.span(site), library=LIBRARY, file=shown(folder), why="there is no such folder"
            )
        )
        return None
    suffixes = lower(bound.get("suffix")) or [".yaml", ".yml"]
    for path in yaml_files(root, tuple(suffixes), interp.inputs):
        source = read_file(interp, interp.files.virtual(path), site)
        if source is not None and defines_dags(source.data):
            build(interp, source, options, names, site)
    return None


FACTORY = make_class(
    "DagFactory",
    "dagfactory.DagFactory",
    (),
    {
        "__init__": Native("DagFactory.__init__", _factory_init),
        "generate_dags": Native("DagFactory.generate_dags", _generate),
        "clean_dags": Native("DagFactory.clean_dags", lambda i, a, k, s: None),
        "from_directory": ClassMember(
            "classmethod", Native("from_directory", lambda i, a, k, s: _load(i, [a[2]], {"dags_folder": a[1]}, s))
        ),
    },
)


@overlay("dagfactory", "dagfactory.dagfactory")
def dagfactory_module(interp: Interpreter, name: str) -> ModuleValue:
    """dag-factory."""
    attrs: dict[str, Value] = {
        "DagFactory": FACTORY,
        "load_yaml_dags": Native("dagfactory.load_yaml_dags", _load),
        "__version__": "1.0.0",
    }
    if name == "dagfactory":
        attrs["dagfactory"] = ModuleValue("dagfactory.dagfactory", dict(attrs))
    return ModuleValue(name, attrs)
