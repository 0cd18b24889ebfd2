"""Pods: KubernetesPodOperator, its GKE and EKS variants, `@task.kubernetes`."""

from __future__ import annotations

from typing import Any

from migrate.diagnostics.operators import NoCommand
from migrate.diagnostics.pod_options import ClusterOfPod, OtherNamespace, SkipExitCodeWrapped, StartTimeout
from migrate.ir import exprs
from migrate.ir.actions import Container, Python, Unconverted
from migrate.ir.exprs import Expr
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import operator
from parsers.airflow.operators._common import (
    by_hand,
    constant_text,
    differs,
    dropped,
    literal,
    skip_codes,
    unconverted,
)
from parsers.airflow.operators._kubernetes import (
    OF_CONTAINER,
    OF_POD,
    RenderedTexts,
    api_argument,
    api_list,
    env_of,
    known_fields,
    resources_of,
    secrets_of,
)
from parsers.airflow.operators._pod import PodParts, base_pod, join, overlay
from parsers.airflow.operators._python import python_action

_RESULT = "/airflow/xcom/return.json"


@operator(
    "airflow.providers.cncf.kubernetes.operators.pod.KubernetesPodOperator",
    "airflow.providers.cncf.kubernetes.operators.kubernetes_pod.KubernetesPodOperator",
    "airflow.contrib.operators.kubernetes_pod_operator.KubernetesPodOperator",
    "airflow.kubernetes.operators.pod.KubernetesPodOperator",
)
def kubernetes_pod(args: Arguments) -> Container | Unconverted:
    """The step is the pod: image, command, environment, volumes, resources, scheduling and security fields."""
    _cluster(args)
    return pod_action(args, "kubernetes")


@operator(
    "airflow.providers.google.cloud.operators.kubernetes_engine.GKEStartPodOperator",
    "airflow.providers.google.cloud.operators.kubernetes_engine.GKEPodOperator",
    "airflow.contrib.operators.gcp_container_operator.GKEPodOperator",
)
def gke_pod(args: Arguments) -> Container | Unconverted:
    """As KubernetesPodOperator; the pod runs in Argo's own cluster, whatever cluster the source names."""
    _named_cluster(args, "cluster_name", "project_id", "location")
    args.ignore_all("use_internal_ip", "use_dns_endpoint", "gcp_conn_id", "impersonation_chain", "regional")
    _cluster(args)
    return pod_action(args, "gke")


@operator(
    "airflow.providers.amazon.aws.operators.eks.EksPodOperator",
    "airflow.providers.amazon.aws.operators.eks.EKSPodOperator",
)
def eks_pod(args: Arguments) -> Container | Unconverted:
    """As KubernetesPodOperator; the pod runs in Argo's own cluster, whatever cluster the source names."""
    _named_cluster(args, "cluster_name", "region")
    args.ignore_all("aws_conn_id", "pod_name", "pod_context", "pod_username")
    _cluster(args)
    return pod_action(args, "eks")


@operator(decorators=("task.kubernetes",))
def task_kubernetes(args: Arguments) -> Python | Unconverted:
    """The function runs in the image given; its resources and environment are kept."""
    action = python_action(args, pass_context=False)
    if not isinstance(action, Python):
        return action
    image = constant_text(args.expr("image"))
    parts = _parts(args)
    args.ignore_all("use_dill", "expect_airflow", "serializer")
    env = parts.env
    _report_pod(args, parts.pod)
    if args.task is not None:
        args.facts.pod = _pod_override(parts)
    return action.model_copy(update={"image": image, "env": env})


class Parts:
    """What the arguments of a pod operator say, before it becomes an action."""

    def __init__(self, pod: PodParts, env: tuple[tuple[str, Expr], ...], env_raw: tuple[dict[str, Any], ...]) -> None:
        self.pod = pod
        self.env = env
        self.env_raw = env_raw


def pod_action(args: Arguments, service: str) -> Container | Unconverted:
    """A Container from the arguments of a pod operator; a placeholder without an image."""
    parts = _parts(args)
    pod = parts.pod
    image = args.expr("image") or _given(pod.container.pop("image", None))
    command = args.list("cmds") or tuple(literal(c) for c in pod.container.pop("command", None) or ())
    arguments = args.list("arguments") or tuple(literal(a) for a in pod.container.pop("args", None) or ())
    _report_pod(args, pod)
    if image is None:
        return unconverted(args, "the pod has no image that is known at conversion")
    for name in ("image", "command", "args"):
        pod.container.pop(name, None)
    codes = wrapped_codes(args, bool(command))
    if not command:
        args.report(NoCommand)
    deadline = args.number("active_deadline_seconds") or pod.spec.pop("activeDeadlineSeconds", None)
    texts = RenderedTexts(args)
    return Container(
        image=image,
        command=command or None,
        args=arguments,
        env=parts.env,
        env_raw=parts.env_raw,
        container=texts.replaced(pod.container, _RENDERED),
        pod={**texts.replaced(pod.spec, _RENDERED), **({"containers": pod.others} if pod.others else {})},
        rendered=tuple(texts.found),
        labels={k: str(v) for k, v in pod.labels.items()},
        annotations={k: str(v) for k, v in pod.annotations.items()},
        deadline=deadline,
        output_file=_RESULT if args.bool("do_xcom_push") or args.bool("xcom_push") else None,
        skip_exit_codes=codes,
        service=service,
    )


def wrapped_codes(args: Arguments, has_command: bool) -> tuple[int, ...]:
    """Exit codes that mean "skipped": the command is wrapped by `sh`; without a command there is nothing to wrap."""
    if not args.has("skip_on_exit_code"):
        args.ignore("skip_on_exit_code")
        return ()
    if not has_command:
        by_hand(args, "give the container a command; its image's entry point cannot be wrapped", "skip_on_exit_code")
        return ()
    codes = skip_codes(args)
    if codes:
        args.report(SkipExitCodeWrapped, "skip_on_exit_code", codes=", ".join(map(str, codes)))
    return codes


def _parts(args: Arguments) -> Parts:
    pod = base_pod(args)
    env, env_raw = env_of(args, "env_vars")
    runtime, runtime_raw = env_of(args, "pod_runtime_info_envs")
    secrets = secrets_of(args, "secrets")
    base_env = pod.container.pop("env", None) or []
    given = {name for name, _ in (*env, *runtime)}
    kept = [e for e in base_env if e.get("name") not in given]
    pod.container = overlay(pod.container, _container_fields(args, secrets))
    pod.spec = overlay(pod.spec, _spec_fields(args, secrets))
    pod.labels |= _texts(args, "labels")
    pod.annotations |= _texts(args, "annotations")
    pod.namespace = constant_text(args.expr("namespace")) or pod.namespace
    pairs = (
        *((str(e.get("name")), literal(e.get("value") or "")) for e in kept if "valueFrom" not in e),
        *env,
        *runtime,
    )
    raw = (*(e for e in kept if "valueFrom" in e), *env_raw, *runtime_raw, *secrets["env"])
    return Parts(pod, pairs, raw)


def _container_fields(args: Arguments, secrets: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    config_maps = [{"configMapRef": {"name": name}} for name in args.strings("configmaps")]
    mounts = [_mount(m) for m in api_list(args, "volume_mounts")]
    resources = resources_of(args, "container_resources") or resources_of(args, "resources")
    found = {
        "imagePullPolicy": constant_text(args.expr("image_pull_policy")),
        "resources": resources,
        "ports": api_list(args, "ports"),
        "envFrom": [*api_list(args, "env_from"), *config_maps, *secrets["envFrom"]],
        "volumeMounts": [*mounts, *secrets["volumeMounts"]],
        "securityContext": known_fields(args, "container_security_context", OF_CONTAINER),
        "terminationMessagePolicy": constant_text(args.expr("termination_message_policy")),
    }
    return {k: v for k, v in found.items() if v not in (None, [], {})}


_RENDERED = ("resources", "volumeMounts", "envFrom", "volumes", "nodeSelector")
"""Fields whose texts are templates (`KubernetesPodOperator.template_fields`)."""
_SPEC_ARGUMENTS = {
    "affinity": "affinity",
    "tolerations": "tolerations",
    "image_pull_secrets": "imagePullSecrets",
    "service_account_name": "serviceAccountName",
    "automount_service_account_token": "automountServiceAccountToken",
    "host_aliases": "hostAliases",
    "dns_config": "dnsConfig",
    "dnspolicy": "dnsPolicy",
    "hostname": "hostname",
    "subdomain": "subdomain",
    "schedulername": "schedulerName",
    "scheduler_name": "schedulerName",
    "init_containers": "initContainers",
    "priority_class_name": "priorityClassName",
    "runtime_class_name": "runtimeClassName",
    "termination_grace_period": "terminationGracePeriodSeconds",
}


def _spec_fields(args: Arguments, secrets: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    found = {field: api_argument(args, name) for name, field in _SPEC_ARGUMENTS.items() if name in args}
    found["securityContext"] = known_fields(args, "security_context", OF_POD)
    args.ignore_all(*_SPEC_ARGUMENTS)
    found["nodeSelector"] = api_argument(args, "node_selector") or api_argument(args, "node_selectors")
    found["imagePullSecrets"] = _pull_secrets(found.get("imagePullSecrets"))
    found["volumes"] = [*api_list(args, "volumes"), *secrets["volumes"]]
    if args.bool("hostnetwork"):
        found["hostNetwork"] = True
    return {k: v for k, v in found.items() if v not in (None, [], {})}


def _pull_secrets(value: Any) -> Any:
    """Names separated by commas (old form), or references."""
    if isinstance(value, str):
        return [{"name": name.strip()} for name in value.split(",") if name.strip()]
    return [{"name": item} if isinstance(item, str) else item for item in value or []]


def _mount(mount: Any) -> Any:
    return {k: v for k, v in mount.items() if v is not None} if isinstance(mount, dict) else mount


def _texts(args: Arguments, name: str) -> dict[str, str]:
    out = {}
    for key, expr in args.mapping(name):
        if isinstance(expr, exprs.Literal):
            out[key] = str(expr.value)
        elif not isinstance(expr, exprs.Opaque):
            differs(args, f"`{key}` is only known when the run is, so it is left out", name)
    return out


def _given(value: Any) -> Expr | None:
    return literal(value) if isinstance(value, str) else None


def _report_pod(args: Arguments, pod: PodParts) -> None:
    """Findings and options that have no place in an action."""
    namespace = constant_text(args.expr("namespace")) or pod.namespace
    if namespace:
        args.report(OtherNamespace, "namespace", namespace=namespace)
    for name in ("startup_timeout_seconds", "schedule_timeout_seconds"):
        if args.has(name):
            args.report(StartTimeout, name, name=name)
        args.ignore(name)
    dropped(args, "Argo names the pods", "name", "random_name_suffix")
    dropped(args, "Argo keeps the logs", "get_logs", "log_events_on_failure", "log_events_on_startup", "log_formatter")
    dropped(args, "Argo keeps the logs", "log_pod_spec_on_failure", "logging_interval", "container_logs")
    dropped(
        args, "Argo keeps the logs", "init_container_logs", "container_name_log_prefix_enabled", "progress_callback"
    )
    dropped(args, "Argo removes the pods (`podGC`)", "is_delete_operator_pod", "on_finish_action", "on_kill_action")
    dropped(
        args, "Argo watches the pods", "reattach_on_restart", "durable", "deferrable", "poll_interval", "trigger_kwargs"
    )
    dropped(args, "Argo watches the pods", "startup_check_interval_seconds", "base_container_status_polling_interval")
    args.ignore_all("in_cluster", "xcom_sidecar_container_security_context", "base_container_name")
    by_hand(args, "the callbacks around the pod are not converted", "callbacks")


def _cluster(args: Arguments) -> None:
    """Another cluster, a configuration file, a connection: the pod runs in Argo's own cluster."""
    context = args.expr("cluster_context")
    if context is not None and args.has("cluster_context") and args.raw("in_cluster") is not True:
        args.report(ClusterOfPod, "cluster_context", cluster=constant_text(context) or "of cluster_context")
    dropped(args, "the pod runs in Argo's own cluster", "config_file")
    connection = constant_text(args.expr("kubernetes_conn_id"))
    if connection not in (None, "", "kubernetes_default"):
        args.report(ClusterOfPod, "kubernetes_conn_id", cluster=f"of connection {connection}")


def _named_cluster(args: Arguments, *names: str) -> None:
    parts = [constant_text(args.expr(name)) for name in names]
    shown = "/".join(p for p in reversed(parts) if p) or "of the source"
    args.report(ClusterOfPod, names[0], cluster=shown)


def _pod_override(parts: Parts) -> dict[str, Any]:
    """The PodSpec fields of `@task.kubernetes`, for the pod that runs the function."""
    spec = dict(parts.pod.spec)
    container = {k: v for k, v in parts.pod.container.items() if k not in ("image", "command", "args")}
    if parts.env_raw:
        container["env"] = join(container.get("env", []), list(parts.env_raw))
    if container:
        spec["containers"] = [{"name": "base", **container}]
    return spec
