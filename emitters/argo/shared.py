"""Files that all workflows share: the runner, variables, pools, credentials, rights, notification defaults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from emitters.argo import manifest as m
from emitters.argo.build import metadata
from emitters.argo.dockerfiles import image_files
from emitters.argo.names import key_name
from emitters.argo.site import Site
from emitters.argo.templates.runtime_files import runtime_files
from emitters.argo.write_yaml import to_yaml
from migrate.config import Config
from migrate.output import Needs, OutputFile

if TYPE_CHECKING:
    from emitters.argo.emit import Emitted

UNKNOWN_POOL = 128
PARAMETER = {"workflows.argoproj.io/configmap-type": "Parameter"}


def shared_files(emitted: Sequence[Emitted], config: Config, pins: Mapping[str, str]) -> tuple[OutputFile, ...]:
    """`shared/*.yaml` for what is needed, `kustomization.yaml` over everything, and Dockerfiles when asked for."""
    needs = Needs.union(e.needs for e in emitted)
    files = [f for f in _shared(needs, config) if f is not None]
    if config.output.kustomization:
        files.append(_kustomization(emitted, files))
    if config.build.dockerfiles:
        files.extend(image_files(needs, config, pins))
    return tuple(files)


def _shared(needs: Needs, config: Config) -> Iterable[OutputFile | None]:
    if needs.runtime:
        yield _config_map("runtime", "migrate-runtime", runtime_files(needs.runtime), config)
    yield _values("variables", config.variables.config_map, map(key_name, needs.variables), config, PARAMETER)
    yield _secret("variables-secret", config.variables.secret, map(key_name, needs.secret_variables), config)
    if config.deployment.worker_env:
        yield _values("worker-env", config.deployment.worker_env, needs.worker_env, config, PARAMETER)
    for name, keys in sorted(needs.config_maps.items()):
        yield _values(name, name, keys, config, {})
    sizes = {key_name(p): str(config.pools.get(p, UNKNOWN_POOL)) for p in sorted(needs.pools)}
    if sizes:
        yield _config_map("pools", "airflow-pools", sizes, config)
    yield _connections(needs, config)
    yield _secrets(needs, config)
    yield _rights(needs, config)
    if config.notifications.defaults:
        yield _workflow_defaults(config)


def _connections(needs: Needs, config: Config) -> OutputFile | None:
    site = Site({}, config)
    stubs = [
        _secret_stub(site.connection_secret(c), sorted(map(key_name, parts)), config, c)
        for c, parts in sorted(needs.connections.items())
    ]
    return _file(
        "connections", stubs, "Credentials: fill in the values, or let your secret store create these Secrets."
    )


def _secrets(needs: Needs, config: Config) -> OutputFile | None:
    stubs = [_secret_stub(name, sorted(keys), config) for name, keys in sorted(needs.secrets.items())]
    return _file("secrets", stubs, "Fill in the values, or let your secret store create these Secrets.")


def _secret_stub(name: str, keys: Sequence[str], config: Config, connection: str = "") -> dict[str, Any]:
    notes = {"migrate.source/connection": connection} if connection else None
    return m.to_plain(
        m.Manifest(
            api_version="v1",
            kind="Secret",
            metadata=metadata(name, config, notes),
            type="Opaque",
            string_data=dict.fromkeys(keys, ""),
        )
    )


def _secret(file: str, name: str, keys: Iterable[str], config: Config) -> OutputFile | None:
    found = sorted(set(keys))
    return _file(file, [_secret_stub(name, found, config)], "TODO: fill in the values.") if found else None


def _values(file: str, name: str, keys: Iterable[str], config: Config, labels: dict[str, str]) -> OutputFile | None:
    found = sorted(set(keys))
    if not found:
        return None
    manifest = m.Manifest(
        api_version="v1", kind="ConfigMap", metadata=metadata(name, config), data=dict.fromkeys(found, "")
    )
    if labels:
        manifest.metadata.labels = {**labels, **(manifest.metadata.labels or {})}
    return _file(file, [m.to_plain(manifest)], "TODO: fill in the values.")


def _config_map(file: str, name: str, data: dict[str, str], config: Config) -> OutputFile | None:
    manifest = m.Manifest(api_version="v1", kind="ConfigMap", metadata=metadata(name, config), data=data)
    return _file(file, [m.to_plain(manifest)])


def _rights(needs: Needs, config: Config) -> OutputFile | None:
    """The service account of the pods, with what they need: reporting results, and what the tasks do."""
    account = config.service_account or "default"
    grouped: dict[tuple[str, str], set[str]] = {}
    for right in needs.rules:
        verb, resource, name = (*right.split(" "), "")[:3]
        # Kubernetes knows no name yet when it decides about `create`
        grouped.setdefault((resource, name if verb != "create" else ""), set()).add(verb)
    rules: list[dict[str, Any]] = [
        {"apiGroups": ["argoproj.io"], "resources": ["workflowtaskresults"], "verbs": ["create", "patch"]}
    ]
    for (resource, name), verbs in sorted(grouped.items()):
        plural, _, group = resource.partition(".")
        rule: dict[str, Any] = {"apiGroups": [group], "resources": [plural], "verbs": sorted(verbs)}
        rules.append({**rule, "resourceNames": [name]} if name else rule)
    name = f"{account}-workflow-pods" if account == "default" else account
    documents: list[dict[str, Any]] = []
    if config.service_account:
        documents.append(
            m.to_plain(m.Manifest(api_version="v1", kind="ServiceAccount", metadata=metadata(account, config)))
        )
    api = "rbac.authorization.k8s.io/v1"
    documents.append(m.to_plain(m.Manifest(api_version=api, kind="Role", metadata=metadata(name, config), rules=rules)))
    subject = {"kind": "ServiceAccount", "name": account}
    if config.namespace:
        subject["namespace"] = config.namespace
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name}
    documents.append(
        m.to_plain(
            m.Manifest(
                api_version=api,
                kind="RoleBinding",
                metadata=metadata(name, config),
                role_ref=reference,
                subjects=[subject],
            )
        )
    )
    return _file("rights", documents, "What the pods of the workflows may do.")


def _workflow_defaults(config: Config) -> OutputFile:
    """A fragment for the controller's ConfigMap: one exit handler for the whole site."""
    note = config.notifications
    text = f"""\
# Site-wide notification. Not part of kustomization.yaml: merge `workflowDefaults` into ConfigMap
# `workflow-controller-configmap` of the controller, and apply the ClusterWorkflowTemplate once.
# A workflow with an `onExit` of its own replaces this handler.
apiVersion: argoproj.io/v1alpha1
kind: ClusterWorkflowTemplate
metadata:
  name: notify
spec:
  templates:
  - name: slack
    steps:
    - - name: failed
        template: send
        when: "{{{{= workflow.status != 'Succeeded' }}}}"
  - name: send
    container:
      image: {config.images["curl"]}
      command: [sh, -c]
      args:
      - |
        curl -sf -X POST -H 'Content-type: application/json' \\
          --data "{{\\"text\\": \\"$NAME: $STATUS\\"}}" "$SLACK_WEBHOOK_URL" || true
      env:
      - name: NAME
        value: "{{{{workflow.name}}}}"
      - name: STATUS
        value: "{{{{workflow.status}}}}"
      - name: SLACK_WEBHOOK_URL
        valueFrom:
          secretKeyRef:
            name: {note.slack_secret}
            key: {note.slack_key}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: workflow-controller-configmap
data:
  workflowDefaults: |
    spec:
      hooks:
        exit:
          templateRef:
            name: notify
            template: slack
            clusterScope: true
"""
    return OutputFile(path="shared/workflow-defaults.yaml", text=text)


def _file(name: str, documents: Sequence[dict[str, Any]], header: str = "") -> OutputFile | None:
    if not documents:
        return None
    return OutputFile(path=f"shared/{name}.yaml", text=to_yaml(*documents, header=header))


def _kustomization(emitted: Sequence[Emitted], files: Sequence[OutputFile]) -> OutputFile:
    """Everything that can be applied as it is: one-off runs and the defaults fragment are not in it."""
    paths = {f.path for f in files} | {f.path for e in emitted for f in e.files}
    apply = sorted(p for p in paths if not p.endswith(("workflow-defaults.yaml", "-once.yaml", ".txt", ".json")))
    text = to_yaml({"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": apply})
    return OutputFile(path="kustomization.yaml", text=text)
