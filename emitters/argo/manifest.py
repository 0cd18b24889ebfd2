"""The Argo and Kubernetes fields that we emit, as strict models.

Attributes are snake_case, the output is camelCase; the order of the fields is the order in the output. `None` and empty
lists are left out; an empty mapping that means something (`supplied: {}`, `suspend: {}`) is kept as it is given.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

ARGO = "argoproj.io/v1alpha1"


class Model(BaseModel):
    """Mutable (passes build templates step by step), strict about unknown fields."""

    model_config = ConfigDict(
        extra="forbid", alias_generator=to_camel, populate_by_name=True, validate_assignment=True, defer_build=True
    )


class Metadata(Model):
    """`metadata` of an object or of a template."""

    name: str | None = None
    generate_name: str | None = None
    namespace: str | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None


class KeyRef(Model):
    """A key of a ConfigMap or Secret."""

    name: str
    key: str
    optional: bool | None = None


class ValueFrom(Model):
    """Where a parameter's value comes from."""

    path: str | None = None
    parameter: str | None = None
    expression: str | None = None
    json_path: str | None = None
    config_map_key_ref: KeyRef | None = None
    supplied: dict[str, Any] | None = None
    default: str | None = None


class Parameter(Model):
    """An input, output or argument."""

    name: str
    value: str | None = None
    value_from: ValueFrom | None = None
    default: str | None = None
    enum: list[str] | None = None
    description: str | None = None
    global_name: str | None = None


class Artifact(Model):
    """A file or folder that crosses templates."""

    name: str
    path: str | None = None
    from_: str | None = None
    raw: dict[str, str] | None = None
    optional: bool | None = None

    model_config = Model.model_config | ConfigDict(
        alias_generator=lambda s: "from" if s == "from_" else to_camel(s),
    )


class Inputs(Model):
    """`inputs` of a template."""

    parameters: list[Parameter] | None = None
    artifacts: list[Artifact] | None = None


class Outputs(Model):
    """`outputs` of a template."""

    parameters: list[Parameter] | None = None
    artifacts: list[Artifact] | None = None


class Arguments(Model):
    """`arguments` of a call or of a workflow."""

    parameters: list[Parameter] | None = None
    artifacts: list[Artifact] | None = None


class EnvVarSource(Model):
    """`valueFrom` of an environment variable."""

    config_map_key_ref: KeyRef | None = None
    secret_key_ref: KeyRef | None = None
    field_ref: dict[str, str] | None = None
    resource_field_ref: dict[str, Any] | None = None


class EnvVar(Model):
    """One environment variable."""

    name: str
    value: str | None = None
    value_from: EnvVarSource | None = None


class VolumeMount(Model):
    """Where a volume appears in a container."""

    name: str
    mount_path: str
    sub_path: str | None = None
    read_only: bool | None = None
    mount_propagation: str | None = None
    sub_path_expr: str | None = None
    recursive_read_only: str | None = None


class _ContainerFields(Model):
    """Fields shared by `container`, `script`, `initContainers` and `sidecars`. Kubernetes' own structures are plain
    mappings in Kubernetes' spelling."""

    name: str | None = None
    image: str
    image_pull_policy: str | None = None
    command: list[str] | None = None
    args: list[str] | None = None
    working_dir: str | None = None
    env: list[EnvVar] | None = None
    env_from: list[dict[str, Any]] | None = None
    resources: dict[str, Any] | None = None
    ports: list[dict[str, Any]] | None = None
    volume_mounts: list[VolumeMount] | None = None
    volume_devices: list[dict[str, Any]] | None = None
    security_context: dict[str, Any] | None = None
    liveness_probe: dict[str, Any] | None = None
    readiness_probe: dict[str, Any] | None = None
    startup_probe: dict[str, Any] | None = None
    lifecycle: dict[str, Any] | None = None
    termination_message_path: str | None = None
    termination_message_policy: str | None = None
    stdin: bool | None = None
    tty: bool | None = None


class Container(_ContainerFields):
    """`container` of a template, or an init container or sidecar (these need `name`)."""

    restart_policy: str | None = None
    mirror_volume_mounts: bool | None = None


class Script(_ContainerFields):
    """`script` of a template."""

    source: str


class Resource(Model):
    """`resource` of a template: kubectl on a manifest."""

    action: str
    merge_strategy: str | None = None
    set_owner_reference: bool | None = None
    success_condition: str | None = None
    failure_condition: str | None = None
    flags: list[str] | None = None
    manifest: str | None = None


class Suspend(Model):
    """`suspend` of a template. `duration`: seconds as text, or with a unit."""

    duration: str | None = None


class HttpTemplate(Model):
    """`http` of a template."""

    url: str
    method: str | None = None
    headers: list[dict[str, Any]] | None = None
    timeout_seconds: int | None = None
    body: str | None = None
    success_condition: str | None = None
    insecure_skip_verify: bool | None = None


class Hook(Model):
    """A lifecycle hook of a call."""

    expression: str | None = None
    template: str | None = None
    template_ref: dict[str, Any] | None = None
    arguments: Arguments | None = None


class _Call(Model):
    """What a dag task and a step have in common."""

    name: str
    template: str | None = None
    template_ref: dict[str, Any] | None = None
    depends: str | None = None
    when: str | None = None
    with_items: list[Any] | None = None
    with_param: str | None = None
    with_sequence: dict[str, str] | None = None
    arguments: Arguments | None = None
    hooks: dict[str, Hook] | None = None


class DagTask(_Call):
    """A task of a `dag` template."""


class Step(_Call):
    """A step of a `steps` template (no `depends`)."""


class Dag(Model):
    """`dag` of a template."""

    fail_fast: bool | None = None
    target: str | None = None
    tasks: list[DagTask]


class Backoff(Model):
    """Waiting between tries: durations in seconds as text."""

    duration: str | None = None
    factor: int | None = None
    cap: str | None = None
    max_duration: str | None = None


class RetryStrategy(Model):
    """`retryStrategy` of a template."""

    limit: str | None = None
    retry_policy: str | None = None
    expression: str | None = None
    backoff: Backoff | None = None


class SemaphoreRef(Model):
    """A semaphore kept in a ConfigMap."""

    config_map_key_ref: KeyRef


class Mutex(Model):
    """A lock by name."""

    name: str


class Synchronization(Model):
    """Locks that a template or workflow holds while it runs."""

    semaphores: list[SemaphoreRef] | None = None
    mutexes: list[Mutex] | None = None


def _named(volume: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(volume.get("name"), str):
        raise ValueError("a volume needs a name")
    return volume


Volume = Annotated[dict[str, Any], AfterValidator(_named)]


class Template(Model):
    """One template. Exactly one of the kinds at the end is set."""

    name: str
    metadata: Metadata | None = None
    inputs: Inputs | None = None
    outputs: Outputs | None = None
    active_deadline_seconds: int | str | None = None
    retry_strategy: RetryStrategy | None = None
    synchronization: Synchronization | None = None
    parallelism: int | None = None
    fail_fast: bool | None = None
    service_account_name: str | None = None
    automount_service_account_token: bool | None = None
    node_selector: dict[str, str] | None = None
    affinity: dict[str, Any] | None = None
    tolerations: list[dict[str, Any]] | None = None
    priority_class_name: str | None = None
    scheduler_name: str | None = None
    host_aliases: list[dict[str, Any]] | None = None
    security_context: dict[str, Any] | None = None
    pod_spec_patch: str | None = None
    volumes: list[Volume] | None = None
    init_containers: list[Container] | None = None
    sidecars: list[Container] | None = None
    container: Container | None = None
    script: Script | None = None
    resource: Resource | None = None
    suspend: Suspend | None = None
    http: HttpTemplate | None = None
    dag: Dag | None = None
    steps: list[list[Step]] | None = None


class WorkflowSpec(Model):
    """`spec` of a WorkflowTemplate or Workflow."""

    entrypoint: str | None = None
    on_exit: str | None = None
    arguments: Arguments | None = None
    workflow_template_ref: dict[str, str] | None = None
    service_account_name: str | None = None
    active_deadline_seconds: int | None = None
    parallelism: int | None = None
    synchronization: Synchronization | None = None
    image_pull_secrets: list[dict[str, str]] | None = None
    host_network: bool | None = None
    dns_policy: str | None = None
    dns_config: dict[str, Any] | None = None
    volumes: list[dict[str, Any]] | None = None
    templates: list[Template] | None = None


class StopStrategy(Model):
    """When a CronWorkflow stops for good."""

    expression: str


class CronSpec(Model):
    """`spec` of a CronWorkflow."""

    schedules: list[str]
    timezone: str
    when: str | None = None
    stop_strategy: StopStrategy | None = None
    starting_deadline_seconds: int | None = None
    concurrency_policy: str | None = None
    suspend: bool | None = None
    successful_jobs_history_limit: int | None = None
    failed_jobs_history_limit: int | None = None
    workflow_spec: WorkflowSpec


class Manifest(Model):
    """A whole object: apiVersion, kind, metadata, then what the kind has."""

    api_version: str
    kind: str
    metadata: Metadata
    spec: WorkflowSpec | CronSpec | dict[str, Any] | None = None
    type: str | None = None
    data: dict[str, str] | None = None
    string_data: dict[str, str] | None = None
    rules: list[dict[str, Any]] | None = None
    role_ref: dict[str, str] | None = None
    subjects: list[dict[str, str]] | None = None


def to_plain(model: BaseModel) -> dict[str, Any]:
    """The model as plain data in output order, without `None` and empty lists."""
    plain = model.model_dump(by_alias=True, exclude_none=True)
    cleaned = _clean(plain)
    assert isinstance(cleaned, dict)
    return cleaned


def _clean(value: Any) -> Any:
    if type(value) is dict:
        return {k: v if type(v) is str else _clean(v) for k, v in value.items() if v is not None and v != []}
    if type(value) is list:
        return [v if type(v) is str else _clean(v) for v in value]
    return value
