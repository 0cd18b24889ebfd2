"""One evaluated DAG -> `ir.Workflow`."""

from __future__ import annotations

from dataclasses import replace

from migrate.diagnostics.arguments import DefaultArgumentNotRead
from migrate.diagnostics.base import Sink
from migrate.diagnostics.building import DeadlineLost
from migrate.diagnostics.structure import CircularDependencies
from migrate.ir.actions import Unconverted
from migrate.ir.check import circles
from migrate.ir.workflow import PLACEHOLDER, Group, Param, Task, Workflow
from migrate.secrets import redact
from migrate.source import SourceFile
from parsers.airflow.arguments import Arguments
from parsers.airflow.build.common import IGNORED
from parsers.airflow.build.generations import generation_of, note_generation
from parsers.airflow.build.groups import nest
from parsers.airflow.build.handlers import addresses, run_handlers
from parsers.airflow.build.mapping import task_arguments
from parsers.airflow.build.notes import report_notes
from parsers.airflow.build.outputs import with_needed_outputs
from parsers.airflow.build.params import dag_params
from parsers.airflow.build.subdags import inner_dag, subdag_group
from parsers.airflow.build.tasks import build_task
from parsers.airflow.context import DagContext
from parsers.airflow.evaluator.values import Argument, DagObject, TaskObject
from parsers.airflow.inputs import AirflowInputs
from parsers.airflow.modules import ModuleLoader
from parsers.airflow.schedules import read_schedule

_IGNORED = (
    "dag_id", "default_args", "start_date", "end_date", "full_filepath", "default_view", "orientation",
    "access_control", "owner_links", "auto_register", "dag_display_name", "disable_bundle_versioning", "fileloc",
    "user_defined_macros", "user_defined_filters", "render_template_as_native_obj", "is_paused_upon_creation",
    "template_searchpath",
)  # fmt: skip
"""Read elsewhere, or without a meaning for a workflow."""


def build(
    dag: DagObject,
    sink: Sink,
    file: SourceFile | None = None,
    inputs: AirflowInputs | None = None,
    loader: ModuleLoader | None = None,
) -> Workflow:
    """The workflow of an evaluated DAG: its tasks in the order they were made, edges, schedule, parameters, handlers.

    `inputs` and `loader` are those that the evaluation used; without them no template file and no module of the project
    is found. Everything that is not taken over is a finding in `sink`.
    """
    context, why = make_context(dag, sink, file, inputs, loader)
    args = Arguments(dict(dag.arguments), context)
    note_generation(context, why)
    params = dag_params(args)
    context.param_names = frozenset(param.name for param in params)
    schedule = read_schedule(args)
    built, reads = build_nodes(context)
    workflow = _workflow(context, args, params, built).model_copy(update={"schedule": schedule})
    report_notes(context, workflow.nodes)
    args.ignore_all(*_IGNORED)
    args.report_unread("DAG")
    _report_defaults(context, args, reads)
    return _without_circles(workflow, sink)


def _without_circles(workflow: Workflow, sink: Sink) -> Workflow:
    """A DAG that Airflow refuses for a circle fails loudly instead (`airflow/utils/dag_cycle_tester.py`)."""
    found = circles(workflow.nodes)
    if not found:
        return workflow
    finding = CircularDependencies(span=workflow.span, workflow=workflow.id, circle="; ".join(found))
    sink.add(finding)
    step = Task(id=PLACEHOLDER, span=workflow.span, operator="?", action=Unconverted(message=finding.text))
    return workflow.model_copy(update={"nodes": (step,)})


def build_nodes(context: DagContext) -> tuple[dict[str, Task | Group], list[Arguments]]:
    """The DAG's tasks by id (a SubDagOperator's as groups), with the arguments that were read."""
    built: dict[str, Task | Group] = {}
    reads: list[Arguments] = []
    for task_id, task in context.dag.tasks.items():
        inside = inner_dag(task)
        if inside is not None:
            built[task_id], read = _subdag(context, task, inside)
        else:
            made, read = build_task(context, task)
            built[task_id] = made
            if not isinstance(made.action, Unconverted):
                read.report_unread(made.operator)
        reads.append(read)
    return built, reads


def _subdag(context: DagContext, task: TaskObject, inside: DagObject) -> tuple[Group, Arguments]:
    inner = replace(context, dag=inside, code=None)
    given = inside.arguments.get("params")
    if given is not None:
        inner.param_names = frozenset(map(str, given.value)) if isinstance(given.value, dict) else frozenset()
    nodes, _ = build_nodes(inner)
    args = task_arguments(context, task)
    args.ignore_all(*IGNORED)
    group = subdag_group(context, task, args, inner, nest(inner, nodes))
    args.report_unread("SubDagOperator")
    return group, args


def make_context(
    dag: DagObject, sink: Sink, file: SourceFile | None, inputs: AirflowInputs | None, loader: ModuleLoader | None
) -> tuple[DagContext, str]:
    """The context of a DAG, and why its version of Airflow was chosen."""
    module = dag.module
    text = module.text if module is not None else ""
    generation, why = generation_of(text, inputs.airflow_version if inputs is not None else None)
    searchpath = _plain(dag.arguments.get("template_searchpath"))
    context = DagContext(
        dag=dag,
        sink=sink,
        generation=generation,
        file=file or (module.file if module is not None else None),
        roots=inputs.roots if inputs is not None else (),
        import_paths=inputs.import_paths if inputs is not None else (),
        macros=_dict(dag.arguments.get("user_defined_macros")),
        filters=_dict(dag.arguments.get("user_defined_filters")),
        native=_plain(dag.arguments.get("render_template_as_native_obj")) is True,
        searchpath=(searchpath,) if isinstance(searchpath, str) else _texts(searchpath),
        unmapped=inputs.unmapped if inputs is not None else "hosted",
        connections=inputs.connections if inputs is not None else {},
        mappings=inputs.mappings if inputs is not None else (),
        spark_image=inputs.spark_image if inputs is not None else "",
        loader=loader,
        settings=inputs.env if inputs is not None else {},
    )
    return (context, why)


def _workflow(
    context: DagContext, args: Arguments, params: tuple[Param, ...], built: dict[str, Task | Group]
) -> Workflow:
    dag = context.dag
    handlers = run_handlers(context, args)
    for name in ("sla_miss_callback", "deadline"):
        if args.raw(name) is not None:
            args.report(DeadlineLost, name, name=name)
    defaults = Arguments(dict(dag.default_args), context)
    paused = args.raw("is_paused_upon_creation")
    active = args.integer("max_active_tasks")
    older = args.integer("concurrency")
    return Workflow(
        id=dag.dag_id,
        span=dag.span,
        system="airflow",
        generation=context.generation.text,
        nodes=with_needed_outputs(nest(context, built), handlers),
        params=params,
        timeout=args.seconds("dagrun_timeout"),
        max_active_runs=args.integer("max_active_runs"),
        max_active_tasks=active if active is not None else older,
        fail_fast=args.bool("fail_fast") or args.bool("fail_stop"),
        handlers=handlers,
        description=_text(args.raw("description")),
        doc=_text(args.raw("doc_md")) or None,
        tags=_tags(args),
        owner=_text(defaults.raw("owner")) or None,
        email=addresses(defaults),
        paused=paused if isinstance(paused, bool) else None,
        depends_on_past=defaults.raw("depends_on_past") is True,
        max_consecutive_failures=args.integer("max_consecutive_failed_dag_runs"),
        native_templates=context.native,
    )


def _tags(args: Arguments) -> tuple[str, ...]:
    return tuple(dict.fromkeys(args.strings("tags")))


def _report_defaults(context: DagContext, args: Arguments, reads: list[Arguments]) -> None:
    """OPS006 for keys of default_args that no task took. Keys of the DAG's own constructor are read from there too."""
    known = {*IGNORED, *_COMMON}
    for name, argument in context.dag.default_args.items():
        taken = any(read.was_read(name) for read in reads)
        if name not in known and not taken and not args.was_read(name):
            context.report(DefaultArgumentNotRead, argument.span, name=name)


_COMMON = frozenset(
    {"owner", "depends_on_past", "wait_for_downstream", "on_failure_callback", "on_success_callback", "params"}
    | {
        "on_retry_callback",
        "on_execute_callback",
        "sla",
        "queue",
        "pool",
        "priority_weight",
        "retry_delay",
        "trigger_rule",
    }
)


def _plain(argument: Argument | None) -> object:
    return argument.value if argument is not None else None


def _dict(argument: Argument | None) -> dict[str, object]:
    value = _plain(argument)
    return {str(k): v for k, v in value.items()} if isinstance(value, dict) else {}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list | tuple) else ()


def _text(value: object) -> str:
    return redact(value) if isinstance(value, str) else ""
