"""The configuration: one pydantic model, whose fields and descriptions are also the reference page.

Every key can stand in `migrate.toml`, under `[tool.migrate]` in `pyproject.toml`, or be given as `--set KEY=VALUE`.
Loading is in `migrate.config_load`; this module has the model only, because all layers read it.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from migrate.ir.base import Json

Unmapped = Literal["hosted", "fail", "tasks-test"]

DEFAULT_IMAGES: dict[str, str] = {
    "airflow": "",
    "aws": "amazon/aws-cli:2.17.65",
    "bash": "bash:5.2",
    "bigquery": "google/cloud-sdk:491.0.0-slim",
    "busybox": "busybox:1.36",
    "curl": "curlimages/curl:8.10.1",
    "embulk": "embulk/embulk:0.11.4",
    "gcloud": "google/cloud-sdk:491.0.0-slim",
    "mssql": "mcr.microsoft.com/mssql-tools:v1",
    "mysql": "mysql:8.4",
    "postgres": "postgres:16",
    "presto": "trinodb/trino:458",
    "python": "python:3.12-slim",
    "ruby": "ruby:3.3-slim",
    "snowflake": "snowflakedb/snowsql:1.3.2",
    "spark": "apache/spark:3.5.3",
    "sqlite": "keinos/sqlite3:3.46.1",
    "ssh": "linuxserver/openssh-server:version-9.7_p1-r4",
    "td": "treasuredata/td:0.17.1",
}
"""Image by kind of task. An empty `airflow` means `apache/airflow:<version of the workflow>`."""


class Section(BaseModel):
    """Base of all sections: unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class QueueTarget(Section):
    """Where the tasks of a worker queue run."""

    node_selector: dict[str, str] = Field(default={}, description="Labels a node must have.")
    tolerations: tuple[dict[str, Json], ...] = Field(default=(), description="Kubernetes tolerations.")
    affinity: dict[str, Json] = Field(default={}, description="Kubernetes affinity.")
    priority_class: str | None = Field(default=None, description="PriorityClass of the pods.")


class ConnectionTarget(Section):
    """The Secret that stands for a connection."""

    secret: str | None = Field(default=None, description="Name of the Secret; default `airflow-conn-<slug of the id>`.")
    kind: str | None = Field(
        default=None,
        description="Connection type (`postgres`, `mysql`, `http`, ...), where the source does not say it.",
    )
    url: str | None = Field(
        default=None,
        description="Base address of an HTTP connection without login and headers: with `http.mode` `template` its "
        "requests become Argo's http templates.",
    )


class DeploymentSection(Section):
    """What the old Airflow deployment had set in airflow.cfg. DAGs inherit it silently, so say it where it differs."""

    default_timezone: str = Field(default="UTC", description="`core.default_timezone`: zone of naive start dates.")
    catchup_by_default: bool | None = Field(
        default=None,
        description="`scheduler.catchup_by_default`; unset: the default of the Airflow version (2: true, 3: false).",
    )
    default_retries: int = Field(default=0, description="`core.default_task_retries`.")
    default_retry_delay: float = Field(default=300, description="`core.default_task_retry_delay`, seconds.")
    default_execution_timeout: float | None = Field(
        default=None, description="`core.default_task_execution_timeout`, seconds."
    )
    max_active_runs: int = Field(default=16, description="`core.max_active_runs_per_dag`; 16 is not written out.")
    max_active_tasks: int = Field(default=16, description="`core.max_active_tasks_per_dag`; 16 is not written out.")
    default_owner: str = Field(default="airflow", description="`operators.default_owner`.")
    base_url: str = Field(default="http://localhost:8080", description="`webserver.base_url`, for links in messages.")
    worker_env: str | None = Field(
        default="airflow-worker-env",
        description="ConfigMap with the worker's own environment variables that tasks read.",
    )


class VariablesSection(Section):
    """Where Airflow Variables live after the move."""

    config_map: str = Field(default="airflow-variables", description="ConfigMap with the variables.")
    secret: str = Field(
        default="airflow-variables-secret", description="Secret with variables whose names look secret."
    )
    secret_names: tuple[str, ...] = Field(
        default=(), description="Further variable names (glob) that belong in the Secret."
    )


class ScheduleSection(Section):
    """How schedules are written."""

    suspend_all: bool = Field(
        default=True,
        description="All CronWorkflows start suspended: a migrated schedule must not run beside the old one.",
    )
    starting_deadline: int = Field(
        default=3600,
        description="Upper bound of `startingDeadlineSeconds`, so that a controller restart loses no tick.",
    )
    successful_history: int | None = Field(
        default=None, description="`successfulJobsHistoryLimit` of every CronWorkflow."
    )
    failed_history: int | None = Field(default=None, description="`failedJobsHistoryLimit` of every CronWorkflow.")
    backfill: bool = Field(default=True, description="Write a backfill workflow for schedules with `catchup=True`.")


class NotificationSection(Section):
    """Messages to people."""

    slack_secret: str = Field(default="slack-webhook", description="Secret with the Slack webhook.")
    slack_key: str = Field(default="url", description="Its key.")
    defaults: bool = Field(
        default=True, description="Write the site-wide exit handler fragment (`shared/workflow-defaults.yaml`)."
    )


class MailSection(Section):
    """How mails are sent."""

    secret: str = Field(default="smtp", description="Secret with `host`, `port`, `user`, `password`.")
    sender: str | None = Field(default=None, description="From address, where the source names none.")
    starttls: bool = Field(default=True, description="Use STARTTLS.")


class HttpSection(Section):
    """HTTP tasks."""

    mode: Literal["container", "template"] = Field(
        default="container",
        description="`container`: curl or the runner in a pod; `template`: Argo's http template (needs the agent pod) "
        "for requests whose answer nobody reads, with `connections.<id>.url` as base address.",
    )


class SparkSection(Section):
    """Spark tasks."""

    mode: Literal["submit", "operator"] = Field(
        default="submit", description="`submit`: spark-submit in a pod; `operator`: a SparkApplication object."
    )


class ParamsSection(Section):
    """Run parameters."""

    check: bool = Field(
        default=False, description="First task of a run checks the parameters against their JSON Schema."
    )


class DigdagSection(Section):
    """Digdag projects."""

    export_as_params: bool = Field(
        default=False, description="Constant texts of the top-level `_export` become parameters of the run."
    )


class OutputSection(Section):
    """What is written."""

    kustomization: bool = Field(default=True, description="Write `kustomization.yaml`.")


class BuildSection(Section):
    """Images to build, for tasks whose code needs more than the default images have."""

    dockerfiles: bool = Field(
        default=False,
        description="Write `images/<kind>/Dockerfile` and `requirements.txt`, and name the built images in the "
        "manifests; the same as `--images`.",
    )
    registry: str = Field(default="", description="Put before the names of built images (`registry.example/team`).")
    tag: str = Field(default="1", description="Tag of built images.")
    names: dict[str, str] = Field(
        default={},
        description="Whole name of a built image by kind (`python`, `airflow-2.11`, `script`, `project-<workflow>`).",
    )


class BudgetSection(Section):
    """Limits of evaluating one DAG file. Reaching one is a finding; what was built until then stays."""

    steps: int = Field(default=5_000_000, description="Statements, calls and loop turns.")
    depth: int = Field(default=200, description="Nested calls of user functions.")
    items: int = Field(default=200_000, description="Items of one collection, turns of one loop.")
    text: int = Field(default=5_000_000, description="Characters of one text.")
    files: int = Field(default=2_000, description="Modules and data files read for one DAG file.")
    file_bytes: int = Field(default=5_000_000, description="Size of one source or data file.")
    file_lines: int = Field(default=30_000, description="Lines of one source file.")
    file_items: int = Field(default=100_000, description="Items of collections and arguments in one source file.")
    tasks: int = Field(default=20_000, description="Tasks that one DAG file makes; a DAG counts as five.")
    seconds: float = Field(default=20.0, description="Wall-clock time for one DAG file.")


class Config(Section):
    """Everything that can be configured, with its default."""

    namespace: str | None = Field(
        default=None, description="Namespace written into the manifests; unset: none is written."
    )
    service_account: str | None = Field(default=None, description="`serviceAccountName` of all workflows.")
    airflow_version: str | None = Field(
        default=None,
        description="Airflow version whose defaults and behaviour hold (`2.11`, `3.1`); unset: guessed per file.",
    )
    unmapped: Unmapped = Field(
        default="hosted",
        description="Operators without a mapping: `hosted` runs the operator's own code in a pod; `fail` writes a step "
        "that fails; `tasks-test` calls `airflow tasks test` where arguments cannot be evaluated.",
    )
    images: dict[str, str] = Field(
        default=DEFAULT_IMAGES, description="Image by kind of task; keys given here replace the default."
    )
    task_images: dict[str, str] = Field(
        default={},
        description="Image by task: key `<workflow>.<task>` (glob) or an operator's class name; goes before `images`.",
    )
    image_pull_secrets: tuple[str, ...] = Field(default=(), description="Pull secrets of all workflows.")
    labels: dict[str, str] = Field(default={}, description="Labels added to all objects.")
    annotations: dict[str, str] = Field(default={}, description="Annotations added to all objects.")
    pools: dict[str, int] = Field(default={}, description="Slots by pool name.")
    queues: dict[str, QueueTarget] = Field(default={}, description="Worker queue (or executor) -> where its tasks run.")
    connections: dict[str, ConnectionTarget] = Field(
        default={}, description="Connection id -> its Secret (name, or table)."
    )
    gke_workload_identity: bool = Field(
        default=False, description="Google Cloud tasks first wait for the metadata server (an init container)."
    )
    assume: dict[str, Json] = Field(
        default={},
        description="Values assumed for what conversion cannot know: `variable:NAME`, `env:NAME`, `connection:ID`, or "
        "the text of a condition -> true/false.",
    )
    deployment: DeploymentSection = DeploymentSection()
    variables: VariablesSection = VariablesSection()
    schedule: ScheduleSection = ScheduleSection()
    notifications: NotificationSection = NotificationSection()
    mail: MailSection = MailSection()
    http: HttpSection = HttpSection()
    spark: SparkSection = SparkSection()
    params: ParamsSection = ParamsSection()
    digdag: DigdagSection = DigdagSection()
    output: OutputSection = OutputSection()
    build: BuildSection = BuildSection()
    budgets: BudgetSection = BudgetSection()

    @field_validator("images", mode="after")
    @classmethod
    def _with_defaults(cls, given: dict[str, str]) -> dict[str, str]:
        return dict(sorted({**DEFAULT_IMAGES, **given}.items()))

    @field_validator("connections", mode="before")
    @classmethod
    def _secret_names(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {k: {"secret": v} if isinstance(v, str) else v for k, v in given.items()}

    def built_image(self, kind: str) -> str:
        """Name of the image that is built from `images/<kind>/Dockerfile`."""
        configured = self.build.names.get(kind) or (self.images.get(kind) if kind == "script" else None)
        name = f"migrate-{kind}:{self.build.tag}"
        return configured or "/".join(part for part in (self.build.registry.rstrip("/"), name) if part)

    def task_image(self, workflow: str, task: str, operator: str) -> str | None:
        """The image configured for this very task or its operator class (source names), if any. The first match wins;
        keys with a dot are compared with `workflow.task`, others with the operator's class name."""
        for pattern, image in self.task_images.items():
            subject = f"{workflow}.{task}" if "." in pattern else operator
            if fnmatchcase(subject, pattern):
                return image
        return None
