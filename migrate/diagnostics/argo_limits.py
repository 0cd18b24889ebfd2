"""Findings about retries, deadlines and limits in the Argo output."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class NoJitter(Diagnostic):
    """Exponential waits between tries have no random part.

    ## Why it matters
    The source system stretches each wait by up to a factor of two, by a hash of the task. Argo waits exactly.

    ## What to do
    Nothing.
    """

    code: ClassVar[str] = "RET001"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "exponential waits between tries are exact, without the source system's random part"


class DeadlineCountsStart(Diagnostic):
    """The task's timeout is the deadline of its pod.

    ## Why it matters
    Per try, as in the source; but it also counts pulling the image and init containers.

    ## What to do
    Enlarge short timeouts.
    """

    code: ClassVar[str] = "RET002"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "the timeout counts the start of the pod too"


class PoolSize(Diagnostic):
    """The size of a pool is not in the sources.

    ## Why it matters
    The ConfigMap `airflow-pools` was written with 128 slots for it.

    ## What to do
    Set `pools.<name>` in the configuration, or edit the ConfigMap.
    """

    code: ClassVar[str] = "POOL001"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "size of pool `{pool}` unknown: 128 was written"
    pool: str


class PoolSlots(Diagnostic):
    """A task that takes several slots of its pool takes one.

    ## Why it matters
    Argo's semaphores have no weights.

    ## What to do
    Make the pool smaller, or give heavy tasks a pool of their own.
    """

    code: ClassVar[str] = "POOL002"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "{slots} pool slots count as 1"
    slots: int


class ActiveTasks(Diagnostic):
    """The number of tasks at once is limited per run.

    ## Why it matters
    Argo's `parallelism` counts the pods of one run; version 2 of the source system counts over all runs of the
    workflow.

    ## What to do
    Nothing, unless several runs at once are usual.
    """

    code: ClassVar[str] = "POOL003"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "at most {count} tasks at once, counted per run"
    count: int


class NoPriority(Diagnostic):
    """The priority of a task among others is lost.

    ## Why it matters
    Argo has a priority per workflow only, for queues at locks.

    ## What to do
    Use PriorityClasses or separate pools where the order matters.
    """

    code: ClassVar[str] = "POOL004"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "priority weight {priority} has no equivalent for a single task"
    priority: int


class QueueUnknown(Diagnostic):
    """A worker queue without a place in the cluster.

    ## Why it matters
    The pods run on any node.

    ## What to do
    Say in the configuration which nodes stand for the queue: `queues.<name>.node_selector` and `.tolerations`.
    """

    code: ClassVar[str] = "POOL005"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "queue `{queue}`: not said which nodes it stands for"
    queue: str


class InstancesPerRun(Diagnostic):
    """At most N instances of a task at once in one run.

    ## Why it matters
    Argo cannot limit the instances of one loop to N without a template around it; all of them may run at once.

    ## What to do
    Use a pool, or the limit over all runs.
    """

    code: ClassVar[str] = "POOL006"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "the limit of {count} instances at once in one run was not converted"
    count: int


class HandlerMissed(Diagnostic):
    """A callback that runs when the task starts.

    ## Why it matters
    Argo calls it when it sees the task running; of a very short task it may never see that.

    ## What to do
    Put the call into the task itself if it must not be missed.
    """

    code: ClassVar[str] = "NOT001"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "the callback at the start of the task may be missed for a short task"


class NoSkipHandler(Diagnostic):
    """A callback that runs when the task is skipped.

    ## Why it matters
    Argo runs no hook for a task that is not started.

    ## What to do
    Let a following task with the rule all_skipped do it.
    """

    code: ClassVar[str] = "NOT002"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the callback for skipped tasks was not converted"


class HandlerNeverFails(Diagnostic):
    """A handler of the run ends well whatever happens in it.

    ## Why it matters
    A failing exit handler would turn a successful run into a failed one.

    ## What to do
    Nothing; look at the handler's log if a message did not arrive.
    """

    code: ClassVar[str] = "NOT003"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "a failing callback does not fail the run"


class OwnExitHandler(Diagnostic):
    """The workflow has an exit handler of its own.

    ## Why it matters
    It replaces a site-wide handler from the controller's `workflowDefaults`.

    ## What to do
    Call the site-wide handler from it if both should run.
    """

    code: ClassVar[str] = "NOT005"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "`onExit` of this workflow replaces a site-wide exit handler"


class HandlersAwaited(Diagnostic):
    """Tasks below wait for the callbacks of a task.

    ## Why it matters
    Argo starts them when the hooks of the task have ended; the source does not wait for callbacks.

    ## What to do
    Nothing.
    """

    code: ClassVar[str] = "NOT006"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "tasks below also wait for the callbacks of this task"


class NoRetryHandler(Diagnostic):
    """A callback at each retry.

    ## Why it matters
    Argo has no hook for a single try.

    ## What to do
    Put the call into the task itself.
    """

    code: ClassVar[str] = "NOT007"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "the callback for retries was not converted"
