"""The operators of cosmos: shell steps that run dbt."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.scope import MISSING
from parsers.airflow.evaluator.values import ClassValue, Instance, Native, Value
from parsers.airflow.overlays.airflow_operators import operator_class
from parsers.airflow.overlays.cosmos_nodes import Node
from parsers.airflow.overlays.plain import first_modelled, lower
from parsers.airflow.overlays.readable import path_text
from parsers.airflow.overlays.registry import make_class

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


CLASSES = {"run": "DbtRun", "seed": "DbtSeed", "snapshot": "DbtSnapshot", "test": "DbtTest", "build": "DbtBuild",
           "source": "DbtSource"}  # fmt: skip
VERBS = {"source": ("source", "freshness")}
MODES = {
    "local": "Local", "docker": "Docker", "kubernetes": "Kubernetes", "virtualenv": "Virtualenv",
    "azure_container_instance": "AzureContainerInstance", "aws_eks": "AwsEks", "aws_ecs": "AwsEcs",
    "gcp_cloud_run_job": "GcpCloudRunJob",
}  # fmt: skip


@dataclass
class Project:
    """What a DbtDag or DbtTaskGroup was given, as far as it is known."""

    path: str | None
    manifest: Value
    profile: Value
    execution: Value
    render: Value
    arguments: dict[str, Value]

    def setting(self, owner: Value, name: str, default: Value = None) -> Value:
        """A field of one of the configuration objects."""
        value = owner.attrs.get(name) if isinstance(owner, Instance) else None
        return default if value is None else value


def text_of(value: Value) -> str | None:
    value = lower(value)
    return value if isinstance(value, str) else None


def command(project: Project, verb: str, node: Node | None, selections: tuple[list[str], list[str]] = ([], [])) -> str:
    """The dbt command line of one task."""
    words = [text_of(project.setting(project.execution, "dbt_executable_path")) or "dbt", *VERBS.get(verb, (verb,))]
    if node is not None:
        words += ["--select", node.selection]
    for option, values in (("--select", selections[0]), ("--exclude", selections[1])):
        if values:
            words += [option, " ".join(values)]
    if project.path:
        words += ["--project-dir", project.path]
    profiles = text_of(project.setting(project.profile, "profiles_yml_filepath"))
    if profiles:
        words += ["--profiles-dir", profiles.rpartition("/")[0] or "."]
    for option, name in (("--profile", "profile_name"), ("--target", "target_name")):
        value = text_of(project.setting(project.profile, name))
        if value:
            words += [option, value]
    variables = lower(project.arguments.get("vars"))
    if isinstance(variables, dict) and variables and first_modelled(variables) is MISSING:
        words += ["--vars", json.dumps(variables, sort_keys=True, default=str)]
    if lower(project.arguments.get("full_refresh")) is True and verb in ("run", "seed", "build"):
        words.append("--full-refresh")
    return shlex.join(words)


def operator(verb: str, mode: str) -> ClassValue:
    """cosmos' operator class for a verb, converted as a shell step that runs dbt."""
    name = f"{CLASSES[verb]}{MODES.get(mode, 'Local')}Operator"
    if name not in _OPERATORS:
        bash = operator_class("BashOperator", "airflow.operators.bash.BashOperator")
        cls = make_class(name, f"cosmos.operators.{mode}.{name}", (bash,), {"__init__": _operator_init(verb)})
        cls.traits.discard("operator")
        _OPERATORS[name] = cls
    return _OPERATORS[name]


_OPERATORS: dict[str, ClassValue] = {}
DBT_ARGUMENTS = (
    "project_dir", "profile_config", "select", "models", "exclude", "vars", "full_refresh", "install_deps", "dbt_executable_path",  # noqa: E501
    "dbt_cmd_flags", "dbt_cmd_global_flags", "profiles_dir", "target", "profile", "emit_datasets", "invocation_mode", "selector",  # noqa: E501
    "should_store_compiled_sql", "append_env", "manifest_filepath", "extra_context", "dbt_project_path",
)  # fmt: skip


def _operator_init(verb: str) -> Native:
    """A cosmos operator written by hand: its arguments become the command line."""

    def init(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        given = dict(kwargs)
        dbt = {k: given.pop(k) for k in list(given) if k in DBT_ARGUMENTS}
        if "bash_command" not in given:
            project = Project(
                path_text(interp, dbt.get("project_dir")), None, dbt.get("profile_config"), None, None, dbt
            )
            chosen = lower(dbt.get("select", dbt.get("models")))
            names = [chosen] if isinstance(chosen, str) else list(chosen) if isinstance(chosen, list) else []
            left = lower(dbt.get("exclude"))
            out = [left] if isinstance(left, str) else list(left) if isinstance(left, list) else []
            given["bash_command"] = command(project, verb, None, (names, out))
        bash = operator_class("BashOperator", "airflow.operators.bash.BashOperator")
        interp.call(interp.lookup(bash, "__init__"), args, given, site)
        return None

    return Native(f"Dbt.{verb}.__init__", init)
