"""The names that task code and templates of the source system find in the run's context."""

from __future__ import annotations

import datetime
import logging
import os
import socket
import types
from collections.abc import Mapping

import pod_connections
import pod_macros
import pod_time
from pod_exprs import read_variable
from pod_values import LazySequence

MISSING = object()


class Unavailable:
    """Something that only the source system's database knows; any use of it says so."""

    def __init__(self, name):
        object.__setattr__(self, "_name", name)

    def _fail(self, *_args, **_kwargs):
        name = object.__getattribute__(self, "_name")
        raise RuntimeError(f"`{name}` needs the history of earlier runs, which is not there in this system")

    def __getattr__(self, attribute):
        self._fail()

    __str__ = __bool__ = __eq__ = __iter__ = __len__ = __call__ = __getitem__ = __format__ = __lt__ = __gt__ = _fail
    __hash__ = None

    def __repr__(self):
        return "<unavailable>"


class Word(str):
    """A text that prints as the third generation prints members of its enumerations."""

    def __new__(cls, value, printed):
        self = super().__new__(cls, value)
        self.printed = printed
        self.value = value
        self.name = value.upper()
        return self

    def __str__(self):
        return self.printed

    def __format__(self, spec):
        return format(self.printed, spec)


class Facts:
    """Attributes by name; an attribute that conversion does not know raises AttributeError with a clear text."""

    def __init__(self, title, **values):
        self.__dict__.update(values)
        self._title = title

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError("`{}.{}` is not there in a converted task".format(self.__dict__.get("_title", "?"), name))

    def __repr__(self):
        return f"<{self._title}>"


class Params(dict):
    """Run parameters; also as attributes in templates."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def dump(self):
        return dict(self)


class _Variables:
    """`var.value` and `var.json`."""

    def __init__(self, as_json):
        self._as_json = as_json

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self._read(name, MISSING)

    def get(self, name, default=MISSING, default_var=MISSING):
        return self._read(name, default if default is not MISSING else default_var)

    __getitem__ = __getattr__

    def _read(self, name, default):
        text = read_variable(name)
        if not text:
            if default is MISSING:
                raise KeyError(f"Variable {name} does not exist")
            return default
        if self._as_json:
            import json

            return json.loads(text)
        return text


class _Connections:
    """`conn.<id>`."""

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return pod_connections.get(name)

    def get(self, name, default_conn=None):
        try:
            return pod_connections.get(name)
        except KeyError:
            return default_conn


class TaskInstance(Facts):
    """What code calls `ti`: identity, and values of other tasks as far as they were declared at conversion."""

    def __init__(self, run, reads, outputs, task):
        super().__init__(
            "ti",
            task_id=run.task_id,
            dag_id=run.workflow_id,
            run_id=run.run_id,
            map_index=run.index,
            try_number=run.try_index + 1,
            max_tries=run.retries,
            state="running",
            start_date=pod_time.logical(pod_time.now()),
            end_date=None,
            duration=None,
            hostname=socket.gethostname(),
            log=logging.getLogger("airflow.task"),
            log_url="",
            operator=task.task_type,
            pool=task.pool,
            queue=task.queue,
            priority_weight=task.priority_weight,
            unixname="",
            task=task,
            execution_date=pod_time.logical(run.logical_date),
            logical_date=pod_time.logical(run.logical_date),
        )
        self._run = run
        self._reads = reads
        self._outputs = outputs
        self._context = None

    @property
    def key(self):
        return (self.dag_id, self.task_id, self.run_id, self.try_number, self.map_index)

    @property
    def is_premature(self):
        return False

    def get_template_context(self, *_args, **_kwargs):
        return self._context

    def get_dagrun(self, *_args, **_kwargs):
        return self._context["dag_run"]

    @property
    def dag_run(self):
        return self._context["dag_run"]

    def current_state(self, *_args, **_kwargs):
        return self.state

    def xcom_push(self, key, value, execution_date=None, session=None):
        """Keeps a value under a key for other tasks."""
        self._outputs.push(key, value)

    def xcom_pull(
        self, task_ids=None, dag_id=None, key="return_value", include_prior_dates=False, session=None, *,
        map_indexes=None, default=None, run_id=None,
    ):  # fmt: skip
        """Values of other tasks, in the shapes that the source system gives them."""
        if dag_id not in (None, self.dag_id) or include_prior_dates:
            raise RuntimeError("xcom_pull from another workflow or an earlier run is not there in this system")
        many = task_ids is not None and not isinstance(task_ids, str)
        if task_ids is None:
            return self._pull_any(key, default)
        ids = list(task_ids) if many else [task_ids]
        found = [self._pull(task, key, map_indexes) for task in ids]
        many = many or (map_indexes is not None and not isinstance(map_indexes, int))
        if self._run.airflow3:
            return _shape_of_3(found, many)
        if not many:
            return default if found[0] is None else found[0]
        items = []
        for value in found:
            items.extend(value if isinstance(value, LazySequence) else [] if value is None else [value])
        return LazySequence(items)

    def _pull_any(self, key, default):
        if key in self._outputs.values:
            return self._outputs.values[key]
        if self._run.airflow3:
            return None
        for (_task, name), read in reversed(list(self._reads.items())):
            value = read() if name == key else None
            if value is not None:
                return value
        return default

    def _pull(self, task, key, map_indexes):
        if task == self.task_id and key in self._outputs.values:
            return self._outputs.values[key]
        read = self._reads.get((task, key))
        if read is None:
            if task == self.task_id:
                return None
            raise RuntimeError(f"value `{key}` of task `{task}` is not an input of this task")
        value = read()
        if map_indexes is None or not isinstance(value, LazySequence):
            return value
        if isinstance(map_indexes, int):
            return value.of_instance(map_indexes)
        return LazySequence(v for v in map(value.of_instance, map_indexes) if v is not None)


def _shape_of_3(found, many):
    items = []
    for value in found:
        items.extend(value) if isinstance(value, LazySequence) else items.append(value)
    return items[0] if not many and len(items) == 1 else items


class Context(dict):
    """The context; `Unavailable` names are there, and complain when they are used."""


def build(run, spec, outputs, reads):
    """The context of one task instance.

    `reads` maps (task id, key) to a function that gives the value. Names follow the source's generation.
    """
    task = _task(run, spec)
    ti = TaskInstance(run, reads, outputs, task)
    day = run.logical_date.strftime("%Y-%m-%d")
    moment = {
        name: pod_time.logical(value)
        for name, value in (
            ("logical_date", run.logical_date),
            ("data_interval_start", run.interval_start),
            ("data_interval_end", run.interval_end),
        )
    }
    stamp = run.logical_date.isoformat()
    context = Context(
        moment,
        dag=_dag(run, spec, task),
        dag_run=_dag_run(run, moment),
        ds=day,
        ds_nodash=day.replace("-", ""),
        ts=stamp,
        ts_nodash=run.logical_date.strftime("%Y%m%dT%H%M%S"),
        ts_nodash_with_tz=stamp.replace("-", "").replace(":", ""),
        inlets=[],
        outlets=[],
        inlet_events=Unavailable("inlet_events"),
        outlet_events=_OutletEvents(),
        macros=pod_macros.macros(run.airflow3),
        map_index_template=None,
        params=Params(run.params),
        prev_data_interval_start_success=Unavailable("prev_data_interval_start_success"),
        prev_data_interval_end_success=Unavailable("prev_data_interval_end_success"),
        prev_start_date_success=Unavailable("prev_start_date_success"),
        prev_end_date_success=Unavailable("prev_end_date_success"),
        run_id=run.run_id,
        task=task,
        task_instance=ti,
        task_instance_key_str="{}__{}__{}".format(run.workflow_id, run.task_id, day.replace("-", "")),
        templates_dict=None,
        ti=ti,
        var={"value": _Variables(False), "json": _Variables(True)},
        conn=_Connections(),
    )
    if not run.airflow3:
        context.update(_names_of_2(run, moment))
    if spec.get("expanded") is not None:
        context["expanded_ti_count"] = spec["expanded"]
    ti._context = context
    context.airflow3 = run.airflow3
    return context


def _names_of_2(run, moment):
    """Names that the third generation no longer has."""
    before, after = _neighbours(run)
    day = run.logical_date
    return {
        "conf": _Configuration(),
        "execution_date": moment["logical_date"],
        "next_execution_date": after and pod_time.logical(after),
        "prev_execution_date": before and pod_time.logical(before),
        "prev_execution_date_success": Unavailable("prev_execution_date_success"),
        "next_ds": after and after.strftime("%Y-%m-%d"),
        "next_ds_nodash": after and after.strftime("%Y%m%d"),
        "prev_ds": before and before.strftime("%Y-%m-%d"),
        "prev_ds_nodash": before and before.strftime("%Y%m%d"),
        "yesterday_ds": day.subtract(days=1).strftime("%Y-%m-%d"),
        "yesterday_ds_nodash": day.subtract(days=1).strftime("%Y%m%d"),
        "tomorrow_ds": day.add(days=1).strftime("%Y-%m-%d"),
        "tomorrow_ds_nodash": day.add(days=1).strftime("%Y%m%d"),
        "triggering_dataset_events": {},
        "test_mode": False,
    }


def _neighbours(run):
    """The logical dates before and after; those of a run by hand are its own (recorded, macros-old-names)."""
    if run.run_type == "manual":
        return run.logical_date, run.logical_date
    facts = run.facts
    before, after = facts.get("previous_logical"), facts.get("next_logical")
    return (
        pod_time.parse(before) if before else None,
        pod_time.parse(after) if after else run.interval_end,
    )


def _task(run, spec):
    facts = spec.get("about_task") or {}
    rule = facts.get("trigger_rule", "all_success")
    limit = facts.get("execution_timeout")
    return Facts(
        "task",
        task_id=run.task_id,
        dag_id=run.workflow_id,
        task_type=spec.get("operator", ""),
        operator_name=spec.get("operator", ""),
        label=run.task_id.rpartition(".")[2],
        node_id=run.task_id,
        owner=facts.get("owner") or "airflow",
        params=Params(run.params),
        retries=run.retries,
        retry_delay=datetime.timedelta(seconds=facts.get("retry_delay", 300)),
        execution_timeout=None if limit is None else datetime.timedelta(seconds=limit),
        pool=facts.get("pool", "default_pool"),
        pool_slots=facts.get("pool_slots", 1),
        queue=facts.get("queue", "default"),
        priority_weight=facts.get("priority_weight", 1),
        depends_on_past=facts.get("depends_on_past", False),
        wait_for_downstream=facts.get("wait_for_downstream", False),
        log=logging.getLogger("airflow.task"),
        upstream_task_ids=set(spec.get("upstream") or ()),
        downstream_task_ids=set(spec.get("downstream") or ()),
        trigger_rule=Word(rule, f"TriggerRule.{rule.upper()}") if run.airflow3 else rule,
        doc_md=facts.get("doc_md"),
        inlets=[],
        outlets=[],
        email=None,
    )


def _dag(run, spec, task):
    facts = spec.get("about") or {}
    return Facts(
        "dag",
        dag_id=run.workflow_id,
        dag_display_name=run.workflow_id,
        description=facts.get("description"),
        tags=facts.get("tags") or [],
        owner=facts.get("owner") or "airflow",
        params=Params(run.params),
        timezone=pod_time.zone(facts.get("timezone")),
        doc_md=facts.get("doc"),
    )


def _dag_run(run, moment):
    printed = f"DagRunType.{run.run_type.upper()}" if run.airflow3 else run.run_type
    return Facts(
        "dag_run",
        dag_id=run.workflow_id,
        run_id=run.run_id,
        run_type=Word(run.run_type, printed),
        conf=dict(run.conf),
        logical_date=moment["logical_date"],
        execution_date=moment["logical_date"],
        data_interval_start=moment["data_interval_start"],
        data_interval_end=moment["data_interval_end"],
        run_after=moment["data_interval_end"],
        start_date=pod_time.logical(run.fire_time),
        queued_at=pod_time.logical(run.fire_time),
        end_date=None,
        state="running",
        **({} if run.airflow3 else {"external_trigger": run.run_type == "manual"}),
    )


class _OutletEvents(dict):
    """Notes of code about the data sets it wrote; nobody reads them here."""

    def __getitem__(self, key):
        name = str(getattr(key, "uri", None) or getattr(key, "name", None) or key)  # an asset itself has no hash
        return self.setdefault(name, types.SimpleNamespace(key=key, extra={}, add=lambda *a, **k: None))


class _Configuration:
    """`conf`: settings of the old installation, from AIRFLOW__SECTION__KEY."""

    def get(self, section, key, fallback=MISSING, **_kwargs):
        found = os.environ.get(f"AIRFLOW__{section.upper()}__{key.upper()}")
        if found is None and fallback is MISSING:
            raise KeyError(f"setting [{section}] {key} is not there in this pod")
        return fallback if found is None else found

    def getint(self, section, key, fallback=MISSING, **_kwargs):
        return int(self.get(section, key, fallback))

    def getfloat(self, section, key, fallback=MISSING, **_kwargs):
        return float(self.get(section, key, fallback))

    def getboolean(self, section, key, fallback=MISSING, **_kwargs):
        return str(self.get(section, key, fallback)).lower() in ("true", "t", "1")


def accepted(function, args, context: Mapping, airflow3=True):
    """The part of `context` that a callable takes by name: all of it with `**kwargs`, else the names of its parameters.

    Raises ValueError when a positional argument has the name of a context key, as the source system does; the second
    generation counts parameters that can only be given by name, too (recorded: 190-callable-objects).
    """
    import inspect

    parameters = inspect.signature(function).parameters
    for name, parameter in list(parameters.items())[: len(args)]:
        if name in context and not (airflow3 and parameter.kind == parameter.KEYWORD_ONLY):
            raise ValueError(f"The key {name!r} in args is a part of kwargs and therefore reserved.")
    if any(p.kind == p.VAR_KEYWORD for p in parameters.values()):
        return dict(context)
    return {name: context[name] for name in parameters if name in context}
