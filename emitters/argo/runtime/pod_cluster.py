"""Other workflows, through the Kubernetes API: starting them, waiting for them or for one of their tasks."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import re
import ssl
import time
import unicodedata
import urllib.error
import urllib.request
from pathlib import Path

import pod_modes
import pod_time
import pod_units
import pod_values
from pod_context import accepted
from pod_errors import Skipped

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
RUN_ID = "migrate.source/run-id"
SCHEDULED = "workflows.argoproj.io/scheduled-time"
WORKFLOWS, CORE = "apis/argoproj.io/v1alpha1", "api/v1"
"""Groups of the API."""


class ClusterError(Exception):
    """The API refused a request; `status` is its HTTP code."""

    def __init__(self, status, text):
        super().__init__(f"Kubernetes API: {status}: {text}")
        self.status = status


class WorkflowFailed(Exception):
    """The other workflow, or its task, ended in a state that counts as failure."""


class Cluster:
    """The part of the API that is needed, in the pod's own namespace."""

    def __init__(self):
        host, port = os.environ["KUBERNETES_SERVICE_HOST"], os.environ.get("KUBERNETES_SERVICE_PORT", "443")
        host = f"[{host}]" if ":" in host else host
        scheme = os.environ.get("KUBERNETES_SERVICE_SCHEME", "https")
        self.base = f"{scheme}://{host}:{port}"
        self.namespace = (ACCOUNT / "namespace").read_text().strip()
        self._tls = ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt")) if scheme == "https" else None

    def request(self, method, path, body=None, group=WORKFLOWS):
        """JSON answer of a request below the own namespace; PATCH sends a JSON merge patch. Raises ClusterError."""
        request = urllib.request.Request(
            f"{self.base}/{group}/namespaces/{self.namespace}/{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={
                "Authorization": "Bearer " + (ACCOUNT / "token").read_text().strip(),
                "Content-Type": "application/merge-patch+json" if method == "PATCH" else "application/json",
                "Accept": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request, context=self._tls, timeout=60) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise ClusterError(error.code, error.read().decode("utf-8", "replace")[:500]) from None

    def runs_of(self, template):
        """The workflows that were made from a WorkflowTemplate."""
        found = self.request("GET", "workflows").get("items") or []
        return [run for run in found if (run["spec"].get("workflowTemplateRef") or {}).get("name") == template]

    def exists(self, template):
        try:
            self.request("GET", f"workflowtemplates/{template}")
        except ClusterError as error:
            if error.status == 404:
                return False
            raise
        return True


def slug(text, limit=63):
    """A name that Kubernetes accepts, by the rule of the converter (emitters/argo/names.py)."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "x"
    if len(plain) > limit:
        plain = "{}-{}".format(plain[: limit - 9].rstrip("-"), hashlib.sha256(text.encode()).hexdigest()[:8])
    return plain


# starting


def call_workflow(runner, _function):
    """Starts a workflow; waits for its end if asked to. Settings: `spec.call`."""
    call, value = runner.spec["call"], runner.resolver.value
    cluster = Cluster()
    name = call["template"] if isinstance(call["template"], str) else slug(str(value(call["template"])), 52)
    conf = value(call["conf"]) if "conf" in call else None
    run_id = str(value(call["run_id"])) if "run_id" in call else None
    logical = _moment(value(call["logical_time"])) if "logical_time" in call else None
    body = _workflow(call, name, conf, run_id, logical)
    try:
        made = cluster.request("POST", "workflows", body)
    except ClusterError as error:
        if error.status != 409:
            raise
        made = _existing(cluster, call, body)
    runner.outputs.push("trigger_run_id", run_id or made["metadata"]["name"])
    if not runner.run.airflow3:
        created = logical or pod_time.parse(made["metadata"].get("creationTimestamp") or pod_time.now().isoformat())
        runner.outputs.push("trigger_logical_date_iso", created.isoformat())
    if call.get("wait"):
        _await_end(cluster, made["metadata"]["name"], call)


def _workflow(call, name, conf, run_id, logical):
    parameters = [{"name": "conf", "value": json.dumps(pod_values.pack(conf), ensure_ascii=False)}] if conf else []
    for key, (parameter, form) in (call.get("params") or {}).items():
        if isinstance(conf, dict) and key in conf:
            parameters.append({"name": parameter, "value": _param_text(conf[key], form)})
    if logical is not None:
        parameters.append({"name": "logical-date", "value": logical.isoformat()})
    metadata = {"labels": {"workflows.argoproj.io/workflow-template": name}}
    if run_id is not None:
        metadata["annotations"] = {RUN_ID: run_id}
        metadata["name"] = slug(f"{name}-{run_id}")
    elif call.get("join") and logical is not None:
        metadata["name"] = f"{name}-{logical.int_timestamp}"
    else:
        metadata["generateName"] = name + "-"
    spec = {"workflowTemplateRef": {"name": name}}
    if parameters:
        spec["arguments"] = {"parameters": parameters}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": metadata, "spec": spec}


def _param_text(value, form):
    if isinstance(value, str) and form != "json":
        return value
    return json.dumps(pod_values.pack(value), ensure_ascii=False)


def _moment(value):
    return pod_time.parse(value) if value not in (None, "") else None


def _existing(cluster, call, body):
    name = body["metadata"]["name"]
    if call.get("join"):
        found = cluster.request("GET", f"workflows/{name}")
        return found if not call.get("rerun") else _rerun(cluster, call, body, found)
    if call.get("skip_when_exists"):
        raise Skipped(f"the run {name} exists already")
    if not call.get("reset"):
        raise WorkflowFailed(f"the run {name} exists already")
    return _replaced(cluster, body)


def _rerun(cluster, call, body, found):
    """Waits for a run that is there; one that ended in a state of `rerun` is replaced."""
    name = body["metadata"]["name"]
    while (state := PHASES.get((found.get("status") or {}).get("phase") or "")) is None:
        time.sleep(float(call.get("poll_interval", 60)))
        found = cluster.request("GET", f"workflows/{name}")
    return _replaced(cluster, body) if state in call["rerun"] else found


def _replaced(cluster, body):
    name = body["metadata"]["name"]
    cluster.request("DELETE", f"workflows/{name}")
    for _ in range(60):
        try:
            return cluster.request("POST", "workflows", body)
        except ClusterError as error:
            if error.status != 409:
                raise
            time.sleep(1)
    raise WorkflowFailed(f"the run {name} cannot be replaced")


def _await_end(cluster, name, call):
    while True:
        phase = (cluster.request("GET", f"workflows/{name}").get("status") or {}).get("phase") or ""
        state = PHASES.get(phase)
        if state in (call.get("failed_states", ["failed"])) and not call.get("ignore_failure"):
            raise WorkflowFailed(f"{name} ended with {state}")
        if state in (call.get("allowed_states") or ["success"]) or (state and call.get("ignore_failure")):
            return
        if state:
            raise WorkflowFailed(f"{name} ended with {state}")
        time.sleep(float(call.get("poll_interval", 60)))


# waiting


PHASES = {"Succeeded": "success", "Failed": "failed", "Error": "failed"}
NODE_STATES = {
    "Succeeded": "success", "Failed": "failed", "Error": "failed", "Skipped": "skipped", "Omitted": "upstream_failed",
    "Running": "running", "Pending": "queued",
}  # fmt: skip


def wait_workflow(runner, _function):
    """Waits for runs of another workflow, or for tasks in them. Settings: `spec.wait`."""
    wait = runner.spec["wait"]
    cluster = Cluster()
    template = (
        wait["template"]
        if isinstance(wait["template"], str)
        else slug(str(runner.resolver.value(wait["template"])), 52)
    )
    if wait.get("check_existence") and not cluster.exists(template):
        raise WorkflowFailed(f"there is no workflow {template}")
    times = _awaited(runner, wait)
    soft = (runner.spec.get("poll") or {}).get("on_timeout") == "skip"
    pod_modes.poll(runner, lambda: (_look(cluster, template, {**wait, "soft_fail": soft}, times), None))


def _awaited(runner, wait):
    """Logical times of the runs to wait for."""
    logical = runner.run.logical_date
    if "times" not in wait:
        return [logical.subtract(seconds=wait.get("offset") or 0)]
    function = pod_units.load(wait["times"])
    first = pod_time.logical(logical)
    found = function(
        first, **accepted(function, [first], {k: v for k, v in runner.context.items() if k != "logical_date"})
    )
    return [pod_time.parse(item) for item in (found if isinstance(found, (list, tuple, set)) else [found])]


def _look(cluster, template, wait, times):
    """Whether all awaited states are there. Raises on a state that counts as failed, or as skipped."""
    states = []
    for run in cluster.runs_of(template):
        if any(_logical_date(run, wait) == moment for moment in times):
            states.extend(_states(run, wait))
    for state in states:
        if state in (wait.get("skipped_states") or ()):
            raise Skipped(f"{template} is {state}")
        if state in (wait.get("failed_states") or ()):
            if wait.get("soft_fail"):
                raise Skipped(f"{template} is {state}")
            raise WorkflowFailed(f"{template} is {state}")
    good = [state for state in states if state in (wait.get("allowed_states") or ["success"])]
    return len(good) >= len(times) * max(1, len(wait.get("tasks") or ()))


def _logical_date(run, wait):
    nodes = _nodes(run)
    root = nodes.get(run["metadata"]["name"]) or {}
    for source in ((root.get("inputs") or {}), (run["spec"].get("arguments") or {})):
        for parameter in source.get("parameters") or ():
            if parameter["name"] in ("run-date", "logical-date") and parameter.get("value"):
                return pod_time.parse(parameter["value"])
    fired = (run["metadata"].get("annotations") or {}).get(SCHEDULED)
    if fired is None:
        return pod_time.parse(run["metadata"]["creationTimestamp"])
    return _of_fire_time(pod_time.parse(fired), wait.get("schedule") or {})


def _of_fire_time(fired, schedule):
    """The logical time of a scheduled run, by the awaited workflow's own rule."""
    if schedule.get("seconds"):
        return fired.subtract(seconds=schedule["seconds"])
    if schedule.get("cron") and schedule.get("rule") == "period":
        from pod_interval import Schedule

        return pod_time.DateTime.of(Schedule(schedule["cron"], schedule.get("zone")).before(fired))
    return fired


def _nodes(run):
    status = run.get("status") or {}
    if status.get("compressedNodes"):
        return json.loads(gzip.decompress(base64.b64decode(status["compressedNodes"])))
    if status.get("offloadNodeStatusVersion") and not status.get("nodes"):
        raise RuntimeError("the run's nodes are kept in a database, where this step cannot look")
    return status.get("nodes") or {}


def _states(run, wait):
    wanted = wait.get("tasks")
    if not wanted:
        return [PHASES.get((run.get("status") or {}).get("phase") or "", "running")]
    found = []
    nodes = [node for node in _nodes(run).values() if node.get("displayName") in wanted]
    for name in wanted:
        best = [node for node in nodes if node["displayName"] == name]
        if best:
            found.append(_state_of(best[0]))
    return found


def _state_of(node):
    state = NODE_STATES.get(node.get("phase"), "running")
    outputs = (node.get("outputs") or {}).get("parameters") or ()
    if state == "success" and any(p["name"] == "af-state" and p.get("value") == "skipped" for p in outputs):
        return "skipped"
    return state
