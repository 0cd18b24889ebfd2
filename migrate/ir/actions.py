"""What a task does. Front ends map several hundred operators to this closed union; the back end has one template each."""

from __future__ import annotations

from typing import Annotated, Any
from typing import Literal as Lit

from pydantic import Field

from migrate.ir.base import Json, Model
from migrate.ir.exprs import Expr


class BundledFile(Model):
    """A file of the source project that the pod needs. `path` is relative to the folder it is mounted in. base64:
    `text` is the base64 of bytes that are no plain text."""

    path: str
    text: str
    executable: bool = False
    base64: bool = False


class ProjectFiles(Model):
    """All files of a project, for tasks that may read any of them. name: what tells it from other projects, may be
    empty. secret: paths of files that hold secrets and are not copied."""

    name: str
    files: tuple[BundledFile, ...]
    secret: tuple[str, ...] = ()


class CodeUnit(Model):
    """Python source that a pod runs.

    source: readable text (imports, constants, helpers, the function), self-contained together with `modules`.
    entry: expression over the names of `source` that yields the callable (`transform`, `Worker("w1").run`, `helpers.f`).
    modules: repository modules that `source` imports, with paths as Python needs them on its path.
    requirements: third-party distributions or import names detected.
    needs_source_framework: it imports the source system's own package beyond what the runner's shim offers.
    uses: what the code reads by itself when it runs (`ti.xcom_pull`, `Variable.get`, hooks, `os.environ`): OutputRef,
    VariableRef, ConnectionRef, EnvRef. Outputs must reach the pod as inputs, keyed by (task, key).
    pushes: further keys of values it may produce (`ti.xcom_push(key=...)`).
    context: names of the run's context that it reads; None: not known, all of them.
    """

    source: str
    entry: str
    modules: tuple[BundledFile, ...] = ()
    requirements: tuple[str, ...] = ()
    needs_source_framework: bool = False
    uses: tuple[Expr, ...] = ()
    pushes: tuple[str, ...] = ()
    context: tuple[str, ...] | None = None
    language: Lit["python", "ruby"] = "python"


class Shell(Model):
    """A command for a shell. `output`: last_line = the last line of standard output is the return value."""

    kind: Lit["shell"] = "shell"
    script: Expr
    shell: tuple[str, ...] = ("bash",)
    env: tuple[tuple[str, Expr], ...] = ()
    inherit_env: bool = True
    cwd: Expr | None = None
    files: tuple[BundledFile, ...] = ()
    skip_exit_codes: tuple[int, ...] = ()
    output: Lit["none", "last_line"] = "none"
    image: str | None = None
    params_as_env: bool = False
    """All parameters of the run context become environment variables (Digdag)."""


class Python(Model):
    """A Python (or Ruby) callable.

    mode: handler = called with the context after the fact (kwargs `event` and `level` run / task say after what);
    plain; choose = returns ids of the tasks to follow; gate = falsy stops what is below; sensor = called until
    it returns a true value; shell = returns a command that is then run; skip_unless / skip_if wrap a plain callable.
    args/kwargs: values; `pass_context`: the callable takes the run's context by name (`**context` or named keys).
    venv: requirements to install first (None: none asked); python: its version.
    """

    kind: Lit["python"] = "python"
    code: CodeUnit
    mode: Lit["plain", "choose", "gate", "sensor", "shell", "handler"] = "plain"
    args: tuple[Expr, ...] = ()
    kwargs: tuple[tuple[str, Expr], ...] = ()
    star_args: Expr | None = None
    """A list of further positional arguments that is only there when the run is."""
    star_kwargs: Expr | None = None
    """A mapping of further named arguments that is only there when the run is (an item of a fan-out)."""
    templates: tuple[tuple[str, Expr], ...] = ()
    pass_context: bool = True
    multiple_outputs: bool = False
    run_if: CodeUnit | None = None
    skip_if: CodeUnit | None = None
    skip_exit_codes: tuple[int, ...] = ()
    show_return_value: bool = True
    venv: tuple[str, ...] | None = None
    python: str | None = None
    interpreter: str | None = None
    env: tuple[tuple[str, Expr], ...] = ()
    poll: Poll | None = None
    image: str | None = None
    bind_params: bool = False
    """Arguments are bound by name from the parameters of the run context (Digdag)."""


class Poll(Model):
    """How a wait looks again, in one pod. Seconds."""

    interval: float = 60
    timeout: float = 604800
    exponential: bool = False
    max_interval: float | None = None
    on_timeout: Lit["fail", "skip"] = "fail"
    skip_on_any_error: bool = False


RENDERED = "\x00{}\x00"
"""The text that stands for an item of `Container.rendered`, by its number."""


class Container(Model):
    """A container image. `pod` holds Kubernetes fields in Kubernetes' own spelling (camelCase), already evaluated:
    keys of PodSpec (nodeSelector, affinity, tolerations, volumes, initContainers, serviceAccountName, ...; `containers`
    are further containers beside the one described here); `container` holds keys of Container (resources, volumeMounts,
    envFrom, ports, securityContext, imagePullPolicy, ...).
    """

    kind: Lit["container"] = "container"
    image: Expr
    command: tuple[Expr, ...] | None = None
    args: tuple[Expr, ...] = ()
    env: tuple[tuple[str, Expr], ...] = ()
    env_raw: tuple[dict[str, Any], ...] = ()
    """Kubernetes EnvVar objects with valueFrom."""
    container: dict[str, Any] = Field(default_factory=dict)
    pod: dict[str, Any] = Field(default_factory=dict)
    rendered: tuple[Expr, ...] = ()
    """Texts in `container` and `pod` that only the run knows: the text `RENDERED` with a number n stands for item n."""
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)
    deadline: float | None = None
    output_file: str | None = None
    """Path in the container of a JSON file that is the return value."""
    skip_exit_codes: tuple[int, ...] = ()
    service: str = ""
    """`docker`, `kubernetes`, `gke`, `eks`: what the source ran it with."""


class Http(Model):
    """An HTTP request. `check`/`filter`: code applied to the response. connection gives the base URL and credentials."""

    kind: Lit["http"] = "http"
    method: str = "POST"
    url: Expr
    connection: str | None = None
    headers: tuple[tuple[str, Expr], ...] = ()
    body: Expr | None = None
    body_type: Lit["raw", "json", "form", "query"] = "raw"
    check: CodeUnit | None = None
    response_filter: CodeUnit | None = None
    timeout: float | None = None
    verify_tls: bool = True
    allow_redirects: bool = True
    retry_status: bool = False
    poll: Poll | None = None
    output: Lit["none", "text"] = "text"


class Sql(Model):
    """SQL run by a database's own client.

    dialect: postgres, mysql, bigquery, snowflake, redshift, sqlite, presto, td ... `options` are the client's
    (autocommit, use_legacy_sql, destination_table, ...), evaluated. result: none; first_value; first_row; rows.
    check: None, or how the result decides (`truthy`: every value of the first row must be true).
    """

    kind: Lit["sql"] = "sql"
    dialect: str
    connection: str
    statements: tuple[Expr, ...]
    parameters: Expr | None = None
    options: tuple[tuple[str, Expr], ...] = ()
    database: Expr | None = None
    result: Lit["none", "first_value", "first_row", "rows"] = "none"
    result_key: str = "return_value"
    check: Lit["truthy"] | None = None
    poll: Poll | None = None
    mode: Lit["plain", "choose"] = "plain"
    follow_if_true: tuple[str, ...] = ()
    follow_if_false: tuple[str, ...] = ()


class Command(Model):
    """A command-line tool of a service (`aws`, `gcloud`, `bq`, `td`, ...) with arguments, credentials and files.

    image: key of the images table. script: text for `sh`; arguments reach it as environment variables in `env`, never
    pasted into the text. A value of `env` that is a list or mapping arrives as JSON text. poll: run until it exits 0;
    `not_yet_codes`: the exit codes that mean "look again" (none given: any but 0), others fail.
    credentials: names of environment variables that the script expects, and the field of `connection` that each holds.
    """

    kind: Lit["command"] = "command"
    tool: str
    script: str
    env: tuple[tuple[str, Expr], ...] = ()
    connection: str | None = None
    credentials: tuple[tuple[str, str], ...] = ()
    files: tuple[BundledFile, ...] = ()
    poll: Poll | None = None
    not_yet_codes: tuple[int, ...] = ()
    output: Lit["none", "last_line", "file"] = "none"
    outputs: tuple[tuple[str, str], ...] = ()
    """(output key, file the script writes it to as JSON)."""


class Resource(Model):
    """A Kubernetes object is created, and waited for by conditions on its fields.

    values: what only a run knows, by its place in the manifest (keys and positions); texts there.
    """

    kind: Lit["resource"] = "resource"
    operation: Lit["create", "apply", "delete", "get", "patch"] = "create"
    manifest: Json
    values: tuple[tuple[tuple[str | int, ...], Expr], ...] = ()
    success: str | None = None
    failure: str | None = None


class CallWorkflow(Model):
    """Starts another converted workflow (or joins it), optionally waiting for its end.

    workflow: id in the source system. conf: run configuration. run_id / logical_time: as given.
    join: an existing run of the same logical time is joined, not started again (Digdag `require>`).
    """

    kind: Lit["call-workflow"] = "call-workflow"
    workflow: Expr
    conf: Expr | None = None
    run_id: Expr | None = None
    logical_time: Expr | None = None
    wait: bool = False
    poll_interval: float = 60
    allowed_states: tuple[str, ...] = ("success",)
    failed_states: tuple[str, ...] = ("failed",)
    join: bool = False
    ignore_failure: bool = False
    skip_when_exists: bool = False
    reset: bool = False


class WaitTime(Model):
    """Waits for a time: `seconds` after the task starts, or `until` an absolute time."""

    kind: Lit["wait-time"] = "wait-time"
    seconds: Expr | None = None
    until: Expr | None = None
    time_of_day: str | None = None
    """HH:MM:SS in `zone`: until that time of the current day."""
    zone: str | None = None
    poll: Poll | None = None


class WaitWorkflow(Model):
    """Waits for a run of another workflow, or for tasks in it.

    The awaited run's logical time is this run's plus `offset` seconds, or `times` (an expression, or code).
    """

    kind: Lit["wait-workflow"] = "wait-workflow"
    workflow: Expr
    tasks: tuple[str, ...] = ()
    group: str | None = None
    offset: float = 0
    times: CodeUnit | None = None
    allowed_states: tuple[str, ...] = ("success",)
    failed_states: tuple[str, ...] = ()
    skipped_states: tuple[str, ...] = ()
    check_existence: bool = False
    poll: Poll = Poll()


class Approval(Model):
    """A person decides. `options` and `defaults`; `follow`: option -> id of the task to follow (an option that is not
    there names its task itself), for tasks that choose."""

    kind: Lit["approval"] = "approval"
    subject: Expr
    body: Expr | None = None
    options: tuple[str, ...] = ("Approve", "Reject")
    defaults: tuple[str, ...] = ()
    timeout: float | None = None
    fail_on_reject: bool = False
    multiple: bool = False
    follow: tuple[tuple[str, str], ...] = ()


class Notify(Model):
    """A message to people. channel: email, slack. Fields are values; `connection` names the credentials."""

    kind: Lit["notify"] = "notify"
    channel: Lit["email", "slack", "slack-api", "other"]
    connection: str | None = None
    fields: tuple[tuple[str, Expr], ...] = ()
    files: tuple[BundledFile, ...] = ()


class Noop(Model):
    """Does nothing; only joins or names a place in the graph."""

    kind: Lit["noop"] = "noop"


class Gate(Model):
    """Decides without user code: latest_only; day_of_week; datetime_range. Follows ids if true / if false.

    spec: evaluated arguments of the rule.
    """

    kind: Lit["gate"] = "gate"
    test: Lit["latest_only", "day_of_week", "datetime_range"]
    spec: Json = None
    follow_if_true: tuple[str, ...] = ()
    follow_if_false: tuple[str, ...] = ()


class Hosted(Model):
    """The source system's own operator, rebuilt from its evaluated arguments inside a pod.

    cls: import path of the class (`airflow.providers.x.operators.y.Z`), or a name in `code` for a repository class.
    arguments: by name. callables: arguments that are code: a callable, or an object that is made when the pod runs
    (name -> unit; `entry` yields the argument's value). packages: distributions the image needs. defaults: what the
    workflow gives to every constructor that takes an argument of the name and is not given one.
    """

    kind: Lit["hosted"] = "hosted"
    cls: str
    arguments: tuple[tuple[str, Expr], ...] = ()
    defaults: tuple[tuple[str, Expr], ...] = ()
    callables: tuple[tuple[str, CodeUnit], ...] = ()
    code: CodeUnit | None = None
    packages: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()
    template_fields: tuple[str, ...] = ()
    sensor: bool = False
    poll: Poll | None = None
    multiple_outputs: bool = False
    generation: str = ""
    """Version of the source system whose image hosts it."""


class Layer(Model):
    """Parameters that one level around a task brings, weakest level first.

    exports: values as written, whose `${...}` is evaluated at each use. values: mappings that are there when the run is
    (stored values of tasks, items of a fan-out), applied before the level's exports.
    """

    values: tuple[Expr, ...] = ()
    exports: dict[str, Json] = Field(default_factory=dict)


class Masked(Model):
    """A secret that stood as plain text in the source: `mask` stands in its place until the pod has it from the key of a
    Kubernetes Secret."""

    mask: str
    secret: str
    key: str


class Scoped(Model):
    """An operation whose settings hold `${...}` over layered parameters, evaluated when the task starts (Digdag).

    operation: sh, py, rb, echo, fail, http, mail, wait, ...; `value`: the value of `command` (a condition, a list of
    items) is the result; `items`: the items of a loop.
    command, settings: as written. template: the value of a file that is a YAML template; its expressions see all
    parameters, and it is none itself. zone: time zone of dates in expressions.
    secrets: names that `${secret:...}` reads. stores: it may store parameters (output key `store`).
    engine: a text needs a real JavaScript engine. workdir: folder below the project in which it runs.
    failed_below: tasks of a failed group whose `error` it reads. requirements: distributions that its code imports.
    late: settings that the command reads and that are set after it was evaluated first, so that it fails unless a level
    around has the name. rounds: the node that is run once for each of the items that it makes; they get the names of
    their rounds. item_texts: items that Argo would change (null, 1.0, long numbers) are JSON texts. large: its files
    fit in no ConfigMap. whole: it may read any file of `Workflow.project`. masked: what stands for secrets in its texts.
    """

    kind: Lit["scoped"] = "scoped"
    operation: str
    command: Json = None
    settings: dict[str, Json] = Field(default_factory=dict)
    late: tuple[str, ...] = ()
    rounds: str = ""
    item_texts: bool = False
    template: Json = None
    layers: tuple[Layer, ...] = ()
    zone: str = "UTC"
    secrets: tuple[str, ...] = ()
    files: tuple[BundledFile, ...] = ()
    workdir: str = ""
    stores: bool = False
    engine: bool = False
    failed_below: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    large: bool = False
    whole: bool = False
    image: str | None = None
    masked: tuple[Masked, ...] = ()


class Unconverted(Model):
    """Stands where a task could not be converted; the step fails with `message`. `source` is the task's source text."""

    kind: Lit["unconverted"] = "unconverted"
    message: str
    source: str = ""


Python.model_rebuild()

Action = Annotated[
    Shell
    | Python
    | Container
    | Http
    | Sql
    | Command
    | Resource
    | CallWorkflow
    | WaitTime
    | WaitWorkflow
    | Approval
    | Notify
    | Noop
    | Gate
    | Hosted
    | Scoped
    | Unconverted,
    Field(discriminator="kind"),
]
