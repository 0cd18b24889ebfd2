"""astronomer-cosmos: dbt projects as DAGs and groups, one task per model as cosmos makes them, from `manifest.json`.

Names: a node with tests (and tests after each) is a group with `run`/`seed`/`snapshot` and `test`; others are tasks
`<node>_run`, `<node>_seed`, `<node>_snapshot`. Each task runs the dbt command line for its node."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.diagnostics.generators import DbtStepNeeds, SelectionNotFollowed
from migrate.diagnostics.operators import DbtProject
from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import ClassValue, Instance, ModuleValue, Native, TaskObject, Value
from parsers.airflow.overlays.airflow_dags import DAG
from parsers.airflow.overlays.airflow_enums import text_enum
from parsers.airflow.overlays.airflow_groups import TASK_GROUP
from parsers.airflow.overlays.airflow_operators import operator_class
from parsers.airflow.overlays.cosmos_nodes import KINDS, Node, choose, read_manifest
from parsers.airflow.overlays.cosmos_operators import CLASSES, DBT_ARGUMENTS, MODES, Project, command, operator, text_of
from parsers.airflow.overlays.generated import attempt, place
from parsers.airflow.overlays.inert_modules import silent_class
from parsers.airflow.overlays.plain import lower
from parsers.airflow.overlays.readable import absolute, path_text, read_text, resolve
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


LIBRARY = "cosmos"


def _config(name: str, positional: str) -> ClassValue:
    def init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        args[0].attrs.update({**dict(zip(positional.split(), args[1:], strict=False)), **kwargs})
        return None

    def missing(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        return None

    names: dict[str, Value] = {
        "__init__": Native(f"{name}.__init__", init),
        "__getattr__": Native(f"{name}.attr", missing),
    }
    return make_class(name, f"cosmos.config.{name}", (), names)


CONFIGS = {
    "ProjectConfig": _config("ProjectConfig", "dbt_project_path install_dbt_deps models_relative_path seeds_relative_path "  # noqa: E501
                             "snapshots_relative_path manifest_path project_name"),
    "ProfileConfig": _config("ProfileConfig", "profile_name target_name profiles_yml_filepath profile_mapping"),
    "ExecutionConfig": _config("ExecutionConfig", "execution_mode invocation_mode test_indirect_selection dbt_executable_path"),  # noqa: E501
    "RenderConfig": _config("RenderConfig", "emit_datasets test_behavior load_method invocation_mode select exclude selector"),  # noqa: E501
}  # fmt: skip


def _words(name: str, words: str) -> ClassValue:
    """An enumeration of the library."""
    return text_enum(name, f"cosmos.constants.{name}", tuple(words.split()))


WORDS = {
    "ExecutionMode": _words("ExecutionMode", " ".join(MODES) + " airflow_async watcher"),
    "TestBehavior": _words("TestBehavior", "build none after_each after_all"),
    "LoadMode": _words("LoadMode", "automatic dbt_manifest dbt_ls dbt_ls_file dbt_ls_cache custom"),
    "InvocationMode": _words("InvocationMode", "dbt_runner subprocess"),
    "SourceRenderingBehavior": _words("SourceRenderingBehavior", "none all with_tests_or_freshness"),
    "TestIndirectSelection": _words("TestIndirectSelection", "eager cautious buildable empty"),
    "DbtResourceType": _words("DbtResourceType", "model seed snapshot source test"),
}


class Renderer:
    """Makes the tasks of a project inside a DAG or group."""

    def __init__(self, interp: Interpreter, project: Project, dag: Value, group: Value, site: Any) -> None:
        self.interp = interp
        self.project = project
        self.dag = dag
        self.group = group
        self.site = site
        mode = text_of(project.setting(project.execution, "execution_mode")) or "local"
        self.mode = mode if mode in MODES else "local"
        behavior = text_of(project.setting(project.render, "test_behavior")) or "after_each"
        self.behavior = behavior
        self.sources = text_of(project.setting(project.render, "source_rendering_behavior")) or "none"
        load = text_of(project.setting(project.render, "load_method")) or "automatic"
        self.exact = load == "dbt_manifest" or (load == "automatic" and project.manifest is not None)

    def _selections(self, name: str) -> list[str]:
        value = lower(self.project.setting(self.project.render, name, []))
        values = [value] if isinstance(value, str) else value if isinstance(value, list | tuple) else []
        return [str(lower(v)) for v in values]

    def _does_nothing(self, verb: str, node: Node | None) -> bool:
        """Whether cosmos makes an empty task: an ephemeral model is part of those that read it."""
        if node is None or verb == "test":
            return False
        if node.kind == "source":
            return self.sources == "all" and not node.has_freshness
        return node.config.get("materialized") == "ephemeral"

    def task(self, verb: str, label: str, node: Node | None, group: Value) -> Value:
        """One dbt task."""
        if self._does_nothing(verb, node):
            empty = operator_class("EmptyOperator", "airflow.operators.empty.EmptyOperator")
            place = {} if group is None else {"task_group": group}
            return self.interp.call(empty, [], {"task_id": label, "dag": self.dag, **place}, self.site)
        cls = operator(verb, self.mode)
        extra = {k: v for k, v in self.project.arguments.items() if k not in DBT_ARGUMENTS and k in _BASE_ARGUMENTS}
        selections = (self._selections("select"), self._selections("exclude")) if node is None else ([], [])
        given: dict[str, Value] = {
            **extra,
            "task_id": label,
            "bash_command": command(self.project, verb, node, selections),
            "dag": self.dag,
        }
        if group is not None:
            given["task_group"] = group
        environment = lower(self.project.arguments.get("env"))
        if isinstance(environment, dict):
            given.update({"env": environment, "append_env": True})
        made = self.interp.call(cls, [], given, self.site)
        native = made.native if isinstance(made, Instance) else None
        if isinstance(native, TaskObject):
            own = text_of(self.project.setting(self.project.profile, "profiles_yml_filepath"))
            self.interp.report(
                DbtStepNeeds(
                    span=native.span,
                    workflow=native.dag.dag_id if native.dag else None,
                    task=native.task_id,
                    profile="" if own else " and a profile",
                )
            )
        return made

    def whole(self) -> None:
        """The project as one step, when there is no manifest."""
        made = self.task("build", "dbt_build", None, self.group)
        native = made.native if isinstance(made, Instance) else None
        if isinstance(native, TaskObject):
            self.interp.report(
                DbtProject(span=native.span, workflow=native.dag.dag_id if native.dag else None, task=native.task_id)
            )

    def nodes(self, nodes: dict[str, Node]) -> None:
        """One task or group per node, and the edges between them."""
        selections, exact = self._selections("select"), self.exact
        chosen, refused = choose(nodes, selections, exact) if selections else (set(nodes), [])
        left, refused_too = choose(nodes, self._selections("exclude"), exact)
        if refused_too:
            left = set()
        for selection in (*refused, *refused_too):
            self.interp.report(SelectionNotFollowed(span=self.interp.span(self.site), selection=selection))
        kept = {i: n for i, n in nodes.items() if i in chosen - left}
        used = {parent for node in kept.values() for parent in node.depends_on}
        kept = {i: n for i, n in kept.items() if n.kind != "source" or self._shows_source(n, used)}
        made = {node.id: self.node(node) for node in kept.values()}
        for node in kept.values():
            above = [made[p] for p in node.depends_on if p in made]
            if above:
                self.interp.call(self.interp.getattr(made[node.id], "set_upstream"), [above], {}, self.site)
        if self.behavior == "after_all" and any(n.has_test for n in kept.values()):
            self._test_all(kept, made)

    def _shows_source(self, node: Node, used: set[str]) -> bool:
        if lower(self.project.setting(self.project.render, "source_pruning")) is True and node.id not in used:
            return False
        return self.sources == "all" or (self.sources != "none" and (node.has_test or node.has_freshness))

    def _test_all(self, kept: dict[str, Node], made: dict[str, Value]) -> None:
        name = next(iter(kept.values())).id.split(".")[1]
        test = self.task("test", f"{name}_test", None, self.group)
        used = {p for n in kept.values() for p in n.depends_on}
        last = [made[i] for i in kept if i not in used]
        self.interp.call(self.interp.getattr(test, "set_upstream"), [last], {}, self.site)

    def node(self, node: Node) -> Value:
        """The task of a node, or its group with a test."""
        verb = KINDS[node.kind]
        if self.behavior == "build" and node.kind != "source":
            return self.task("build", f"{node.label}_{node.kind}_build", node, self.group)
        if self.behavior != "after_each" or not node.has_test:
            return self.task(verb, f"{node.label}_{verb}", node, self.group)
        given: dict[str, Value] = {"group_id": node.label, "dag": self.dag}
        if self.group is not None:
            given["parent_group"] = self.group
        group = self.interp.call(TASK_GROUP, [], given, self.site)
        run = self.task(verb, verb, node, group)
        test = self.task("test", "test", node, group)
        self.interp.call(self.interp.getattr(run, "set_downstream"), [test], {}, self.site)
        return group


_BASE_ARGUMENTS = frozenset(
    [
        "retries",
        "retry_delay",
        "pool",
        "queue",
        "trigger_rule",
        "execution_timeout",
        "owner",
        "on_failure_callback",
        "on_success_callback",
        "priority_weight",
        "depends_on_past",
        "weight_rule",
        "max_active_tis_per_dag",
    ]
)


def project_of(interp: Interpreter, given: dict[str, Value]) -> Project:
    """Takes the arguments of cosmos out of a call's."""
    config = given.pop("project_config", None)
    project = Project(
        None, None, given.pop("profile_config", None), given.pop("execution_config", None), given.pop("render_config", None),  # noqa: E501
        dict(lower(given.pop("operator_args", None)) or {}),
    )  # fmt: skip
    for name in ("validation", "on_warning_callback"):
        given.pop(name, None)
    for owner, name in (
        (config, "dbt_project_path"),
        (project.execution, "dbt_project_path"),
        (project.render, "dbt_project_path"),
    ):
        path = path_text(interp, project.setting(owner, name))
        project.path = project.path or path
    project.manifest = project.setting(config, "manifest_path")
    variables = lower(project.setting(config, "dbt_vars"))
    if isinstance(variables, dict):
        project.arguments.setdefault("vars", variables)
    environment = lower(project.setting(config, "env_vars"))
    if isinstance(environment, dict):
        project.arguments.setdefault("env", environment)
    return project


def manifest_text(interp: Interpreter, project: Project, site: Any) -> str | None:
    """The manifest that was named, or `target/manifest.json` of the project; None when there is none to read."""
    names = [path_text(interp, project.manifest)] if project.manifest is not None else []
    if project.path is not None:
        names += [f"{absolute(project.path)}/target/manifest.json", f"{absolute(project.path)}/manifest.json"]
    for name in names:
        found = resolve(interp, LIBRARY, name, site) if name else None
        if isinstance(found, Path) and found.is_file():
            text = read_text(interp, LIBRARY, name, site)
            if isinstance(text, str):
                return text
    return None


def render(interp: Interpreter, project: Project, dag: Value, group: Value, site: Any) -> None:
    """Fills a DAG or group with the tasks of a project."""
    renderer = Renderer(interp, project, dag, group, site)
    text = manifest_text(interp, project, site)
    nodes: dict[str, Node] | None = None
    if text is not None:
        try:
            nodes = read_manifest(text)
        except (ValueError, AttributeError, TypeError, RecursionError):
            nodes = None
    if nodes is None:
        attempt(interp, LIBRARY, "dbt project", None, lambda: renderer.whole(), site)
    else:
        attempt(interp, LIBRARY, "dbt project", None, lambda: renderer.nodes(nodes), site)


def _dag_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    given = dict(kwargs)
    project = project_of(interp, given)
    interp.call(interp.lookup(DAG, "__init__"), args, given, site)
    render(interp, project, args[0], None, site)
    return None


def _group_init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    given = dict(kwargs)
    project = project_of(interp, given)
    given.setdefault("group_id", "dbt_task_group")
    defaults = given.get("default_args")
    interp.call(interp.lookup(TASK_GROUP, "__init__"), args, given, site)
    native = args[0].native
    dag = native.dag.instance if native is not None and native.dag is not None else given.get("dag")
    if isinstance(defaults, dict):
        project.arguments = {**{k: v for k, v in defaults.items() if k in _BASE_ARGUMENTS}, **project.arguments}
    render(interp, project, dag, args[0], site)
    place(interp, args[0], None)
    return None


DBT_DAG = make_class("DbtDag", "cosmos.DbtDag", (DAG,), {"__init__": Native("DbtDag.__init__", _dag_init)})
DBT_GROUP = make_class(
    "DbtTaskGroup", "cosmos.DbtTaskGroup", (TASK_GROUP,), {"__init__": Native("DbtTaskGroup.__init__", _group_init)}
)


@overlay("cosmos", prefix=True)
def cosmos_module(interp: Interpreter, name: str) -> ModuleValue:
    """cosmos and its submodules, by the names of what they hold."""
    attrs: dict[str, Value] = {"DbtDag": DBT_DAG, "DbtTaskGroup": DBT_GROUP, **CONFIGS, **WORDS}
    for mode, word in MODES.items():
        for verb in CLASSES:
            attrs[f"{CLASSES[verb]}{word}Operator"] = operator(verb, mode)

    def fallback(attribute: str) -> Value:
        if attribute.startswith("__"):
            return MISSING
        if attribute.endswith("ProfileMapping"):
            return attrs.setdefault(attribute, silent_class(attribute, f"{name}.{attribute}"))
        if attribute[0].islower() and interp.known_module(f"{name}.{attribute}") is None:
            return interp.import_module(f"{name}.{attribute}")
        return interp.unknown(f"`{name}.{attribute}` is not modelled", path=f"{name}.{attribute}")

    return ModuleValue(name, attrs, fallback)
