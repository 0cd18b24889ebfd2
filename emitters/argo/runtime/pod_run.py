"""What the pod knows about its run and its task: the environment that the manifest sets, and the script's spec."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pod_interval
import pod_time
import pod_values

IN = Path(os.environ.get("AF_IN", "/af/in"))
OUT = Path(os.environ.get("AF_OUT", "/tmp/af/out"))


class Run:
    """Facts of the run (file AF_CONTEXT), of this instance (file AF_ITEM, AF_TRY) and of the task (the spec).

    Spec keys read here: `workflow`, `task`, `version`, `params` (name -> default as tagged JSON), `param_types`
    (name -> JSON Schema types), `task_params` (name -> value), `retries`.
    """

    def __init__(self, spec):
        facts = pod_interval.complete(_json_file("AF_CONTEXT") or {})
        self.spec = spec
        self.facts = facts
        self.workflow_id = spec.get("workflow", "")
        self.task_id = spec.get("task", "")
        self.version = tuple(int(part) for part in str(spec.get("version") or "2.11").split(".")[:2])
        self.logical_date = _moment(facts.get("logical_date")) or pod_time.now()
        self.interval_start = _moment(facts.get("data_interval_start")) or self.logical_date
        self.interval_end = _moment(facts.get("data_interval_end")) or self.interval_start
        self.fire_time = _moment(facts.get("fire_time")) or self.interval_end
        self.run_id = facts.get("run_id") or ""
        self.run_type = facts.get("run_type") or "manual"
        self.uid = facts.get("uid") or self.run_id
        self.item = item_of("AF_ITEM")
        self.index = int(self.item.get("i", -1))
        self.try_index = int(os.environ.get("AF_TRY") or 0)
        self.retries = int(spec.get("retries") or 0)
        self.params, self.conf = self._params(facts)

    @property
    def airflow3(self):
        """The source system's third generation."""
        return self.version >= (3, 0)

    def _params(self, facts):
        """Run parameters with their types, and the run's configuration.

        Order of precedence as in the source system: the workflow's defaults, the task's own, what the run was given.
        """
        texts = facts.get("params") or {}
        conf = pod_values.loads_plain(facts.get("conf") or "") if isinstance(facts.get("conf"), str) else None
        given = dict(conf) if isinstance(conf, dict) else {}
        types = self.spec.get("param_types") or {}
        params = {}
        for name, default in (self.spec.get("params") or {}).items():
            params[name] = pod_values.unpack(default)
            if name in texts:
                value = decode_param(texts[name], types.get(name) or [_type_of(default)])
                if value != params[name] or type(value) is not type(params[name]):
                    given.setdefault(name, value)
        for name, value in (self.spec.get("task_params") or {}).items():
            if name not in given:
                params[name] = pod_values.unpack(value)
        params.update(given)
        return params, given


def item_of(name):
    """The item of a fan-out in an input file; its arguments may be JSON text in JSON."""
    item = _json_file(name) or {}
    if isinstance(item.get("kw"), str):
        item["kw"] = json.loads(item["kw"])
    return item


def decode_param(text, types):
    """The value that a parameter's text stands for; `types` are JSON Schema types. Text that is meant as text stays."""
    if not isinstance(text, str):
        return text
    if types == ["string"]:
        return text
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if "string" in types and _type_of(value) not in types and not (_type_of(value) == "integer" and "number" in types):
        return text
    return pod_values.unpack(value)


def _type_of(value):
    if value is None:
        return "null"
    for kind, name in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array")):
        if isinstance(value, kind):
            return name
    return "object"


def text_of(name):
    """Text of an input: a file (as the manifests give it) or, where there is none, an environment variable."""
    try:
        with open(IN / name, encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return os.environ.get(name, "")


def _json_file(name):
    text = text_of(name)
    return json.loads(text) if text else None


def _moment(text):
    return pod_time.parse(text) if text else None


class Outputs:
    """Output files of the pod. Only keys that the manifest declares are written; others stay in memory."""

    def __init__(self, declared, fanned_out, keep_tuples=True):
        self.declared = list(declared)
        self.fanned_out = fanned_out
        self.keep_tuples = keep_tuples
        self.values = {}

    def push(self, key, value):
        """Keeps a value, and writes it at once when some other task reads it."""
        if not self.keep_tuples and not isinstance(value, tuple):
            value = without_tuples(value)
        text = pod_values.dumps_instance(value) if self.fanned_out else pod_values.dumps(value)
        if value is None and key != "return_value":
            text = " " + text
        self.values[key] = value
        if key in self.declared:
            self._write(path_of(key), text)

    def finish(self):
        """Writes a file for every declared key that has none: null, or a mark that this instance produced nothing."""
        for key in self.declared:
            if key not in self.values:
                self._write(path_of(key), json.dumps(pod_values.ABSENT) if self.fanned_out else "null")

    def state(self, word):
        self._write("state", word)

    def branch(self, ids):
        self._write("branch", json.dumps(ids))

    def go(self, go):
        self._write("go", "true" if go else "false")

    def text(self, name, text):
        self._write(name, text)

    def _write(self, name, text):
        path = OUT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def without_tuples(value):
    """Tuples inside of lists and mappings as lists: the second generation keeps only an outermost tuple (recorded:
    hosted, sql-results)."""
    if type(value) is dict:
        return {key: without_tuples(item) for key, item in value.items()}
    return [without_tuples(item) for item in value] if type(value) is list or isinstance(value, tuple) else value


def path_of(key):
    """File of an output key below the output folder."""
    return "return_value" if key == "return_value" else "xcom/" + key
