"""Resolves the encoded values of a spec.

An encoded value is tagged JSON (see `pod_values`) in which references are objects with one of the keys below. `IN` is
the name of an input file with JSON text (`pod_run.text_of`).
"""

from __future__ import annotations

import json
import os

import pod_run
import pod_time
import pod_units
import pod_values


class Resolver:
    """Turns encoded values into Python values for one run. `context` gives the names that templates use."""

    def __init__(self, run, context):
        self.run = run
        self.context = context
        self._cache = {}
        self.fan_out = False  # whether items of a fan-out are computed
        self.late = False  # whether an item that a function fails for fails the instance, not the list

    def value(self, code):
        """The value of an encoded expression."""
        if isinstance(code, list):
            return [self.value(item) for item in code]
        if not isinstance(code, dict):
            return code
        for key in code:
            handler = getattr(self, "_" + key[1:], None) if key.startswith("$") else None
            if handler is not None and (len(code) == 1 or key not in ("$tuple", "$set", "$dict")):
                return handler(code)
            break
        if len(code) == 1 and next(iter(code)).startswith("$"):
            return pod_values.unpack(code)
        return {key: self.value(item) for key, item in code.items()}

    # collections

    def _tuple(self, code):
        return tuple(self.value(item) for item in code["$tuple"])

    def _set(self, code):
        return {self.value(item) for item in code["$set"]}

    def _dict(self, code):
        return {key: self.value(item) for key, item in code["$dict"].items()}

    def _pairs(self, code):
        return {self.value(key): self.value(item) for key, item in code["$pairs"]}

    def _concat(self, code):
        return "".join(str(self.value(item)) for item in code["$concat"])

    # references

    def _in(self, code):
        text = pod_run.text_of(code["$in"])
        if "required" in code and text in pod_values.NOTHING:
            task, key = code["required"]
            raise KeyError(f"XComNotFound: {task} has produced nothing under the key {key!r}")
        if code.get("all"):
            numbered = pod_values.numbered_instances(text)
            found = list(numbered.values())
            title = "LazyXComSequence" if self.run.airflow3 else "LazySelectSequence"
            nothing = not found and not self.run.airflow3 and not self.fan_out
            # Airflow 2 has None where no instance produced a value (`xcom_pull` finds no row)
            found = found if code.get("path") else None if nothing else pod_values.LazySequence(found, title, numbered)
        else:
            found = pod_values.loads(text)
        return self._end(found, code)

    def _end(self, found, code):
        if found is None and "default" in code:
            return self.value(code["default"])
        for step in code.get("path") or ():
            found = found[step]
        return found

    def _text(self, code):
        return os.environ.get(code["$text"], "")

    def _param(self, code):
        name = code["$param"]
        if name not in self.run.params:
            if "default" in code:
                return self.value(code["default"])
            raise KeyError(name)
        return _walk(self.run.params[name], code.get("path"))

    def _conf(self, code):
        if code["$conf"] is None:
            return dict(self.run.conf)
        if code["$conf"] not in self.run.conf:
            if "default" in code:
                return self.value(code["default"])
            raise KeyError(code["$conf"])
        return _walk(self.run.conf[code["$conf"]], code.get("path"))

    def _item(self, code):
        item = pod_run.item_of(code["env"]) if "env" in code else self.run.item
        if code["$item"][:1] == ["$index"]:
            return int(item.get("i", -1))
        found = _walk(pod_values.unpack(item.get("kw") or {}), code["$item"])
        if code.get("render"):
            import pod_render

            return pod_render.render_tree(found, self.context)
        return found

    def _run(self, code):
        run = self.run
        facts = {
            "run_id": run.run_id,
            "workflow_id": run.workflow_id,
            "task_id": run.task_id,
            "task_key": "{}__{}__{}".format(run.workflow_id, run.task_id, run.logical_date.strftime("%Y%m%d")),
            "try_number": run.try_index + 1,
            "item_index": run.index,
            "run_type": run.run_type,
            "uid": run.uid,
        }
        return facts[code["$run"]]

    def _env(self, code):
        found = os.environ.get(code["$env"])
        return self._end(found, code)

    def _var(self, code):
        found = read_variable(code["$var"])
        if not found:  # the ConfigMap holds an empty text where nobody has given a value yet
            if "default" in code:
                return _walk(self.value(code["default"]), code.get("json"))
            raise KeyError("Variable {} does not exist".format(code["$var"]))
        if "json" in code:
            return _walk(json.loads(found), code["json"])
        return found

    def _conn(self, code):
        import pod_connections

        return pod_connections.field_of(code["$conn"], code["field"])

    # times

    def _time(self, code):
        return render_time(self._moment(code["$time"]), code)

    def _moment(self, name):
        run = self.run
        known = {
            "logical": run.logical_date, "interval_start": run.interval_start, "interval_end": run.interval_end,
            "fire": run.fire_time,
        }  # fmt: skip
        if name == "now":
            return pod_time.now()
        if name in known:
            return known[name]
        found = run.facts.get(name)
        return pod_time.parse(found) if found else run.logical_date

    # computed

    def _template(self, code):
        import pod_render

        return pod_render.render(code, self)

    def _transformed(self, code):
        inputs = [self.value(item) for item in code["inputs"]]
        op = code["$transformed"]
        if op == "concat":
            return [item for part in inputs for item in _items(part)]
        if op == "zip":
            return _zip(inputs, code)
        function = pod_units.load(code["unit"])
        items = _items(inputs[0])
        if op == "filter":
            return [item for item in items if function(pod_values.checked(item))]
        if self.late:
            return [_attempt(function, item) for item in items]
        return [function(item) for item in items]

    def _written(self, code):
        value = self.value(code["$written"])
        return repr(value) if code["form"] == "repr" else json.dumps(value, ensure_ascii=code["form"] == "json-ascii")

    def _compare(self, code):
        op, left, right = code["$compare"]
        left, right = self.value(left), self.value(right)
        return _COMPARE[op](left, right)

    def _bool(self, code):
        op, items = code["$bool"]
        if op == "and":
            return all(self.value(item) for item in items)
        if op == "or":
            return any(self.value(item) for item in items)
        found = bool(self.value(items[0]))
        return not found if op == "not" else found

    def _unknown(self, code):
        raise ValueError("a value that conversion could not determine: " + code["$unknown"])

    def _call(self, code):
        """A value that only code can make: the entry of a unit, evaluated (`$call`: unit)."""
        return pod_units.load(code["$call"])


_COMPARE = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}


def render_time(moment, code):
    """A time after shifts, zone and truncation, as text when a layout is given."""
    if code.get("zone"):
        moment = moment.in_timezone(code["zone"])
    for shift in code.get("shifts") or ():
        moment = moment.add(**shift)
    if code.get("truncate"):
        moment = moment.start_of(code["truncate"])
    layout = code.get("layout")
    if layout is None:
        return pod_time.logical(moment)
    if layout == "iso":
        return moment.isoformat()
    if layout == "str":
        return str(moment)
    if layout == "unix":
        return moment.int_timestamp
    return moment.strftime(layout)


def read_variable(name):
    """Text of a variable kept outside the workflows, or None."""
    import re

    for candidate in (name.upper(), re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_").upper()):
        found = os.environ.get("AIRFLOW_VAR_" + candidate)
        if found is not None:
            return found
    return None


def _attempt(function, item):
    """What a function makes of an item; its exception stands for the item and is raised by the instance."""
    if isinstance(item, pod_values.Late):
        return item
    try:
        return function(item)
    except Exception as error:
        return pod_values.Late.of(error)


def _walk(value, path):
    for step in path or ():
        value = value[step]
    return value


def _items(value):
    return list(value.items()) if isinstance(value, dict) else list(value)


def _zip(inputs, code):
    import itertools

    columns = [_items(part) for part in inputs]
    if "fill" in code:
        return list(itertools.zip_longest(*columns, fillvalue=pod_values.unpack(code["fill"])))
    return list(zip(*columns, strict=False))
