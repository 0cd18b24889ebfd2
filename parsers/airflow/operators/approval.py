"""Questions to people (Airflow 3.1 and later)."""

from __future__ import annotations

from migrate.diagnostics.waits import ApprovalDetails
from migrate.ir.actions import Approval, Unconverted
from parsers.airflow.arguments import Arguments
from parsers.airflow.branches import branch_kind
from parsers.airflow.catalog import operator
from parsers.airflow.operators._common import EMPTY, unconverted


@operator(
    "airflow.providers.standard.operators.hitl.HITLOperator",
    "airflow.providers.standard.operators.hitl.HITLEntryOperator",
)
def question(args: Arguments) -> Approval | Unconverted:
    """The run waits at a suspended step until somebody answers there."""
    entry = args.task is not None and args.task.operator.name == "HITLEntryOperator"
    return _choice(args, args.strings("options") or (("OK",) if entry else ()))


@operator("airflow.providers.standard.operators.hitl.ApprovalOperator")
def approval(args: Arguments) -> Approval:
    """As a question with Approve and Reject; Reject skips what is below, or fails the task (`fail_on_reject`)."""
    fails = args.bool("fail_on_reject")
    ignores = args.bool("ignore_downstream_trigger_rules")
    args.facts.branch = None if fails else branch_kind("gate", args.generation, ignore_rules=ignores)
    return _approval(args, ("Approve", "Reject")).model_copy(update={"fail_on_reject": fails})


@operator("airflow.providers.standard.operators.hitl.HITLBranchOperator")
def branch(args: Arguments) -> Approval | Unconverted:
    """The chosen options name the tasks to follow."""
    args.facts.branch = branch_kind("choose", args.generation)
    mapping = args.value("options_mapping")
    follow = tuple((str(k), str(v)) for k, v in mapping.items()) if isinstance(mapping, dict) else ()
    action = _choice(args, args.strings("options"))
    return action.model_copy(update={"follow": follow}) if isinstance(action, Approval) else action


def _choice(args: Arguments, options: tuple[str, ...]) -> Approval | Unconverted:
    if not options:
        return unconverted(args, "the question has no options that are known at conversion")
    return _approval(args, options)


def _approval(args: Arguments, options: tuple[str, ...]) -> Approval:
    args.ignore("options")
    for name in ("params", "notifiers", "assigned_users"):
        if args.has(name):
            args.report(ApprovalDetails, name, name=name)
        args.ignore(name)
    multiple = args.bool("multiple")
    if multiple:
        args.report(ApprovalDetails, "multiple", name="multiple")
    return Approval(
        subject=args.expr("subject") or EMPTY,
        body=args.expr("body"),
        options=options,
        defaults=args.strings("defaults"),
        timeout=args.seconds("response_timeout"),
        multiple=multiple,
    )
