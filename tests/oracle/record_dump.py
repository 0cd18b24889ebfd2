"""Prints what Airflow's database knows of all runs, as one line of JSON. Run by `record.py` in Airflow's environment."""

import json
import os
from pathlib import Path

from sqlalchemy import create_engine, text

EDGE_ONLY = ("one_success", "one_failed", "one_done", "always")


def plain(value):
    """JSON in the form of the cases' README."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    name = value.get("__classname__", "")
    if name == "builtins.tuple":
        return {"$tuple": plain(value["__data__"])}
    if name.endswith("DateTime") or name == "datetime.datetime":
        data = value["__data__"]
        return {"$datetime": data if isinstance(data, str) else data.get("timestamp")}
    return {key: plain(item) for key, item in value.items()}


def decoded(value):
    """The stored value of an XCom."""
    if isinstance(value, memoryview):
        value = bytes(value)
    return plain(json.loads(value) if isinstance(value, (bytes, str)) else value)


def orders():
    """Edges by workflow."""
    try:
        from airflow.dag_processing.dagbag import DagBag
    except ImportError:
        from airflow.models.dagbag import DagBag
    found = {}
    for folder in sorted(Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"]).iterdir()):
        bag = DagBag(str(folder), include_examples=False)
        for dag in bag.dags.values():
            order = {}
            for task in dag.tasks:
                for other in sorted(task.upstream_task_ids):
                    group = task.get_closest_mapped_task_group()
                    upper = dag.get_task(other).get_closest_mapped_task_group()
                    inside = group is not None and upper is group
                    rule = str(getattr(task.trigger_rule, "value", task.trigger_rule))
                    kind = "edge_only" if rule in EDGE_ONLY else "after_same_index" if inside else "after"
                    order.setdefault(kind, []).append([other, task.task_id])
            found[dag.dag_id] = {k: sorted(v) for k, v in sorted(order.items())}
    return found


def stamp(value):
    """A time of the database as ISO text."""
    shown = value if isinstance(value, str) else value.isoformat()
    shown = shown.replace(" ", "T").removesuffix(".000000")
    return shown if "+" in shown else shown + "+00:00"


def main():
    engine = create_engine(os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
    runs = {}
    with engine.connect() as db:
        columns = list(db.execute(text("select * from dag_run limit 1")).keys())
        third = "execution_date" not in columns
        date = "logical_date" if third else "execution_date"
        query = f"select dag_id, run_id, run_type, {date}, data_interval_start, data_interval_end, state from dag_run"
        for dag, run, kind, when, start, end, state in db.execute(text(query)).fetchall():
            facts = runs[dag] = {"dag_id": dag, "run_id": run, "run_type": kind, "logical_date": stamp(when)}
            facts |= {"data_interval": [stamp(start), stamp(end)], "state": state, "tasks": [], "start_order": []}
        values = {}
        for dag, task, index, key, value in db.execute(
            text("select dag_id, task_id, map_index, key, value from xcom")
        ).fetchall():
            values.setdefault((dag, task, index), {})[key] = decoded(value)
        for dag, task, index, state in db.execute(
            text("select dag_id, task_id, map_index, state from task_instance order by dag_id, task_id, map_index")
        ).fetchall():
            mine = values.get((dag, task, index), {})
            row = {"task_id": task, "map_index": index, "state": state}
            if "return_value" in mine:
                row["return_value"] = mine.pop("return_value")
            if mine:
                row["xcom"] = dict(sorted(mine.items()))
            runs[dag]["tasks"].append(row)
    if all(run["state"] not in ("queued", "running") for run in runs.values()):
        for dag, order in orders().items():
            if dag in runs:
                runs[dag]["order"] = order
    print(json.dumps(runs))


main()
