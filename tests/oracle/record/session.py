"""Inside an Airflow environment: makes the runs of case folders, waits for them, and writes what they did.

    python session.py BATCH.json RESULT.json

Runs beside a scheduler that `record.py` started, with the same configuration. Works with Airflow 2.11 and 3.1.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
import traceback
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import airflow
from airflow.models import DagModel, DagRun, Pool, TaskInstance
from airflow.models.serialized_dag import SerializedDagModel
from airflow.utils.session import create_session

THREE = airflow.__version__.startswith("3")
if THREE:
    from airflow.models.xcom import XComModel as XCom
else:
    from airflow.models import XCom
EARLY = {"one_success", "one_failed", "one_done", "always"}
ENDED = {"success", "failed"}
PARALLEL = 6  # cases at a time, so that timeouts mean something
LOGS = Path(os.environ["AIRFLOW__LOGGING__BASE_LOG_FOLDER"])
PRINT = re.compile(r"^(?:\[[^\]]*\] \{[^}]*\} [A-Z]+ - )?@@ (.*)$")
ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d:?\d\d|Z)?")
BEGAN = datetime.now().astimezone()


def when(run: Any) -> datetime | None:
    """Logical date of a run."""
    return run.logical_date if THREE else run.execution_date


def start(case: dict[str, Any]) -> str | None:
    """Makes the runs that are made by hand; the message of the refusal, if one was refused."""
    spec = case["spec"]
    wanted = [spec["dag_id"], *spec.get("other_dags", [])]
    for name, slots in spec.get("pools", {}).items():
        Pool.create_or_update_pool(name, slots=slots, description="", include_deferred=False)
    with create_session() as session:
        for model in session.query(DagModel).filter(DagModel.dag_id.in_(wanted)):
            model.is_paused = False
    if spec.get("trigger") == "scheduled":
        return None
    for dag_id in spec.get("trigger_also", []):
        trigger(dag_id, spec["logical_date"], {})
    try:
        trigger(spec["dag_id"], spec["logical_date"], spec.get("conf") or {})
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def trigger(dag_id: str, moment: str, conf: dict[str, Any]) -> None:
    """One run by hand, as the command line does it."""
    from airflow.api.common.trigger_dag import trigger_dag

    logical = datetime.fromisoformat(moment)
    run_id = f"manual__{logical.isoformat()}"
    if not THREE:
        trigger_dag(dag_id=dag_id, run_id=run_id, conf=conf, execution_date=logical)
        return
    from airflow.utils.types import DagRunTriggeredByType

    trigger_dag(
        dag_id=dag_id,
        triggered_by=DagRunTriggeredByType.CLI,
        run_id=run_id,
        conf=conf,
        logical_date=logical,
        run_after=logical,
    )


def known(case: dict[str, Any]) -> bool:
    """Whether Airflow has read all DAGs of a case."""
    spec = case["spec"]
    wanted = {spec["dag_id"], *spec.get("other_dags", [])}
    with create_session() as session:
        models = (session.query(m.dag_id).filter(m.dag_id.in_(wanted)) for m in (DagModel, SerializedDagModel))
        return all(wanted == {row[0] for row in found} for found in models)


def runs_of(case: dict[str, Any], session: Any) -> list[Any]:
    """The runs that are recorded, those of the main DAG first."""
    spec = case["spec"]
    order = [spec["dag_id"], *spec.get("other_dags", [])]
    scheduled = spec.get("trigger") == "scheduled"
    found = list(session.query(DagRun).filter(DagRun.dag_id.in_(order)))
    found = [r for r in found if r.dag_id != order[0] or (kind(r) == "scheduled") == scheduled]
    found.sort(key=lambda r: (order.index(r.dag_id), when(r) or r.run_after, r.run_id))
    limit = spec.get("n_runs", 1)
    main = [r for r in found if r.dag_id == order[0]]
    return (main[:limit] if scheduled else main) + [r for r in found if r.dag_id != order[0]]


def kind(run: Any) -> str:
    """Run type as text."""
    return str(getattr(run.run_type, "value", run.run_type))


def ended(case: dict[str, Any]) -> bool:
    """Whether all runs of a case have ended."""
    spec = case["spec"]
    expected = spec.get("n_runs", 1) if spec.get("trigger") == "scheduled" else 1 + len(spec.get("trigger_also", []))
    with create_session() as session:
        runs = runs_of(case, session)
        return len(runs) >= expected and all(str(getattr(r.state, "value", r.state)) in ENDED for r in runs)


def encode(item: Any) -> Any:
    """A value in JSON, with marks for what JSON has no form for."""
    if item is None or isinstance(item, (bool, int, float)):
        return item
    if isinstance(item, str):
        return mask(item)
    if isinstance(item, tuple):
        return {"$tuple": [encode(x) for x in item]}
    if isinstance(item, (set, frozenset)):
        return {"$set": sorted((encode(x) for x in item), key=repr)}
    if isinstance(item, (list, dict)):
        return [encode(x) for x in item] if isinstance(item, list) else {str(k): encode(v) for k, v in item.items()}
    if isinstance(item, (datetime, date)):
        return {"$datetime": mask(item.isoformat())}
    return {"$type": type(item).__name__, "str": mask(str(item))}


def mask(text: str) -> str:
    """A text with addresses and the real time of the run replaced."""

    def moment(match: re.Match[str]) -> str:
        try:
            found = datetime.fromisoformat(match.group().replace("Z", "+00:00"))
        except ValueError:
            return match.group()
        aware = found if found.tzinfo else found.astimezone()
        near = BEGAN - timedelta(minutes=5) <= aware <= datetime.now().astimezone() + timedelta(minutes=5)
        return "<now>" if near else match.group()

    return MOMENT.sub(moment, ADDRESS.sub("<address>", text))


def printed(path: Path) -> list[str]:
    """The `@@` lines of a log file."""
    out = []
    for line in path.read_text(errors="replace").splitlines():
        if THREE:
            try:
                line = str(json.loads(line).get("event", ""))
            except ValueError:
                continue
        found = PRINT.match(line)
        if found:
            out.append(mask(found.group(1).rstrip()))
    return out


def task_facts(instance: Any, session: Any) -> dict[str, Any]:
    """One task instance."""
    folder = LOGS / f"dag_id={instance.dag_id}" / f"run_id={instance.run_id}" / f"task_id={instance.task_id}"
    if instance.map_index >= 0:
        folder = folder / f"map_index={instance.map_index}"
    found = (p for p in folder.glob("attempt=*.log") if p.stem[8:].isdigit())  # others are the triggerer's
    logs = sorted(found, key=lambda p: int(p.stem[8:]))
    state = getattr(instance.state, "value", instance.state)
    facts: dict[str, Any] = {
        "task_id": instance.task_id,
        "map_index": instance.map_index,
        "state": str(state),
        "tries": len(logs),
    }
    keys = {"dag_id": instance.dag_id, "task_id": instance.task_id, "run_id": instance.run_id}
    # columns and no objects: Airflow 2 replaces an object's value by a short text of what is no plain JSON
    rows = session.query(XCom.key, XCom.value).filter_by(map_index=instance.map_index, **keys)
    values = {row.key: encode(restored(row)) for row in rows if not row.key.startswith(("_link_", "skipmixin_"))}
    if "return_value" in values:
        facts["return_value"] = values.pop("return_value")
    if values:
        facts["xcom"] = dict(sorted(values.items()))
    prints = [printed(p) for p in logs]
    if any(prints):
        facts["prints"] = prints
    return facts


def restored(row: Any) -> Any:
    """The value of an XCom row as a task would read it."""
    if not THREE:
        return XCom.deserialize_value(row)
    from airflow.serialization.serde import deserialize

    return deserialize(row.value)


def serialized(dag_id: str, session: Any) -> Any:
    """The DAG as the scheduler sees it."""
    return SerializedDagModel.get(dag_id, session=session).dag


def order_facts(dag: Any) -> dict[str, list[list[str]]]:
    """Guaranteed orders, by direct edges."""
    after, same, early = [], [], []
    for task in dag.tasks:
        for below in task.downstream_list:
            group = task.get_closest_mapped_task_group()
            pair = [task.task_id, below.task_id]
            rule = str(getattr(below.trigger_rule, "value", below.trigger_rule))
            if rule in EARLY:
                early.append(pair)
            elif group is not None and group == below.get_closest_mapped_task_group():
                same.append(pair)
            else:
                after.append(pair)
    out = {"after": sorted(after)}
    if same:
        out["after_same_index"] = sorted(same)
    if early:
        out["edge_only"] = sorted(early)
    return out


def either(dag: Any, tasks: list[dict[str, Any]]) -> dict[str, list[str]]:
    """all_success tasks below both a failure and a skip: Airflow takes whichever it sees first."""
    states: dict[str, set[str]] = {}
    for task in tasks:
        states.setdefault(task["task_id"], set()).add(task["state"])
    out = {}
    for task in dag.tasks:
        above = set().union(*(states.get(u, set()) for u in task.upstream_task_ids), set())
        own = states.get(task.task_id, set())
        racing = "skipped" in above and above & {"failed", "upstream_failed"}
        rule = str(getattr(task.trigger_rule, "value", task.trigger_rule))
        if rule == "all_success" and racing and own <= {"skipped", "upstream_failed"}:
            out[task.task_id] = ["skipped", "upstream_failed"]
    return out


def run_facts(run: Any, session: Any) -> dict[str, Any]:
    """One run."""
    dag = serialized(run.dag_id, session)
    instances = session.query(TaskInstance).filter_by(dag_id=run.dag_id, run_id=run.run_id).all()
    instances.sort(key=lambda i: (i.task_id, i.map_index))
    tasks = [task_facts(i, session) for i in instances if i.state != "removed"]
    started = sorted((i for i in instances if i.start_date), key=lambda i: i.start_date)
    ran = {t["task_id"] for t in tasks if t["tries"]}
    facts = {
        "dag_id": run.dag_id,
        "run_id": mask(run.run_id),
        "run_type": kind(run),
        "logical_date": text(when(run)),
        "data_interval": [text(run.data_interval_start), text(run.data_interval_end)],
        "conf": encode(run.conf or {}),
        "state": str(getattr(run.state, "value", run.state)),
        "tasks": tasks,
        "order": order_facts(dag),
        "start_order": list(dict.fromkeys(i.task_id for i in started if i.task_id in ran)),
    }
    racing = either(dag, tasks)
    if racing:
        facts["either_state"] = racing
    return facts


def text(moment: datetime | None) -> str | None:
    """A moment as ISO text, real times masked."""
    return None if moment is None else mask(moment.isoformat())


def collect(case: dict[str, Any], refusal: str | None) -> dict[str, Any]:
    """The recorded result of a case."""
    result: dict[str, Any] = {"airflow": airflow.__version__}
    if refusal is not None:
        return {**result, "trigger_error": refusal}
    with create_session() as session:
        result["dag_runs"] = [run_facts(r, session) for r in runs_of(case, session)]
    files = case["spec"].get("out_files")
    if files:
        paths = {name: Path(case["out"]) / name for name in files}
        result["out_files"] = {name: p.read_text() if p.exists() else None for name, p in paths.items()}
    return result


def main() -> None:
    """Runs a batch."""
    cases = json.loads(Path(sys.argv[1]).read_text())
    results: dict[str, Any] = {}
    refused: dict[str, str | None] = {}
    since: dict[str, float] = {}
    quiet: dict[str, float] = {}
    left = {case["name"]: case for case in cases}
    begin = time.time()
    while left:
        for name, case in list(left.items()):
            try:
                if name not in since:
                    if len(set(left) & set(since)) >= PARALLEL:
                        continue
                    if known(case):
                        refused[name] = start(case)
                        since[name] = time.time()
                    elif time.time() - begin > case["timeout"]:
                        raise TimeoutError("Airflow did not read the DAGs")
                    continue
                if refused[name] is None and not ended(case):
                    quiet.pop(name, None)
                    if time.time() - since[name] > case["timeout"]:
                        raise TimeoutError("the runs did not end")
                    continue
                if time.time() - quiet.setdefault(name, time.time()) < case["settle"]:
                    continue
                results[name] = collect(case, refused[name])
                print(f"{name}: recorded", flush=True)
            except Exception as error:
                results[name] = {"error": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}
                print(f"{name}: {error}", flush=True)
            del left[name]
        time.sleep(1)
        Path(sys.argv[2]).write_text(json.dumps(results))


if __name__ == "__main__":
    main()
