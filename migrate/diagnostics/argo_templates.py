"""Findings about templates of the Argo output."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class NoTemplate(Diagnostic):
    """No template exists for what a task does.

    ## Why it matters
    The task stands in the output as a step that prints this message and fails with exit code 64.

    ## What to do
    Write the template by hand in the generated workflow, or replace the operator in the source.
    """

    code: ClassVar[str] = "OUT010"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "{operator}: there is no Argo template for `{action}`; the step fails when it runs"
    action: str
    operator: str


class NotForKubernetes(Diagnostic):
    """A field of the task's pod has a value that Kubernetes does not take there.

    ## Why it matters
    The old system's pod would have been refused too, when it was made. The task stands in the output as a step that
    fails.

    ## What to do
    Correct the argument in the source.
    """

    code: ClassVar[str] = "OUT014"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "{operator}: Kubernetes does not take what is given for {problem}"
    operator: str
    problem: str


class TemplateFailed(Diagnostic):
    """Making a task's template failed inside this program.

    ## Why it matters
    It is our fault. The task stands in the output as a step that fails.

    ## What to do
    Please report it, with the task's source.
    """

    code: ClassVar[str] = "INT020"
    severity: ClassVar[Severity] = Severity.FAILED
    message: ClassVar[str] = "internal error while the template was made: {problem}"
    problem: str


class RoundTripDiffers(Diagnostic):
    """The manifest read back does not say what the workflow says.

    ## Why it matters
    It is our fault: nodes, edges or rules of the output differ from the source.

    ## What to do
    Please report it, with the workflow's source. Do not use the output of this workflow.
    """

    code: ClassVar[str] = "INT022"
    severity: ClassVar[Severity] = Severity.FAILED
    message: ClassVar[str] = "the output differs from the source: {difference}"
    difference: str


class NotSound(Diagnostic):
    """The workflow that was read contradicts itself.

    ## Why it matters
    Two nodes have one id, an edge leads nowhere, or dependencies form a circle. The source system refuses such a
    workflow, or reading it went wrong.

    ## What to do
    Correct the source. If the source system accepts it, please report it.
    """

    code: ClassVar[str] = "INT023"
    severity: ClassVar[Severity] = Severity.FAILED
    message: ClassVar[str] = "the workflow is not sound: {problem}"
    problem: str


class ValueUnknown(Diagnostic):
    """A value that conversion could not determine is needed by a task.

    ## Why it matters
    The task cannot run without it. It stands in the output as a step that fails with this message.

    ## What to do
    Supply the value (a variable, an environment value, an assumption in the configuration), or finish the step by hand.
    """

    code: ClassVar[str] = "OUT011"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "value `{value}` is not known: {why}"
    value: str
    why: str


class RenderedBefore(Diagnostic):
    """A value is computed by a helper step before the task.

    ## Why it matters
    Argo's expression language cannot compute it. The step `{step}` renders it in a Python pod and passes it on; that
    costs one more pod.

    ## What to do
    Nothing. A simpler expression in the source would save the pod.
    """

    code: ClassVar[str] = "TPL001"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "`{step}` renders a value for this task at run time (one more pod)"
    step: str


class UnknownReference(Diagnostic):
    """A task refers to the output of a task that does not exist.

    ## Why it matters
    The reference cannot be wired; the value is null.

    ## What to do
    Correct the task id in the source.
    """

    code: ClassVar[str] = "XCM006"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = (
        "refers to the output of `{producer}`, which is no task of this workflow; the value is null"
    )
    producer: str


class NotBefore(Diagnostic):
    """A task reads the output of a task that need not run before it.

    ## Why it matters
    In the source the value is there if the other task happens to have run already. Argo passes values along
    dependencies only, so a dependency was added if that makes no circle; otherwise the value is null.

    ## What to do
    State the dependency in the source.
    """

    code: ClassVar[str] = "XCM007"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "reads the output of `{producer}` without depending on it; {outcome}"
    producer: str
    outcome: str
