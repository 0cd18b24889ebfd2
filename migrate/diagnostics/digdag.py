"""Findings about Digdag projects."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class WorkflowRejected(Diagnostic):
    """Digdag itself refuses this file, so there is no workflow to convert.

    ## Why it matters
    Digdag checks a project as a whole: one file that it refuses stops every workflow of the project from being pushed.

    ## What to do
    Correct the file as the message says (it is worded as Digdag words it), then convert again.
    """

    code: ClassVar[str] = "DIG001"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "Digdag refuses this file ({stage}): {error}"
    stage: str
    error: str


class UnusedScheduleKey(Diagnostic):
    """A key under `schedule:` that Digdag's server refuses although a local run only logs it.

    ## Why it matters
    `digdag push` ends with an error for such a file; `digdag run` and `digdag check` go on. We convert what a local
    run does.

    ## What to do
    Remove the key, unless the message says that it has an effect (`delay` under `cron>`).
    """

    code: ClassVar[str] = "DIG002"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "`{key}` is not a key of this schedule; Digdag's server refuses it on push"
    key: str


class ValueOnlyAtRunTime(Diagnostic):
    """A setting that shapes the workflow holds a value that is only there when it runs.

    ## Why it matters
    Digdag evaluates it just before the task; Argo needs retries, batches and time zones when the workflow is made.

    ## What to do
    Write the value into the `.dig` file, or give the parameter with `-p NAME=VALUE` at conversion.
    """

    code: ClassVar[str] = "DIG004"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "`{key}` is only known when the workflow runs ({why}); it was left out"
    key: str
    why: str


class UnknownOperator(Diagnostic):
    """An operator that neither Digdag nor a known plugin has.

    ## Why it matters
    In Digdag the task fails when it starts, unless a plugin brings the operator. The converted step fails, too.

    ## What to do
    Map the operator in a mappings folder (`--mappings`), or replace the task.
    """

    code: ClassVar[str] = "DIG005"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "no conversion for the operator `{operator}>`; the step fails"
    operator: str


class FailsWhenItRuns(Diagnostic):
    """Digdag accepts the task but it fails whenever it starts; the converted step fails in the same way.

    ## Why it matters
    The workflow cannot succeed, in Digdag as in Argo.

    ## What to do
    Correct the task.
    """

    code: ClassVar[str] = "DIG006"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "this task always fails: {error}"
    error: str


class SettingNotConverted(Diagnostic):
    """An option of Digdag's operator that its conversion does not read.

    ## Why it matters
    Digdag's operator may behave differently because of it.

    ## What to do
    Check whether the key has an effect; remove it, or finish the step by hand.
    """

    code: ClassVar[str] = "DIG007"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "`{operator}>`: the key `{key}` was not converted"
    operator: str
    key: str


class ScriptEngineNeeded(Diagnostic):
    """An expression needs a JavaScript engine when the task starts.

    ## Why it matters
    The pod runs in an image with Python, Node.js and moment (`images.script`), which has to be built once:
    `--images` writes its Dockerfile.

    ## What to do
    Build the image in `images/script/`, or write the expression with operators, string methods and `moment` chains
    that need no engine.
    """

    code: ClassVar[str] = "DIG031"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "`${{{expression}}}` needs a JavaScript engine: the pod uses the image of `images.script`"
    expression: str


class SubtasksAdded(Diagnostic):
    """Code that adds tasks while it runs (`digdag.env.add_subtask`).

    ## Why it matters
    Argo cannot add steps to a running workflow. The added call runs in the same pod after the task instead, so it is
    not a step of its own, and its failure is the task's.

    ## What to do
    Make the added task a task of the workflow.
    """

    code: ClassVar[str] = "DIG012"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "`{file}` adds subtasks while it runs: they run in the pod of the task, not as steps"
    file: str


class RoundsApart(Diagnostic):
    """A loop in order with a task that stores parameters, whose rounds are many or only known when it runs.

    ## Why it matters
    In Digdag a round sees what the rounds before it stored. A few rounds that are known are written out and do so.
    Here a round sees what was stored before the loop and in the same round; the tasks after the loop see what all
    rounds stored.

    ## What to do
    If a round needs a value of the round before it, keep it in a place of your own, or write the loop inside the code
    of one task.
    """

    code: ClassVar[str] = "DIG013"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "what `{stores}` stores in one round of the loop is not seen by the next round"
    stores: str


class StoredBeforeFailure(Diagnostic):
    """A group with `_error` whose tasks store parameters.

    ## Why it matters
    In Digdag the tasks of `_error` see what the tasks of the group stored before it failed. A failed group of Argo hands
    on no values, so here they see what was stored before the group.

    ## What to do
    Nothing if the handler does not need them. Else put `_error` at the task that fails, or keep the values in a place of
    your own.
    """

    code: ClassVar[str] = "DIG053"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "`_error` does not see what {stores} stored in the group before it failed"
    stores: str


class ParametersInConfigMap(Diagnostic):
    """`param_set>` and `param_get>` keep values in ConfigMap `digdag-params` of the namespace.

    ## Why it matters
    The values that Digdag's parameter server has now are not there: until they are copied or set again, `param_get>`
    stores empty texts. As on the server, values are texts, are there for 90 days after they were set, and all workflows
    (here: of the namespace) share them. All of them together may have 1 MiB, as Kubernetes has it; a step that would go
    beyond fails and sets nothing. The pods read and write the ConfigMap through their service account
    (`shared/rights.yaml`); where they may not, the step fails.

    ## What to do
    Copy the values once. An entry is named like its key and holds JSON: `{"value": "2026-03-01", "updated_at":
    "2026-03-02T00:00:00+00:00"}`; without `updated_at` it stays for ever. From a parameter server on PostgreSQL:

    `psql -At -c "select json_build_object('apiVersion', 'v1', 'kind', 'ConfigMap', 'metadata', json_build_object('name',
    'digdag-params'), 'data', json_object_agg(key, json_build_object('value', value::json->>'value', 'updated_at',
    updated_at)::text)) from params where site_id = 0" | kubectl apply --server-side -f -`

    On Redis the values stand under `SITE:KEY`. In the name of an entry, a character other than letters, digits, `_`,
    `.` and `-` is written as `-.` and the two hex digits of each of its bytes (`a b`: `a-.20b`); so are a dot at the
    start and a dash before a dot. A name of more than 253 characters is `-.sha256-` and the key's SHA-256.
    """

    code: ClassVar[str] = "DIG050"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = (
        "`{operator}>` works on ConfigMap `digdag-params` (1 MiB for all values); copy the old server's values into it once"
    )
    operator: str


class TasksInAnswer(Diagnostic):
    """`http_call>` runs the workflow that a server answers with.

    ## Why it matters
    The tasks are in the text that is fetched in the run; nobody can know them at conversion. The step fails.

    ## What to do
    If the answer is always the same, save it as a `.dig` file of the project and write `call>` instead. Else let a
    `py>` task fetch what the tasks depend on and store it, and write the tasks with `if>` and `for_each>` over that.
    """

    code: ClassVar[str] = "DIG051"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "`http_call>` fetches its tasks in the run; they cannot be converted"


class RerunOn(Diagnostic):
    """`require>` with `rerun_on` runs a finished session again.

    ## Why it matters
    Digdag adds a further attempt to the session. Here the Workflow of the earlier run is deleted and one of the same name
    is made, so that later steps that require the session join the new run. The logs of the earlier one are kept only in
    an archive of workflows.

    ## What to do
    Nothing, or turn on Argo's workflow archive.
    """

    code: ClassVar[str] = "DIG003"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "`rerun_on: {value}`: the new run takes the place of the finished one"

    value: str


class LastExecutedSession(Diagnostic):
    """`last_executed_session_*` needs the history of runs.

    ## Why it matters
    Argo does not keep it; in the pod these parameters are empty, as in a first run.

    ## What to do
    Use `last_session_time`, or keep the time of the last run yourself.
    """

    code: ClassVar[str] = "DIG030"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "`{name}` needs the history of runs; it is empty here"
    name: str


class DeadlineWatched(Diagnostic):
    """`sla:` became a step that watches the run.

    ## Why it matters
    Its pod runs beside the tasks until they are over, and looks every few seconds, so that a run ends up to 15 seconds
    later. It reads the run from the Kubernetes API.

    ## What to do
    Nothing.
    """

    code: ClassVar[str] = "DIG043"
    severity: ClassVar[Severity] = Severity.INFO
    message: ClassVar[str] = "the sla (`{deadline}`) is watched by a step of its own"
    deadline: str


class DeadlineWithoutEffect(Diagnostic):
    """`sla:` with tasks that Digdag cannot compile.

    ## Why it matters
    Digdag compiles them when the moment has come, fails, and does nothing: no alert, no tasks, no failure of the run.
    So does the output. Whoever wrote it meant something else.

    ## What to do
    Correct the keys below `sla`, or remove it.
    """

    code: ClassVar[str] = "DIG061"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "the sla does nothing, in Digdag neither: {error}"
    error: str


class AlertIsPrinted(Diagnostic):
    """The alert of an `sla:`.

    ## Why it matters
    Digdag's server sends it to where its own settings say. Here a step prints `SLA violation`; nobody is told.

    ## What to do
    Put a task below `sla:` that tells somebody, or let your monitoring watch for the step `^sla^alert`. With
    `alert: false` there is no such step.
    """

    code: ClassVar[str] = "DIG044"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "the alert of the sla (`{deadline}`) is printed by a step; nobody is told"
    deadline: str


class PluginLoaded(Diagnostic):
    """The workflow loads a Digdag plugin.

    ## Why it matters
    Operators of plugins are Java code that only Digdag runs.

    ## What to do
    Map the plugin's operators in a mappings folder (`--mappings`), or replace the tasks.
    """

    code: ClassVar[str] = "DIG041"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "the plugin {dependency} is not loaded"
    dependency: str


class SessionHistoryLost(Diagnostic):
    """Sessions that were missed while the scheduler was away.

    ## Why it matters
    After a restart Digdag makes every missed session (unless `skip_delayed_by`); Argo makes at most one.

    ## What to do
    Submit the missing sessions by hand with the parameter `logical-date`.
    """

    code: ClassVar[str] = "DIG042"
    severity: ClassVar[Severity] = Severity.WARNING
    message: ClassVar[str] = "after an outage Digdag makes up for every missed session, Argo for the last one only"


class ProjectRefused(Diagnostic):
    """Another file of the project is refused by Digdag.

    ## Why it matters
    Digdag takes a project as a whole: as it stands, this workflow cannot be pushed or run either.

    ## What to do
    Correct the other file (its own finding says where), or leave it out.
    """

    code: ClassVar[str] = "DIG008"
    severity: ClassVar[Severity] = Severity.ERROR
    message: ClassVar[str] = "Digdag refuses the project as a whole because of {file}"
    file: str
