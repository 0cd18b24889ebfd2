"""`late` of `pod_scoped`: whether a run is still going on at a moment. The step stands beside the tasks of the run."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta, timezone

import pod_cluster
import pod_time
from java_zones import clock_zone, tzinfo_of

OVER = ("Succeeded", "Failed", "Error", "Skipped", "Omitted")
FIRST_LOOK, LONGEST = 1.0, 15.0
NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]*")


def late(task):
    """The result is true if the run's other tasks are not over at the moment, false as soon as they are."""
    cluster, run_id = pod_cluster.Cluster(), task.runner.run.run_id
    limit, pause = None, FIRST_LOOK
    while True:
        workflow = cluster.request("GET", f"workflows/{run_id}")
        if limit is None:
            limit = moment(task, workflow)
            print(f"the run should be over at {limit.isoformat()}", flush=True)
        if finished(workflow, task.spec["own"]):
            task.runner.keep_result(False)
            return
        left = (limit - datetime.now(timezone.utc)).total_seconds()
        if left <= 0:
            print("the run is late", flush=True)
            task.runner.keep_result(True)
            return
        time.sleep(min(pause, left))
        pause = min(1.5 * pause, LONGEST)


def moment(task, workflow):
    """The moment: seconds after the time of the run, or a time of day, of the next day if it is over by then."""
    fired = (workflow["metadata"].get("annotations") or {}).get(pod_cluster.SCHEDULED)
    text = fired or workflow["metadata"]["creationTimestamp"]
    start = datetime.fromtimestamp(pod_time.parse(text).timestamp(), timezone.utc)
    if "duration" in task.settings:
        return start + timedelta(seconds=task.settings["duration"])
    local = start.astimezone(tzinfo_of(clock_zone(task.zone)))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    found = (midnight + timedelta(seconds=task.settings["time"])).replace(tzinfo=tzinfo_of(clock_zone(task.zone)))
    if found < start:
        found += timedelta(days=1)
    return found.astimezone(timezone.utc)


def finished(workflow, own):
    """Whether all tasks beside ours are over, but those that wait for ours."""
    nodes = pod_cluster._nodes(workflow)
    mine = next((n for n in nodes.values() if n.get("templateName") == own and n.get("boundaryID")), None)
    if mine is None:
        return False
    boundary = nodes[mine["boundaryID"]]
    beside = siblings(workflow, boundary["templateName"], own)
    states = {n["displayName"]: n.get("phase") for n in nodes.values() if n.get("boundaryID") == boundary["id"]}
    return all(states.get(name) in OVER for name in beside)


def siblings(workflow, template, own):
    """Names of the tasks of a dag template that neither are ours nor wait for ours."""
    status, spec = workflow.get("status") or {}, workflow.get("spec") or {}
    templates = [
        *(spec.get("templates") or ()),
        *((status.get("storedWorkflowTemplateSpec") or {}).get("templates") or ()),
    ]
    dag = next(t["dag"]["tasks"] for t in templates if t["name"] == template)
    waiting = {t["name"] for t in dag if t.get("template") == own}
    while True:
        more = {t["name"] for t in dag if waiting & set(NAME.findall(t.get("depends") or ""))} - waiting
        if not more:
            return [t["name"] for t in dag if t["name"] not in waiting]
        waiting |= more


OPERATIONS = {"late": late}
