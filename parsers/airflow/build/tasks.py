"""One evaluated task -> `ir.Task`."""

from __future__ import annotations

import libcst as cst

from migrate.diagnostics.base import Sink
from migrate.diagnostics.building import DeadlineLost, FanOutNames, TaskFailed
from migrate.ir import exprs
from migrate.ir.actions import Action, CallWorkflow, Container, Hosted, Noop, Python, Shell, Unconverted, WaitWorkflow
from migrate.ir.base import Json
from migrate.ir.visit import exprs_in
from migrate.ir.workflow import Branch, FanOut, Task
from migrate.secrets import redact
from parsers.airflow.arguments import Arguments
from parsers.airflow.branches import LATEST_ONLY, branch_kind
from parsers.airflow.build.common import IGNORED, documentation, limits, retry, trigger_rule, usual_timeout
from parsers.airflow.build.edges import edges_of
from parsers.airflow.build.handlers import task_handlers
from parsers.airflow.build.mapping import fan_out, names_alike, task_arguments
from parsers.airflow.build.pods import pod_overrides
from parsers.airflow.build.setups import indirect_setups
from parsers.airflow.catalog import convert_operator
from parsers.airflow.context import DagContext
from parsers.airflow.evaluator.values import TaskObject
from parsers.airflow.generation import Generation
from parsers.airflow.operators.empty import called_back
from parsers.airflow.operators.hosted import hosted
from parsers.airflow.schedules.objects import data_names

_SKIP = "AirflowSkipException"


def build_task(context: DagContext, task: TaskObject) -> tuple[Task, Arguments]:
    """The task with its action. An internal error becomes INT010 and a step that fails; the workflow goes on."""
    try:
        args, action = _converted(context, task)
        return (_task(context, task, args, action), args)
    except Exception as error:
        context.report(TaskFailed, None, task, error=f"{type(error).__name__}: {error}")
        return (_failed(context, task), task_arguments(context, task))


def _failed(context: DagContext, task: TaskObject) -> Task:
    message = f"internal error while the task {task.task_id} was converted"
    return Task(
        id=task.task_id,
        span=task.span,
        upstream=edges_of(context, task),
        operator=operator_name(task),
        action=Unconverted(message=message, source=source_of(task)),
        group=task.group.id if task.group is not None else None,
    )


def _converted(context: DagContext, task: TaskObject) -> tuple[Arguments, Action]:
    """The action. A mapped operator whose mapping cannot work with what differs per instance is hosted instead."""
    args = task_arguments(context, task)
    args.ignore_all(*IGNORED)
    if task.mapping is None or task.decorator is not None:
        return (args, convert_operator(task, args))
    names_known = "**" not in args
    if names_known:
        outer, context.sink = context.sink, Sink()
        try:
            action = convert_operator(task, args)
        finally:
            trial, context.sink = context.sink, outer
        own = isinstance(action, Hosted) and not names_alike(task.mapping)
        if not own and (not args.lost or context.unmapped != "hosted"):
            outer.extend(trial.all())
            return (args, action)
        args = task_arguments(context, task, by_name=not own)
        args.ignore_all(*IGNORED)
    elif context.unmapped != "hosted":
        args.report(FanOutNames)
        args.ignore_all(*args.values)
        return (args, Unconverted(message="what this task is mapped over is not known", source=source_of(task)))
    return (args, hosted(args))


def _task(context: DagContext, task: TaskObject, args: Arguments, action: Action) -> Task:
    spread = None
    if task.mapping is not None:
        spread = fan_out(context, task, task.mapping, whole="**" in args)
        if spread is None:
            action = Unconverted(message="what this task is mapped over is not known", source=source_of(task))
    if args.raw("sla") is not None:
        args.report(DeadlineLost, "sla", name="sla")
    timeout = args.seconds("execution_timeout", usual_timeout(args))
    if args.facts.timeout is not None:
        timeout = min(timeout, args.facts.timeout) if timeout is not None else args.facts.timeout
    handlers = task_handlers(context, task, args)
    if isinstance(action, Noop):
        action = called_back(action, handlers)
    built = Task(
        id=task.task_id,
        span=task.span,
        call_site=task.call_site,
        upstream=edges_of(context, task),
        rule=trigger_rule(args),
        fan_out=spread,
        retry=retry(args),
        handlers=handlers,
        doc=documentation(args),
        name=_display_name(task),
        operator=operator_name(task),
        action=action,
        group=task.group.id if task.group is not None else None,
        branch=args.facts.branch if args.facts.branch is not None else branch_of(task, args.generation),
        self_skip=args.facts.self_skip or may_skip_itself(action) or _item_may_skip(spread),
        role="setup" if task.is_setup else "teardown" if task.is_teardown else "work",
        setups=indirect_setups(context.dag, task),
        fails_run=not task.is_teardown or task.on_failure_fail_dagrun,
        timeout=timeout,
        limits=limits(args),
        depends_on_past=args.bool("depends_on_past"),
        wait_for_downstream=args.bool("wait_for_downstream"),
        produces=tuple(dict.fromkeys([*data_names(args.raw("outlets") or [])[0], *args.facts.produces])),
        pod=pod_overrides(args) or args.facts.pod,
        owner=args.text("owner"),
        source_text=source_of(task),
        export=_task_params(args),
    )
    if not args.bool("do_xcom_push", True):
        built = built.model_copy(update={"pushes": (), "keeps_result": False})
    return built


def _display_name(task: TaskObject) -> str | None:
    given = task.arguments.get("task_display_name")
    return given.value if given is not None and isinstance(given.value, str) else None


def _task_params(args: Arguments) -> tuple[tuple[str, exprs.Expr], ...]:
    """The task's own `params`; they win over the DAG's defaults, and lose to what the run is given."""
    from parsers.airflow.build.params import param_of

    given = args.raw("params")
    if not isinstance(given, dict):
        return ()
    found = []
    for name, value in given.items():
        param = param_of(args.context, str(name), value, args.span_of("params"))
        missing: Json = {"$late": ["error", f"the parameter `{name}` has no value that was known at conversion"]}
        found.append((str(name), exprs.Literal(value=missing if param.required else param.value)))
    return tuple(found)


def operator_name(task: TaskObject) -> str:
    """The class or decorator that people know the task by."""
    return f"@{task.decorator}" if task.decorator is not None else task.cls.name


def source_of(task: TaskObject) -> str:
    """The call that made the task, as written, without secrets; empty when it has no text of its own."""
    if task.node is None:
        return ""
    known = task.module.cache if task.module is not None else {}
    text = known.get(("source", task.node))
    if text is None:
        text = known[("source", task.node)] = redact(cst.Module(body=[]).code_for_node(task.node)).strip()
    return str(text)


def branch_of(task: TaskObject, generation: Generation) -> Branch | None:
    """The branching of classes that the project derives from Airflow's branch classes; mappings say it otherwise."""
    if task.cls.derives_from("ShortCircuitOperator"):
        return branch_kind("gate", generation, ignore_rules=True)
    if task.cls.derives_from("LatestOnlyOperator"):
        return LATEST_ONLY
    if any(task.cls.derives_from(n) for n in ("BaseBranchOperator", "BranchPythonOperator", "BranchSQLOperator")):
        return branch_kind("choose", generation)
    return None


def _item_may_skip(spread: FanOut | None) -> bool:
    """Whether a function that makes the items of a fan-out can skip an instance."""
    makers = [e for e in exprs_in(spread) if isinstance(e, exprs.Transformed)] if spread is not None else []
    return any(_SKIP in maker.code for maker in makers)


def may_skip_itself(action: Action) -> bool:
    """Whether the action's own code can say, while it runs, that it counts as skipped."""
    if isinstance(action, Python):
        units = [unit for unit in (action.code, action.run_if, action.skip_if) if unit is not None]
        if action.run_if is not None or action.skip_if is not None or action.skip_exit_codes:
            return True
        if any(_SKIP in unit.source or any(_SKIP in m.text for m in unit.modules) for unit in units):
            return True
    if isinstance(action, Hosted):
        units = [unit for unit in (action.code, *(u for _, u in action.callables)) if unit is not None]
        if any(_SKIP in unit.source or any(_SKIP in m.text for m in unit.modules) for unit in units):
            return True
    if isinstance(action, Container) and action.skip_exit_codes:
        return True
    if isinstance(action, WaitWorkflow) and action.skipped_states:
        return True
    if isinstance(action, CallWorkflow) and action.skip_when_exists:
        return True
    if isinstance(action, Shell) and action.skip_exit_codes:
        text = "".join(
            p.value for p in exprs.walk(action.script) if isinstance(p, exprs.Literal) and isinstance(p.value, str)
        )
        return any(f"exit {code}" in text for code in action.skip_exit_codes)
    poll = getattr(action, "poll", None)
    return poll is not None and (poll.on_timeout == "skip" or poll.skip_on_any_error)
