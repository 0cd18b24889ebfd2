"""gusty: a folder of task files as a DAG. `METADATA.yml` holds the DAG's (and sub folders', which are groups)
arguments; each
task file is YAML, or has a YAML head. Facts from the library's documentation."""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from migrate.diagnostics.generators import ConfigurationNotRead
from parsers.airflow.evaluator.values import (
    Function,
    GroupObject,
    ModuleValue,
    Native,
    TaskObject,
    Unknown,
    Value,
)
from parsers.airflow.overlays import pendulum_parse
from parsers.airflow.overlays.airflow_signatures import BASE
from parsers.airflow.overlays.dagfactory_files import shown
from parsers.airflow.overlays.generated import Place, attempt, import_object, object_in_file, place
from parsers.airflow.overlays.os_module import listing
from parsers.airflow.overlays.plain import NOT_KNOWN, lower
from parsers.airflow.overlays.readable import read_text, resolve
from parsers.airflow.overlays.registry import overlay
from parsers.airflow.overlays.yaml_module import SAFE_LOADER, documents

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter

LIBRARY = "gusty"
SUFFIXES = (".yml", ".yaml", ".sql", ".py", ".ipynb", ".Rmd")
_LOCAL = {
    "dependencies", "external_dependencies", "operator", "file_path", "task_group", "prefix_group_id", "suffix_group_id",  # noqa: E501
    "python_callable_partials", "multi_task_spec", "python_callable", "root_tasks", "leaf_tasks",
}  # fmt: skip
_HEAD = re.compile(r"^\s*---\s*\n(.*?)\n---\s*\n?", re.S)
_PY_HEAD = re.compile(r"^#\s*---\s*\n(.*?)\n#\s*---\s*\n?", re.S)
_NOT_DAG = ("root_tasks", "leaf_tasks", "external_dependencies", "dependencies", "task_group_defaults", "latest_only",
            "wait_for_defaults", "leaf_tasks_from_dict", "root_tasks_from_dict", "ignore_subfolders")  # fmt: skip
_WAIT = {
    "poke_interval",
    "timeout",
    "mode",
    "soft_fail",
    "execution_delta",
    "execution_date_fn",
    "check_existence",
} | BASE
_WAIT_DEFAULTS: dict[str, Value] = {"poke_interval": 10, "timeout": 3600, "retries": 60}


def front_matter(suffix: str, text: str) -> tuple[str, str]:
    """The YAML head and the body of a task file. A file without a head has an empty one."""
    if suffix in (".yml", ".yaml"):
        return text, ""
    if suffix == ".ipynb":
        return _notebook_head(text), ""
    if suffix == ".py":
        found = _PY_HEAD.match(text)
        if found is None:
            return "", text
        return "\n".join(line.removeprefix("#").removeprefix(" ") for line in found[1].splitlines()), text[
            found.end() :
        ]
    found = _HEAD.match(text)
    return (found[1], text[found.end() :]) if found else ("", text)


def _notebook_head(text: str) -> str:
    try:
        cells = json.loads(text).get("cells", [])
    except (ValueError, AttributeError, RecursionError):
        return ""
    for cell in cells:
        source = "".join(cell.get("source", [])) if isinstance(cell, dict) else ""
        found = _HEAD.match(source) or re.match(r"^```\s*yaml\s*\n(.*?)```", source, re.S)
        if found:
            return str(found[1])
    return ""


@dataclass
class _Made:
    """A task or group, its file's data, and the folder that it lies in. `affix` says how that folder renames tasks."""

    name: str
    made: Value
    config: dict[str, Any]
    path: Path
    folder: Path
    affix: str = "{}"

    def rename(self, name: str) -> str:
        """The id of a task of the same folder."""
        return self.affix.replace("{}", name)


class Folder:
    """One DAG from one folder."""

    def __init__(self, interp: Interpreter, root: Path, given: dict[str, Value], site: Any) -> None:
        self.interp = interp
        self.root = root
        self.site = site
        self.given = given
        self.tasks: dict[str, _Made] = {}
        self.groups: list[_Made] = []
        waits = given.get("wait_for_defaults")
        self.waits: dict[str, Value] = dict(waits) if isinstance(waits, dict) else {}
        self.sensors: dict[tuple[str, str], Value] = {}

    def yaml(self, text: str, where: Path) -> dict[str, Any]:
        """A YAML mapping; constructors that the caller gave (`dag_constructors`) and Airflow's time helpers work as
        tags."""
        from parsers.airflow.overlays.yaml_module import _add

        for name, function in self.constructors().items():
            _add(self.interp, SAFE_LOADER, f"!{name}", function, multi=False)

        def read() -> Value:
            return documents(self.interp, text, SAFE_LOADER, self.site)

        found = attempt(self.interp, LIBRARY, where.name, (where, 1), read, self.site)
        first = found[0] if isinstance(found, list) and found else None
        return first if isinstance(first, dict) else {}

    def constructors(self) -> dict[str, Value]:
        """Tags that task files may use."""

        def call(function: Value) -> Native:
            def construct(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
                loader, node = args[0].native, args[1].native
                if isinstance(node, yaml.MappingNode):
                    return interp.call(
                        function, [], {str(k): v for k, v in loader.construct_mapping(node, True).items()}
                    )
                if isinstance(node, yaml.SequenceNode):
                    return interp.call(function, loader.construct_sequence(node, True))
                text = loader.construct_scalar(node)
                data = yaml.safe_load(text) if text else None
                if isinstance(data, dict):
                    return interp.call(function, [], {str(k): v for k, v in data.items()})
                return interp.call(function, [data] if data is not None else [])

            return Native("gusty.constructor", construct)

        own = self.given.get("dag_constructors", self.given.get("task_constructors"))
        names = {n: call(import_object(self.interp, p, self.site)) for n, p in _BUILTIN_TAGS.items()}
        if isinstance(own, dict):
            names.update({str(k): call(v) for k, v in own.items()})
        elif isinstance(own, list):
            names.update({f.name: call(f) for f in own if isinstance(f, Function)})
        return names

    # --- the DAG ------------------------------------------------------------------------------------------------

    def build(self) -> Value:
        """The DAG with its groups, tasks and edges."""
        metadata = self.metadata(self.root)
        if isinstance(metadata.get("wait_for_defaults"), dict):
            self.waits.update(metadata["wait_for_defaults"])
        given = {k: v for k, v in metadata.items() if k not in _NOT_DAG}
        for key, value in self.given.items():
            if key in _NOT_DAG or key in (
                "dag_constructors",
                "task_constructors",
                "extra_tags",
                "parse_hooks",
                "render_on_create",
            ):
                continue
            if key == "default_args" and isinstance(value, dict):
                given["default_args"] = {**value, **(given.get("default_args") or {})}
            else:
                given.setdefault(key, value)
        given.setdefault("dag_id", self.root.name)
        given["default_args"] = dated(given.get("default_args") or {})
        extra = self.given.get("extra_tags")
        if isinstance(extra, list):
            given["tags"] = [*(given.get("tags") or []), *extra]
        cls = import_object(self.interp, "airflow.DAG", self.site)
        self.dag = self.interp.call(cls, [], dated(given), self.site)
        place(
            self.interp, self.dag, (self.root / "METADATA.yml", 1) if (self.root / "METADATA.yml").is_file() else None
        )
        self.level(self.root, None)
        self.extra_leaves()
        self.edges()
        self.ends({**self.given, **metadata})
        return self.dag

    def extra_leaves(self) -> None:
        """`leaf_tasks_from_dict`: tasks that code gives."""
        specs = lower(self.given.get("leaf_tasks_from_dict"))
        for name, spec in specs.items() if isinstance(specs, dict) else ():
            task_id = str(name).lower().strip()
            if task_id in self.tasks or not isinstance(spec, dict):
                continue
            action = functools.partial(self.task, self.root / "METADATA.yml", task_id, spec, "", None)
            made = attempt(self.interp, LIBRARY, task_id, None, action, self.site)
            if made is not None:
                self.tasks[task_id] = _Made(task_id, made, spec, self.root, self.root)

    def metadata(self, folder: Path) -> dict[str, Any]:
        """`METADATA.yml` of a folder."""
        for name in ("METADATA.yml", "METADATA.yaml"):
            if (folder / name).is_file():
                text = read_text(self.interp, LIBRARY, self.interp.files.virtual(folder / name), self.site)
                return self.yaml(text, folder / name) if isinstance(text, str) else {}
        return {}

    def level(self, folder: Path, group: Value, affix: str = "{}") -> None:
        """The task files and sub folders of one folder."""
        for entry in listing(folder):
            if entry.name.startswith((".", "_")) or entry.name in ("METADATA.yml", "METADATA.yaml"):
                continue
            if entry.is_dir():
                if (entry / ".gustyignore").exists():
                    continue
                if lower(self.given.get("ignore_subfolders")) is not True:
                    self.sub(entry, group)
            elif entry.suffix in SUFFIXES:
                self.file(entry, group, affix)

    def sub(self, folder: Path, parent: Value) -> None:
        """A sub folder as a group."""
        config = self.metadata(folder)
        defaults = self.given.get("task_group_defaults")
        merged = {**(defaults if isinstance(defaults, dict) else {}), **config}
        given: dict[str, Value] = {"group_id": folder.name, "prefix_group_id": False, "dag": self.dag}
        for key in ("tooltip", "prefix_group_id", "ui_color", "default_args"):
            if key in merged:
                given[key] = merged[key]
        if parent is not None:
            given["parent_group"] = parent
        cls = import_object(self.interp, "airflow.utils.task_group.TaskGroup", self.site)
        where: Place = (folder / "METADATA.yml", 1)
        made = attempt(
            self.interp, LIBRARY, folder.name, where, lambda: self.interp.call(cls, [], given, self.site), self.site
        )
        self.groups.append(_Made(folder.name, made, config, folder, folder.parent))
        affix = "{}"
        if merged.get("suffix_group_id"):
            affix = f"{{}}_{folder.name}"
        elif given["prefix_group_id"]:
            affix = f"{folder.name}_{{}}"
        self.level(folder, made, affix)

    def file(self, path: Path, group: Value, affix: str) -> None:
        """A task file."""
        text = read_text(self.interp, LIBRARY, self.interp.files.virtual(path), self.site)
        if not isinstance(text, str):
            return
        head, body = front_matter(path.suffix, text)
        config = self.yaml(head, path) if head.strip() else {}
        name = str(config.get("task_id", path.stem))
        specs = config.get("multi_task_spec")
        partials = config.get("python_callable_partials")
        for task_id, extra in self._many(name, specs, partials):
            settings = {**config, **extra}
            task_id = affix.replace("{}", task_id)
            where: Place = (path, 1)
            action = functools.partial(self.task, path, task_id, settings, body, group)
            made = attempt(self.interp, LIBRARY, task_id, where, action, self.site)
            if made is not None:
                place(self.interp, made, where)
                self.tasks[task_id] = _Made(task_id, made, settings, path, path.parent, affix)

    @staticmethod
    def _many(name: str, specs: Any, partials: Any) -> list[tuple[str, dict[str, Any]]]:
        if isinstance(specs, dict):
            return [(str(k), v if isinstance(v, dict) else {}) for k, v in specs.items()]
        if isinstance(partials, dict):
            return [(str(k), {"op_kwargs": v}) for k, v in partials.items()]
        return [(name, {})]

    def task(self, path: Path, task_id: str, config: dict[str, Any], body: str, group: Value) -> Value:
        """One task. Raises errors of user code."""
        interp = self.interp
        operator = config.get("operator")
        if operator is None and path.suffix == ".py":
            operator = "airflow.operators.python.PythonOperator"
        if not isinstance(operator, str):
            raise interp.error("ValueError", "the task has no operator")
        cls = self.operator(operator)
        given: dict[str, Value] = {k: v for k, v in config.items() if k not in _LOCAL}
        given.update({"task_id": task_id, "dag": self.dag})
        if group is not None:
            given["task_group"] = group
        if path.suffix == ".sql":
            given.setdefault("sql", body.strip())
        elif path.suffix == ".py" and "python_callable" not in given:
            name = str(config.get("python_callable", ""))
            if name:
                given["python_callable"] = object_in_file(interp, interp.files.virtual(path), name, self.site)
            else:
                given["python_callable"] = interp.unknown("the file's own code is the task", self.site)
        elif path.suffix in (".ipynb", ".Rmd"):
            given.setdefault("file_path", interp.files.virtual(path))
        return interp.call(cls, [], dated(given), self.site)

    def operator(self, text: str) -> Value:
        """`airflow.operators.bash.BashOperator`, or `local.my_operator.MyOperator` of the `operators` folder."""
        if text.startswith("local."):
            parts = text.removeprefix("local.").split(".")
            module = parts[0]
            name = parts[1] if len(parts) > 1 else "".join(p.title() for p in module.split("_"))
            for package in ("operators", "plugins.operators", "dags.operators"):
                found = self.interp.import_module(f"{package}.{module}", self.site)
                if isinstance(found, ModuleValue):
                    return self.interp.getattr(found, name, self.site)
        return import_object(self.interp, text, self.site)

    # --- edges --------------------------------------------------------------------------------------------------

    def edges(self) -> None:
        """`dependencies` and `external_dependencies`: first those of groups, which then mean all tasks that still have
        none before them."""
        for group in self.groups:
            siblings = {g.name: g.made for g in self.groups if g.folder == group.folder and g is not group}
            parent = {n: t.made for n, t in self.tasks.items() if t.folder == group.folder}
            self.after(group.made, [{**parent, **siblings}.get(n) for n in _names(group.config.get("dependencies"))])
        for task in self.tasks.values():
            known = {n: t.made for n, t in self.tasks.items()}
            known.update({g.name: g.made for g in self.groups if g.folder == task.folder})
            names = _names(task.config.get("dependencies"))
            self.after(task.made, [known.get(n) for name in names for n in dict.fromkeys((name, task.rename(name)))])
        for one in (*self.tasks.values(), *self.groups):
            self.after(one.made, self.external(one.config.get("external_dependencies"), one.path))

    def after(self, node: Value, above: list[Value]) -> None:
        """Puts nodes before one."""
        found = [a for a in above if a is not None]
        if found and node is not None:
            self.interp.call(self.interp.getattr(node, "set_upstream"), [found], {}, self.site)

    def external(self, entries: Any, path: Path) -> list[Value]:
        """Sensors for tasks of other DAGs: `- other_dag: task` (or `all`), or `other_dag: {tasks: [...]}`."""
        found: list[Value] = []
        for entry in entries if isinstance(entries, list) else [entries] if isinstance(entries, dict) else []:
            if not isinstance(entry, dict):
                continue
            for dag_id, tasks in entry.items():
                extra = {k: v for k, v in tasks.items() if k != "tasks"} if isinstance(tasks, dict) else {}
                listed = tasks.get("tasks", []) if isinstance(tasks, dict) else tasks
                for task in listed if isinstance(listed, list) else [listed]:
                    found.append(self.sensor(str(dag_id), str(task), extra, path))
        return [f for f in found if f is not None]

    def sensor(self, dag_id: str, task: str, extra: dict[str, Any], path: Path) -> Value:
        """The one sensor that waits for a task of another DAG."""
        if (dag_id, task) not in self.sensors:
            whole = task == "all"
            given: dict[str, Value] = {
                **_WAIT_DEFAULTS,
                **{k: v for k, v in self.waits.items() if k in _WAIT},
                **extra,
                "task_id": f"wait_for_DAG_{dag_id}" if whole else f"wait_for_{dag_id}_{task}",
                "external_dag_id": dag_id,
                "external_task_id": None if whole else task,
                "dag": self.dag,
            }
            if "execution_delta" in extra:
                given.pop("execution_date_fn", None)
            cls = lower(self.given.get("wait_for_class"))
            if cls is None:
                cls = import_object(self.interp, "airflow.sensors.external_task.ExternalTaskSensor", self.site)
            made = attempt(
                self.interp, LIBRARY, str(given["task_id"]), (path, 1),
                lambda: self.interp.call(cls, [], given, self.site), self.site,
            )  # fmt: skip
            place(self.interp, made, (path, 1))
            self.sensors[(dag_id, task)] = made
        return self.sensors[(dag_id, task)]

    def ends(self, config: dict[str, Value]) -> None:
        """Leaf tasks come after all that ends, root tasks before all that begins (a sensor before it does not count);
        then the DAG's own external dependencies, then `latest_only`."""
        top = {n: t.made for n, t in self.tasks.items() if t.folder == self.root}
        groups = {g.name: g.made for g in self.groups if g.folder == self.root}
        roots = {n: top[n] for n in _names(config.get("root_tasks")) if n in top}
        self._alone(roots, "root")
        specs = lower(config.get("leaf_tasks_from_dict"))
        ends = [*_names(config.get("leaf_tasks")), *(str(n) for n in (specs or {}))]
        leaves = {n: top[n] for n in ends if n in top}
        self._alone(leaves, "leaf")
        for name, node in {**top, **groups}.items():
            if leaves and not self.near(node, "downstream") and name not in leaves and name not in roots:
                for leaf in leaves.values():
                    self.after(leaf, [node])
        sensors = {f"wait_for {key}": v for key, v in self.sensors.items() if v is not None}
        free = {n: g for n, g in groups.items() if not getattr(getattr(g, "native", None), "upstream_ids", ())}
        begins = {**top, **free, **sensors}
        for name, node in begins.items():
            if all(i.startswith("wait_for_") for i in self.near(node, "upstream")) and name not in roots:
                self.after(node, list(roots.values()))
        waits = self.external(config.get("external_dependencies"), self.root / "METADATA.yml")
        for node in begins.values():
            if not self.near(node, "upstream"):
                self.after(node, [w for w in waits if w is not node])
        if lower(config.get("latest_only", True)) is True:
            cls = import_object(self.interp, "airflow.operators.latest_only.LatestOnlyOperator", self.site)
            latest = self.interp.call(cls, [], {"task_id": "latest_only", "dag": self.dag}, self.site)
            for node in (*begins.values(), *waits):
                if not self.near(node, "upstream"):
                    self.after(node, [latest])

    def _alone(self, nodes: dict[str, Value], kind: str) -> None:
        """Root and leaf tasks must have no dependencies of their own. Raises AssertionError of the program."""
        for name, node in nodes.items():
            task = getattr(node, "native", None)
            if isinstance(task, TaskObject) and (task.upstream or task.downstream):
                why = f"Task {name} is listed as a {kind} task, but has dependencies or other tasks depend on it"
                raise self.interp.error("AssertionError", why)

    def near(self, node: Value, side: str) -> list[str]:
        """Ids of the tasks that were put before or after a task or group itself."""
        native = getattr(node, "native", None)
        if isinstance(native, TaskObject):
            return list(native.upstream if side == "upstream" else native.downstream)
        return sorted(getattr(native, f"{side}_ids", ())) if isinstance(native, GroupObject) else ["?"]


def _names(value: Value) -> list[str]:
    value = lower(value)
    return [str(v) for v in value] if isinstance(value, list | tuple) else [value] if isinstance(value, str) else []


_BUILTIN_TAGS = {
    "days_ago": "airflow.utils.dates.days_ago", "timedelta": "datetime.timedelta", "datetime": "datetime.datetime",
}  # fmt: skip


def dated(values: dict[str, Value]) -> dict[str, Value]:
    """Dates of YAML as times, texts of durations as they are."""
    out = dict(values)
    for key in ("start_date", "end_date"):
        value = out.get(key)
        if isinstance(value, str):
            out[key] = pendulum_parse.parse(value, strict=False)
        elif isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            out[key] = pendulum_parse.make(value.year, value.month, value.day)
    return out


def _create(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`create_dag(dag_dir, ...)`."""
    given = dict(kwargs)
    path = args[0] if args else given.pop("dag_dir", given.pop("task_group_dir", None))
    root = resolve(interp, LIBRARY, path, site)
    if not isinstance(root, Path) or not root.is_dir():
        why = "it is not inside the given folders" if isinstance(root, Unknown) else "there is no such folder"
        interp.report(ConfigurationNotRead(span=interp.span(site), library=LIBRARY, file=shown(path), why=why))
        return interp.unknown(
            "a folder of tasks that was not read", site, path if isinstance(path, NOT_KNOWN) else None
        )
    return Folder(interp, root, given, site).build()


def _create_many(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    """`create_dags(dags_dir, globals(), ...)`: one DAG per sub folder."""
    given = dict(kwargs)
    path = args[0] if args else given.pop("dags_dir", None)
    names = args[1] if len(args) > 1 else given.pop("globals", None)
    root = resolve(interp, LIBRARY, path, site)
    if not isinstance(root, Path) or not root.is_dir():
        return _create(interp, [path], {}, site)
    target = names if isinstance(names, dict) else interp.frame.scope.globals().names
    for folder in listing(root):
        if folder.is_dir() and not folder.name.startswith((".", "_")):
            target[folder.name] = Folder(interp, folder, dict(given), site).build()
    return None


@overlay("gusty")
def gusty_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """gusty."""
    return {
        "create_dag": Native("gusty.create_dag", _create),
        "create_dags": Native("gusty.create_dags", _create_many),
        "GustyDAG": Native("gusty.GustyDAG", _create),
    }
