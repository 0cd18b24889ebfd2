"""Python callables: operators, TaskFlow decorators, other environments."""

from __future__ import annotations

from migrate.diagnostics.hosting import OtherInterpreter, VirtualenvSlow
from migrate.ir.actions import Python, Unconverted
from parsers.airflow.arguments import Arguments
from parsers.airflow.branches import branch_kind
from parsers.airflow.catalog import operator
from parsers.airflow.operators._common import differs, poll, skip_codes
from parsers.airflow.operators._files import read_template
from parsers.airflow.operators._python import python_action
from parsers.airflow.overlays.sys_module import OWN_INTERPRETER


@operator(
    "airflow.operators.python.PythonOperator",
    "airflow.operators.python_operator.PythonOperator",
    "airflow.providers.standard.operators.python.PythonOperator",
    decorators=("task", "task.python"),
)
def python(args: Arguments) -> Python | Unconverted:
    """The function's own source runs in a Python image, with the modules of the project that it needs."""
    return python_action(args)


@operator(
    "airflow.operators.python.BranchPythonOperator",
    "airflow.operators.python_operator.BranchPythonOperator",
    "airflow.providers.standard.operators.python.BranchPythonOperator",
    decorators=("task.branch",),
)
def branch(args: Arguments) -> Python | Unconverted:
    """The function names the direct downstream tasks to follow; the others count as skipped."""
    args.facts.branch = branch_kind("choose", args.generation)
    return python_action(args, mode="choose")


@operator(
    "airflow.operators.python.ShortCircuitOperator",
    "airflow.operators.python_operator.ShortCircuitOperator",
    "airflow.providers.standard.operators.python.ShortCircuitOperator",
    decorators=("task.short_circuit",),
)
def short_circuit(args: Arguments) -> Python | Unconverted:
    """A false result skips what is below: everything, or (`ignore_downstream_trigger_rules=False`) the next tasks."""
    args.facts.branch = branch_kind(
        "gate", args.generation, ignore_rules=args.bool("ignore_downstream_trigger_rules", True)
    )
    return python_action(args, mode="gate")


@operator(
    "airflow.sensors.python.PythonSensor",
    "airflow.contrib.sensors.python_sensor.PythonSensor",
    "airflow.providers.standard.sensors.python.PythonSensor",
    decorators=("task.sensor",),
)
def sensor(args: Arguments) -> Python | Unconverted:
    """The function is called until its result is true; a `PokeReturnValue` carries a value on."""
    looking = poll(args)
    action = python_action(args, mode="sensor")
    return action.model_copy(update={"poll": looking}) if isinstance(action, Python) else action


@operator(
    "airflow.operators.python.PythonVirtualenvOperator",
    "airflow.operators.python_operator.PythonVirtualenvOperator",
    "airflow.providers.standard.operators.python.PythonVirtualenvOperator",
    decorators=("task.virtualenv",),
)
def virtualenv(args: Arguments) -> Python | Unconverted:
    """The packages are installed when the step starts; an image that has them is faster."""
    return _with_packages(args, python_action(args, pass_context=False))


@operator(
    "airflow.operators.python.BranchPythonVirtualenvOperator",
    "airflow.providers.standard.operators.python.BranchPythonVirtualenvOperator",
    decorators=("task.branch_virtualenv",),
)
def branch_virtualenv(args: Arguments) -> Python | Unconverted:
    """As the branch operator, after installing the packages."""
    args.facts.branch = branch_kind("choose", args.generation)
    return _with_packages(args, python_action(args, mode="choose", pass_context=False))


@operator(
    "airflow.operators.python.ExternalPythonOperator",
    "airflow.providers.standard.operators.python.ExternalPythonOperator",
    decorators=("task.external_python",),
)
def external(args: Arguments) -> Python | Unconverted:
    """The image must hold the interpreter named in `python`."""
    return _with_interpreter(args, python_action(args, pass_context=False))


@operator(
    "airflow.operators.python.BranchExternalPythonOperator",
    "airflow.providers.standard.operators.python.BranchExternalPythonOperator",
    decorators=("task.branch_external_python",),
)
def branch_external(args: Arguments) -> Python | Unconverted:
    """As the branch operator, with the interpreter named in `python`."""
    args.facts.branch = branch_kind("choose", args.generation)
    return _with_interpreter(args, python_action(args, mode="choose", pass_context=False))


def _with_packages(args: Arguments, action: Python | Unconverted) -> Python | Unconverted:
    packages = _requirements(args)
    if packages:
        args.report(VirtualenvSlow, "requirements", packages=", ".join(packages))
    args.ignore("system_site_packages", "the image's own packages are always visible")
    differs(args, "packages come from the index that `pip` in the image is set up for", "index_urls")
    differs(
        args, "packages come from the index that `pip` in the image is set up for", "index_urls_from_connection_ids"
    )
    args.ignore("venv_cache_path", "nothing of a pod's disk is kept")
    version = args.value("python_version")
    update: dict[str, object] = {"venv": packages, "python": str(version) if version is not None else None}
    return _isolated(args, action, update)


def _with_interpreter(args: Arguments, action: Python | Unconverted) -> Python | Unconverted:
    interpreter = args.text("python") or "python"
    if interpreter == OWN_INTERPRETER:
        return _isolated(args, action, {})
    args.report(OtherInterpreter, "python", python=interpreter)
    return _isolated(args, action, {"interpreter": interpreter})


def _isolated(args: Arguments, action: Python | Unconverted, update: dict[str, object]) -> Python | Unconverted:
    args.ignore_all("serializer", "use_dill", "expect_airflow", "expect_pendulum", "string_args", "inherit_env")
    codes = skip_codes(args)
    env = args.mapping("env_vars")
    if not isinstance(action, Python):
        return action
    return action.model_copy(update={**update, "skip_exit_codes": codes, "env": env})


def _requirements(args: Arguments) -> tuple[str, ...]:
    """A list of packages, the text of a requirements file, or the name of one."""
    found = args.raw("requirements")
    if isinstance(found, str):
        text = read_template(found, args.context) if found.strip().endswith(".txt") else found
        lines = (line.partition("#")[0].strip() for line in (text or found).splitlines())
        return tuple(line for line in lines if line)
    return args.strings("requirements")
