"""Docker containers."""

from __future__ import annotations

import re
import shlex
from typing import Any

from migrate.diagnostics.operators import NoCommand
from migrate.diagnostics.pod_options import HostPath, RegistryCredentials
from migrate.ir import exprs
from migrate.ir.actions import Container, Python, Unconverted
from migrate.ir.exprs import Expr
from migrate.names import secret_object
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import operator
from parsers.airflow.evaluator.values import Instance, Value
from parsers.airflow.operators._common import (
    by_hand,
    constant_text,
    differs,
    dropped,
    environment,
    literal,
    skip_codes,
    template_text,
)
from parsers.airflow.operators._common import unconverted as placeholder
from parsers.airflow.operators._python import python_action
from parsers.airflow.operators.kubernetes import wrapped_codes
from parsers.airflow.to_json import NotConstantError, to_json


@operator(
    "airflow.providers.docker.operators.docker.DockerOperator",
    "airflow.operators.docker_operator.DockerOperator",
)
def docker(args: Arguments) -> Container | Unconverted:
    """The container becomes a pod: no Docker daemon is needed. Folders of the host must become volumes."""
    image = args.expr("image")
    if image is None:
        return placeholder(args, "the image is not known at conversion")
    command = _words(args, template_text(args, "command", (".sh", ".bash", ".env")))
    entrypoint = _words(args, args.expr("entrypoint"))
    if not entrypoint:
        args.report(NoCommand)
    return Container(
        image=image,
        command=entrypoint or None,
        args=command,
        skip_exit_codes=wrapped_codes(args, bool(entrypoint)),
        **_pod(args),
        service="docker",
    )


@operator(decorators=("task.docker",))
def task_docker(args: Arguments) -> Python | Unconverted:
    """The function runs in the image given."""
    action = python_action(args, pass_context=False)
    image = constant_text(args.expr("image"))
    found = _pod(args)
    args.ignore_all("use_dill", "expect_airflow", "serializer", "python_command", "command", "entrypoint")
    if not isinstance(action, Python):
        return action
    args.facts.pod = _override(found)
    return action.model_copy(update={"image": image, "env": found["env"], "skip_exit_codes": skip_codes(args)})


def _pod(args: Arguments) -> dict[str, Any]:
    """Fields of a Container from the arguments that both forms have."""
    container, pod = _limits(args), {}
    volumes, mounts = _mounts(args)
    if volumes:
        pod["volumes"], container["volumeMounts"] = volumes, mounts
    user = args.value("user")
    security = _security(user, args.bool("privileged"), args.strings("cap_add"))
    if security:
        container["securityContext"] = security
    directory = constant_text(args.expr("working_dir"))
    if directory:
        container["workingDir"] = directory
    if args.bool("force_pull"):
        container["imagePullPolicy"] = "Always"
    pod |= _network(args)
    _registry(args, pod)
    _left_out(args)
    env = (*environment(args, "environment"), *_private(args))
    return {"env": env, "container": container, "pod": pod}


def _words(args: Arguments, expr: Expr | None) -> tuple[Expr, ...]:
    """A command: a list stays one, a text is split as a shell does."""
    if expr is None:
        return ()
    if isinstance(expr, exprs.ListExpr):
        return expr.items
    if isinstance(expr, exprs.Literal) and isinstance(expr.value, list):
        return tuple(literal(v) for v in expr.value)
    text = constant_text(expr)
    if text is not None:
        return tuple(literal(word) for word in _split(text))
    return split_words(expr)


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def split_words(expr: Expr) -> tuple[Expr, ...]:
    """Splits text with parts of the run into words: blanks in the constant parts separate, a reference never does."""
    if not isinstance(expr, exprs.Concat):
        return (literal("sh"), literal("-c"), expr) if isinstance(expr, exprs.Template) else (expr,)
    marked = "".join(
        p.value if isinstance(p, exprs.Literal) and isinstance(p.value, str) else f"\x00{i}\x00"
        for i, p in enumerate(expr.parts)
    )
    words: list[Expr] = []
    for word in _split(marked):
        pieces = re.split(r"\x00(\d+)\x00", word)
        parts = tuple(expr.parts[int(p)] if i % 2 else literal(p) for i, p in enumerate(pieces) if i % 2 or p)
        words.append(parts[0] if len(parts) == 1 else exprs.Concat(parts=parts))
    return tuple(words)


def _private(args: Arguments) -> tuple[tuple[str, Expr], ...]:
    """`private_environment`: constants become references to a Secret whatever their names."""
    out: list[tuple[str, Expr]] = []
    for name, expr in args.mapping("private_environment"):
        if isinstance(expr, exprs.Literal) and expr.value not in (None, ""):
            key = f"{args.task_id}.private_environment.{name}"
            expr = exprs.SecretRef(name=secret_object(args.workflow), key=key, reason="private_environment")
            args._secret(f"private_environment.{name}", "a value that the source keeps private", expr)
        out.append((name, expr))
    return tuple(out)


def _limits(args: Arguments) -> dict[str, Any]:
    limits: dict[str, str] = {}
    memory = args.value("mem_limit")
    if memory is not None:
        limits["memory"] = _bytes(memory)
    cpus = args.number("cpus")
    if cpus is not None and cpus != 1.0:
        limits["cpu"] = f"{cpus:g}"
    return {"resources": {"limits": limits}} if limits else {}


def _bytes(value: Any) -> str:
    """Docker's `512m`, `2g` as Kubernetes' `512Mi`, `2Gi`."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?)b?", str(value).strip().lower())
    if not match:
        return str(value)
    number = match[1].removesuffix(".0")
    return f"{number}{match[2].upper()}i" if match[2] else number


def _security(user: Any, privileged: bool, capabilities: tuple[str, ...]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    text = str(user) if user is not None else ""
    uid, _, gid = text.partition(":")
    if uid.isdigit():
        out["runAsUser"] = int(uid)
    if gid.isdigit():
        out["runAsGroup"] = int(gid)
    if privileged:
        out["privileged"] = True
    if capabilities:
        out["capabilities"] = {"add": list(capabilities)}
    return out


def _mounts(args: Arguments) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Mount objects, dicts, or `host:container[:mode]` texts as volumes with their mounts."""
    volumes: list[dict[str, Any]] = []
    mounts: list[dict[str, Any]] = []
    value = args.raw("mounts") or args.raw("volumes")
    args.ignore("volumes")
    for item in value if isinstance(value, list | tuple) else []:
        found = _mount_fields(args, item)
        if found is None:
            continue
        source, target, kind, read_only = found
        name = f"mount-{len(volumes) + 1}"
        volumes.append({"name": name, **_volume(args, source, kind)})
        mounts.append({"name": name, "mountPath": target, **({"readOnly": True} if read_only else {})})
    return volumes, mounts


def _mount_fields(args: Arguments, item: Value) -> tuple[str, str, str, bool] | None:
    if isinstance(item, str):
        source, _, rest = item.partition(":")
        target, _, mode = rest.partition(":")
        return source, target or source, "bind" if source.startswith(("/", ".", "~")) else "volume", "ro" in mode
    fields = item.attrs if isinstance(item, Instance) else item
    if not isinstance(fields, dict):
        args._wrong("mounts", item, "a mount")
        return None
    lower = {str(k).lower(): v for k, v in fields.items()}
    try:
        known = {k: to_json(lower.get(k)) for k in ("source", "target", "type", "read_only", "readonly")}
    except NotConstantError as error:
        args._undetermined("mounts", error.part)
        return None
    read_only = bool(known["read_only"] or known["readonly"])
    return str(known["source"] or ""), str(known["target"]), str(known["type"] or "volume"), read_only


def _volume(args: Arguments, source: str, kind: str) -> dict[str, Any]:
    if kind == "bind":
        args.report(HostPath, "mounts", path=source)
        return {"hostPath": {"path": source}}
    if kind == "tmpfs" or not source:
        return {"emptyDir": {"medium": "Memory"} if kind == "tmpfs" else {}}
    by_hand(args, f"the Docker volume `{source}` must become a persistent volume claim of that name", "mounts")
    return {"persistentVolumeClaim": {"claimName": re.sub(r"[^a-z0-9-]+", "-", source.lower())}}


def _network(args: Arguments) -> dict[str, Any]:
    pod: dict[str, Any] = {}
    mode = constant_text(args.expr("network_mode"))
    if mode == "host":
        pod["hostNetwork"] = True
    elif args.has("network_mode"):
        dropped(args, "pods have the cluster's network", "network_mode")
    dns, search = args.strings("dns"), args.strings("dns_search")
    if dns or search:
        pod["dnsConfig"] = {k: list(v) for k, v in (("nameservers", dns), ("searches", search)) if v}
    hosts = args.value("extra_hosts")
    if isinstance(hosts, dict):
        pod["hostAliases"] = [{"ip": str(ip), "hostnames": [name]} for name, ip in hosts.items()]
    hostname = constant_text(args.expr("hostname"))
    if hostname:
        pod["hostname"] = hostname
    return pod


def _registry(args: Arguments, pod: dict[str, Any]) -> None:
    connection = constant_text(args.expr("docker_conn_id"))
    if connection:
        name = "registry-" + re.sub(r"[^a-z0-9]+", "-", connection.lower()).strip("-")
        pod["imagePullSecrets"] = [{"name": name}]
        args.report(RegistryCredentials, "docker_conn_id", connection=connection, secret=name)


def _left_out(args: Arguments) -> None:
    dropped(args, "there is no Docker daemon", "docker_url", "api_version", "auto_remove", "container_name", "timeout")
    dropped(args, "there is no Docker daemon", "tls_ca_cert", "tls_client_cert", "tls_client_key", "tls_verify")
    dropped(
        args, "there is no Docker daemon", "tls_hostname", "tls_ssl_version", "log_opts_max_size", "log_opts_max_file"
    )
    dropped(args, "a pod has its own temporary folder", "mount_tmp_dir", "tmp_dir", "host_tmp_dir")
    args.ignore_all("tty", "labels")
    differs(args, "the whole log is not a result here; only the last line is", "xcom_all")
    by_hand(
        args, "the result must be written to a file by the program itself", "retrieve_output", "retrieve_output_path"
    )
    by_hand(args, "devices must be asked for as resources of the node", "device_requests")
    differs(args, "the shared memory of a pod is set by a memory volume at /dev/shm", "shm_size")
    differs(args, "has no equivalent in a pod", "ipc_mode", "port_bindings", "ulimits")
    by_hand(args, "the variables of this file must go into a config map", "env_file")


def _override(found: dict[str, Any]) -> dict[str, Any]:
    spec = dict(found["pod"])
    if found["container"]:
        spec["containers"] = [{"name": "base", **found["container"]}]
    return spec
