"""dag-factory: DAGs from YAML files, in the formats of its versions 0.x and 1.x.

One mapping per DAG; `default` (in the file) and `defaults.yml` files give what DAGs have in common. Tasks and groups
are
mappings by name, or lists with `task_id` and `group_name`. Facts from the library's documentation.
"""

from __future__ import annotations

import datetime as dt
import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.diagnostics.generators import ConfigurationNotRead
from parsers.airflow.evaluator.values import ClassMember, Instance, ModuleValue, Native, Partial, Unknown, Value
from parsers.airflow.files import HOME
from parsers.airflow.overlays import environment, pendulum_values
from parsers.airflow.overlays.generated import Place, attempt, import_object, key_lines, object_in_file, place
from parsers.airflow.overlays.os_module import listing
from parsers.airflow.overlays.plain import NOT_KNOWN, Arguments, lower
from parsers.airflow.overlays.readable import path_text, read_text, resolve
from parsers.airflow.overlays.registry import make_class, overlay
from parsers.airflow.overlays.symbolic_time import ZonedTime, clock
from parsers.airflow.overlays.yaml_module import SAFE_LOADER, documents

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

LIBRARY = "dag-factory"
_SECONDS = {
    "retry_delay_sec": "retry_delay", "sla_secs": "sla", "sla_sec": "sla", "execution_timeout_secs": "execution_timeout",  # noqa: E501
    "execution_timeout_sec": "execution_timeout", "execution_delta_secs": "execution_delta",
    "dagrun_timeout_sec": "dagrun_timeout", "max_retry_delay_sec": "max_retry_delay",
}  # fmt: skip
_FUNCTIONS = (
    "python_callable", "execution_date_fn", "response_check", "response_filter", "external_task_fn", "on_success_callback",  # noqa: E501
    "on_failure_callback", "on_retry_callback", "on_execute_callback", "on_skipped_callback", "sla_miss_callback",
)  # fmt: skip
_NOT_ARGUMENTS = ("operator", "decorator", "dependencies", "task_group_name", "expand", "partial", "variables_as_arguments",  # noqa: E501
                  "task_id", "group_name", "parent_group_name", "sensor", "__type__")  # fmt: skip
_NOT_DAG = ("tasks", "task_groups", "default_args", "dag_id", "timezone", "doc_md_file_path", "doc_md_python_callable_name",  # noqa: E501
            "doc_md_python_callable_file", "doc_md_python_arguments", "schedule_interval", "schedule", "vars")  # fmt: skip  # noqa: E501
_RELATIVE_UNITS = {"second": "seconds", "minute": "minutes", "hour": "hours", "day": "days", "week": "weeks"}


class Source:
    """One configuration: its data, its file and the lines of its keys."""

    def __init__(self, data: dict[str, Any], file: Path | None, text: str = "") -> None:
        self.data = data
        self.file = file
        self.lines = key_lines(text) if text else {}

    def at(self, *path: Any) -> Place | None:
        """Where a key stands."""
        line = self.lines.get(path)
        return (self.file, line) if self.file is not None and line is not None else None


def expanded(interp: Interpreter, text: str) -> str:
    """`$NAME` and `${NAME}` replaced by the values of the environment that are known; others stay, as in the
    library."""
    total: list[str] = []
    position = 0
    from parsers.airflow.overlays.os_module import _VARIABLE

    for match in _VARIABLE.finditer(text):
        value = environment.supplied(interp, match[1] or match[2])
        if isinstance(value, str):
            total.extend((text[position : match.start()], value))
            position = match.end()
    return "".join(total) + text[position:]


def read_file(interp: Interpreter, path: Value, site: Any) -> Source | None:
    """A configuration file; None, with a finding, when it cannot be used."""
    why = "it is not inside the given folders"
    found = resolve(interp, LIBRARY, path, site)
    if isinstance(found, Path) and found.is_file():
        text = read_text(interp, LIBRARY, path, site)
        if isinstance(text, str):
            text = expanded(interp, text)
            data = attempt(interp, LIBRARY, str(lower(path)), None, lambda: _merged_documents(interp, text, site), site)
            if isinstance(data, dict):
                return Source(data, found, text)
            why = "it is no mapping"
    elif found is None:
        why = "there is no such file"
    interp.report(ConfigurationNotRead(span=interp.span(site), library=LIBRARY, file=_shown(path), why=why))
    return None


def _shown(path: Value) -> str:
    text = str(lower(path)) if not isinstance(lower(path), NOT_KNOWN) else "a path that is not known"
    return text.removeprefix(f"{HOME}/")


def _merged_documents(interp: Interpreter, text: str, site: Any) -> Value:
    found = documents(interp, text, SAFE_LOADER, site)
    if isinstance(found, Unknown):
        return found
    total: dict[Any, Any] = {}
    for document in found:
        if isinstance(document, dict):
            total.update(document)
    return total


def merged(own: Any, defaults: Any) -> Any:
    """`own` completed by `defaults`, mapping by mapping."""
    if not isinstance(own, dict) or not isinstance(defaults, dict):
        return own
    result = dict(own)
    for key, value in defaults.items():
        result[key] = merged(result[key], value) if key in result else value
    return result


# --- values -------------------------------------------------------------------------------------------------------


class Builder:
    """Builds the DAGs of one configuration."""

    def __init__(self, interp: Interpreter, source: Source, defaults: dict[str, Any], site: Any) -> None:
        self.interp = interp
        self.source = source
        self.site = site
        own = source.data.get("default")
        self.defaults = merged(own if isinstance(own, dict) else {}, defaults)

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
        config = merged(config, self.defaults)
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
        if "schedule" in config or "schedule_interval" in config:
            given["schedule"] = self.schedule(config.get("schedule", config.get("schedule_interval")))
        self._documentation(config, given)
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

    def schedule(self, value: Any) -> Value:
        """A cron text, None, a timetable object, or datasets."""
        if value in ("None", "none", ""):
            return None
        if isinstance(value, dict) and "__type__" not in value:
            uris = value.get("datasets")
            if isinstance(uris, list) and all(isinstance(u, str) for u in uris):
                return [self.dataset(u) for u in uris]
            return self.value(value)
        if isinstance(value, list):
            return [self.dataset(v) if isinstance(v, str) else self.value(v) for v in value]
        return self.value(value)

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
            value = pendulum_values.parse(value, tz=zone, strict=False)
        if isinstance(value, dt.datetime):
            return pendulum_values.instance(value, zone)
        if isinstance(value, dt.date):
            return pendulum_values.make(value.year, value.month, value.day, tz=zone)
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


def named(entries: Any, key: str) -> dict[str, tuple[Any, dict[str, Any]]]:
    """Tasks or groups by name, from a mapping or a list, with the key under which each stands in the file."""
    found: dict[str, tuple[Any, dict[str, Any]]] = {}
    if isinstance(entries, dict):
        for name, config in entries.items():
            found[str(name)] = (name, config if isinstance(config, dict) else {})
    elif isinstance(entries, list):
        for index, config in enumerate(entries):
            if isinstance(config, dict) and isinstance(config.get(key), str):
                found[config[key]] = (index, config)
    return found


class Nodes:
    """The groups and tasks of one DAG."""

    def __init__(self, builder: Builder, dag: Instance, config: dict[str, Any], zone: str) -> None:
        self.builder = builder
        self.interp = builder.interp
        self.dag = dag
        self.zone = zone
        self.groups = named(config.get("task_groups"), "group_name")
        self.tasks = named(config.get("tasks"), "task_id")
        self.made_groups: dict[str, Value] = {}
        self.made_tasks: dict[str, Value] = {}

    def build(self) -> None:
        """Makes groups, then tasks in the order of their references, then edges."""
        for name in self.groups:
            self.group(name, ())
        for name in self.tasks:
            self.task(name, ())
        for made, entries in ((self.made_tasks, self.tasks), (self.made_groups, self.groups)):
            for name, (_, config) in entries.items():
                self.depend(made.get(name), name, config.get("dependencies"))

    def _attempt(self, kind: str, name: str, key: Any, action: Callable[[], Value]) -> Value:
        where = self.builder.source.at(self.builder.name, kind, key) or self.builder.source.at("default", kind, key)
        made = attempt(self.interp, LIBRARY, name, where, action, self.builder.site)
        place(self.interp, made, where)
        return made

    def group(self, name: str, above: tuple[str, ...]) -> Value:
        """A group by name, its parents first."""
        if name in self.made_groups or name not in self.groups or name in above:
            return self.made_groups.get(name)
        key, config = self.groups[name]
        parent = config.get("parent_group_name")
        given: dict[str, Value] = {"group_id": name, "dag": self.dag}
        if isinstance(parent, str):
            given["parent_group"] = self.group(parent, (*above, name))
        for option in ("tooltip", "prefix_group_id", "ui_color", "ui_fgcolor", "add_suffix_on_collision"):
            if option in config:
                given[option] = self.builder.value(config[option])
        if isinstance(config.get("default_args"), dict):
            given["default_args"] = self.builder.arguments(config["default_args"], self.zone)
        cls = import_object(self.interp, "airflow.utils.task_group.TaskGroup", self.builder.site)
        made = self._attempt("task_groups", name, key, lambda: self.interp.call(cls, [], given, self.builder.site))
        self.made_groups[name] = made
        return made

    def reference(self, value: Value, above: tuple[str, ...]) -> Value:
        """`+task` and `task.output` are results of other tasks; also inside lists and mappings."""
        if isinstance(value, dict):
            return {k: self.reference(v, above) for k, v in value.items()}
        if isinstance(value, list):
            return [self.reference(v, above) for v in value]
        if not isinstance(value, str):
            return value
        text = value.removeprefix("XcomArg(").removesuffix(")") if value.startswith("XcomArg(") else value
        name = text[1:] if text.startswith("+") else text.removesuffix(".output") if text.endswith(".output") else None
        if text is not value and name is None:
            name = text
        if name is None or name not in self.tasks:
            return value
        made = self.task(name, above)
        return self.interp.getattr(made, "output", None, made) if isinstance(made, Instance) else made

    def task(self, name: str, above: tuple[str, ...]) -> Value:
        """A task by name; those it takes results from are made first."""
        if name in self.made_tasks or name in above:
            return self.made_tasks.get(name)
        key, config = self.tasks[name]
        made = self._attempt("tasks", name, key, lambda: self._make(name, config, (*above, name)))
        self.made_tasks[name] = made
        return made

    def _make(self, name: str, config: dict[str, Any], above: tuple[str, ...]) -> Value:
        builder = self.builder
        given = builder.arguments({k: v for k, v in config.items() if k not in _NOT_ARGUMENTS}, self.zone)
        given = {k: self.reference(v, above) for k, v in given.items()}
        given["task_id"] = str(config.get("task_id", name))
        group = config.get("task_group_name")
        for item in config.get("variables_as_arguments", ()):
            variables = import_object(self.interp, "airflow.models.Variable", builder.site)
            getter = self.interp.getattr(variables, "get")
            given[str(item["attribute"])] = self.interp.call(
                getter, [item["variable"]], {"default_var": None}, builder.site
            )
        if isinstance(group, str) and self.made_groups.get(group) is not None:
            given["task_group"] = self.made_groups[group]
        mapped = self.reference(builder.value(config.get("expand")), above)
        fixed = self.reference(builder.value(config.get("partial")), above)
        if "decorator" in config:
            return self._decorated(str(config["decorator"]), given, mapped, fixed)
        if "operator" not in config:
            raise self.interp.error("ValueError", "the task has no operator")
        cls = import_object(self.interp, str(config["operator"]), builder.site)
        for argument in ("outlets", "inlets"):
            if isinstance(given.get(argument), list):
                given[argument] = [builder.dataset(v) if isinstance(v, str) else v for v in given[argument]]
        given["dag"] = self.dag
        if isinstance(mapped, dict):
            partial = self.interp.call(
                self.interp.getattr(cls, "partial"), [], {**given, **(fixed or {})}, builder.site
            )
            return self.interp.call(self.interp.getattr(partial, "expand"), [], mapped, builder.site)
        return self.interp.call(cls, [], given, builder.site)

    def _decorated(self, decorator: str, given: dict[str, Value], mapped: Value, fixed: Value) -> Value:
        """A task of a decorator: arguments that the function takes go to its call, others to the decorator."""
        from parsers.airflow.evaluator.calls import all_params
        from parsers.airflow.evaluator.values import Function

        function = given.pop("python_callable", None)
        names = [p.name.value for p in all_params(function.node.params)] if isinstance(function, Function) else []
        call = {k: v for k, v in given.items() if k in names}
        options = {k: v for k, v in given.items() if k not in names}
        options["dag"] = self.dag
        site = self.builder.site
        make = import_object(self.interp, decorator, site)
        wrapped = self.interp.call(self.interp.call(make, [], options, site), [function], {}, site)
        if isinstance(mapped, dict):
            if fixed or call:
                wrapped = self.interp.call(self.interp.getattr(wrapped, "partial"), [], {**call, **(fixed or {})}, site)
            return self.interp.call(self.interp.getattr(wrapped, "expand"), [], mapped, site)
        return self.interp.call(wrapped, [], call, site)

    def depend(self, node: Value, name: str, names: Any) -> None:
        """`dependencies`: names of tasks and groups that come before."""
        if node is None or not isinstance(names, list | tuple | str):
            return
        before = []
        for other in [names] if isinstance(names, str) else names:
            found = self.made_tasks.get(str(other)) or self.made_groups.get(str(other))
            if found is None:
                where = self.builder.source.at(self.builder.name)
                refuse = functools.partial(self._refuse, other)
                attempt(self.interp, LIBRARY, f"{name}: dependency {other}", where, refuse, self.builder.site)
                continue
            before.append(found)
        if before:
            self.interp.call(self.interp.getattr(node, "set_upstream"), [before], {}, self.builder.site)

    def _refuse(self, name: object) -> Value:
        raise self.interp.error("KeyError", str(name))


# --- the library's surface ----------------------------------------------------------------------------------------


def _defaults_near(interp: Interpreter, folder: Path | None, site: Any) -> dict[str, Any]:
    """`defaults.yml` of a folder and, weaker, of the folders above it inside the roots."""
    total: dict[str, Any] = {}
    while folder is not None:
        for name in ("defaults.yml", "defaults.yaml"):
            path = folder / name
            if path.is_file():
                found = read_file(interp, interp.files.virtual(path), site)
                if found is not None:
                    total = merged(total, found.data)
        inside = any(root in folder.parents for root in interp.files.roots)
        folder = folder.parent if inside else None
    return total


def build(interp: Interpreter, source: Source, given: dict[str, Any], names: Value, site: Any) -> dict[str, Value]:
    """The DAGs of a configuration, put into `names` (the module's globals)."""
    near = _defaults_near(interp, source.file.parent if source.file is not None else None, site)
    made = Builder(interp, source, merged(given, near), site).dags()
    target = names if isinstance(names, dict) else interp.frame.scope.globals().names
    for dag_id, dag in made.items():
        target[dag_id] = dag
    return made


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
    build(interp, source, _given_defaults(interp, factory, site), names, site)
    return None


def _given_defaults(interp: Interpreter, factory: dict[str, Value], site: Any) -> dict[str, Any]:
    own = lower(factory.get("default_args_config_dict", factory.get("defaults_config_dict")))
    if isinstance(own, dict):
        return own
    path = factory.get("default_args_config_path", factory.get("defaults_config_path"))
    text = path_text(interp, path) if path is not None else None
    if text is None:
        return {}
    folder = resolve(interp, LIBRARY, text, site)
    if not isinstance(folder, Path):
        return {}
    file = folder / "defaults.yml" if folder.is_dir() else folder
    found = read_file(interp, interp.files.virtual(file), site) if file.is_file() else None
    return found.data if found is not None else {}


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
                span=interp.span(site), library=LIBRARY, file=_shown(folder), why="there is no such folder"
            )
        )
        return None
    suffixes = lower(bound.get("suffix")) or [".yaml", ".yml"]
    given = _given_defaults(interp, options, site)
    for path in yaml_files(root, tuple(suffixes)):
        source = read_file(interp, interp.files.virtual(path), site)
        if source is not None and _defines_dags(source.data):
            build(interp, source, given, names, site)
    return None


def _defines_dags(data: dict[str, Any]) -> bool:
    return any(isinstance(v, dict) and ("tasks" in v or "task_groups" in v) for k, v in data.items() if k != "default")


def yaml_files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """The files below a folder with one of the suffixes, in a fixed order; `defaults.yml` are none of them."""
    found: list[Path] = []
    for entry in listing(folder):
        if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith("."):
            found.extend(yaml_files(entry, suffixes))
        elif entry.name.endswith(suffixes) and os.path.splitext(entry.name)[0] != "defaults":
            found.append(entry)
    return found


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
