"""Builds the items of a fan-out, and other values that one step computes for others."""

from __future__ import annotations

import itertools
import json

import pod_values


def render(runner, _function):
    """Writes each value as text or as JSON (`spec.values`: name -> [form, encoded value])."""
    for name, (form, code) in runner.spec["values"].items():
        value = runner.resolver.value(code)
        text = pod_values.dumps(value) if form == "json" else value if isinstance(value, str) else str(value)
        runner.outputs.text(name, text)


def expand(runner, _function):
    """Writes the list of items, `[{"i": number, "kw": {...}}, ...]`."""
    plan = runner.spec["items"]
    runner.resolver.fan_out = True
    runner.resolver.late = bool(plan.get("late"))
    found = KINDS[plan["kind"]](plan, runner.resolver.value)
    items = [{"i": number, "kw": _kept(item)} for number, item in enumerate(found)]
    runner.outputs.text("items", json.dumps(items, ensure_ascii=False))


def _kept(item):
    """An item's arguments, as JSON text in JSON where Argo would change them."""
    text, packed = pod_values.dumps(item), pod_values.pack(item)
    return text if pod_values.changed_by_argo(text, packed) else packed


def _axes(plan, value):
    """The cross product, the first axis the slowest; a mapping counts as a list of its pairs."""
    names = [name for name, _code in plan["axes"]]
    columns = [_members(value(code)) for _name, code in plan["axes"]]
    return [dict(zip(names, row)) for row in itertools.product(*columns)]


def _members(found):
    if isinstance(found, dict):
        return list(found.items())
    if found is None or isinstance(found, (str, bytes)):
        raise TypeError(f"a fan-out needs a list or a mapping, not {type(found).__name__}")
    return list(found)


def _kwargs(plan, value):
    found = value(plan["value"])
    items = [] if found is None else list(found)
    for item in items:
        if not isinstance(item, (dict, pod_values.Late)):
            raise TypeError(f"expand_kwargs() expects a list[dict], not list[{type(item).__name__}]")
    return items


def _count(plan, value):
    return [{plan["name"]: number} for number in range(int(value(plan["count"])))]


def _range(plan, value):
    """Slices of a number range: `{from, to, index}`; the last one is cut at the end."""
    start, stop = int(value(plan["start"])), int(value(plan["stop"]))
    if "slices" in plan:
        count = int(value(plan["slices"]))
        step = -(-(stop - start) // count)
    else:
        step = int(value(plan["step"]))
    found = []
    for number, low in enumerate(range(start, stop, step)):
        found.append({plan["name"]: {"from": low, "to": min(low + step, stop), "index": number}})
    return found


KINDS = {
    "items": lambda plan, value: [pod_values.unpack(item) for item in plan["items"]],
    "axes": _axes,
    "kwargs": _kwargs,
    "count": _count,
    "range": _range,
}


def check(runner, _function):
    """Checks the run's parameters; raises ValueError with everything that is wrong."""
    try:
        import jsonschema
    except ImportError:
        jsonschema = None
    problems = [
        f"{name}: no value" for name in runner.spec.get("required") or () if runner.run.params.get(name) is None
    ]
    for name, schema in (runner.spec.get("schemas") or {}).items():
        value = runner.run.params.get(name)
        if jsonschema is not None:
            validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
            problems += [f"{name}: {error.message}" for error in validator.iter_errors(value)]
        else:
            problems += [f"{name}: {text}" for text in _simple_check(value, schema)]
    if problems:
        raise ValueError("wrong parameters: " + "; ".join(problems))


_TYPES = {
    "null": lambda v: v is None,
    "boolean": lambda v: isinstance(v, bool),
    "integer": lambda v: (isinstance(v, int) and not isinstance(v, bool)) or (isinstance(v, float) and v.is_integer()),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "string": lambda v: isinstance(v, str),
    "array": lambda v: isinstance(v, list),
    "object": lambda v: isinstance(v, dict),
}


def _simple_check(value, schema):
    """The keywords that parameters use most, for images without the library."""
    import re

    kinds = schema.get("type")
    kinds = [kinds] if isinstance(kinds, str) else kinds or []
    if kinds and not any(_TYPES[kind](value) for kind in kinds if kind in _TYPES):
        yield f"{value!r} is not of type {', '.join(kinds)}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{value!r} is not one of {schema['enum']!r}"
    if "const" in schema and value != schema["const"]:
        yield f"{schema['const']!r} was expected"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        limits = (
            ("minimum", value < schema.get("minimum", value)),
            ("maximum", value > schema.get("maximum", value)),
            ("exclusiveMinimum", "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]),
            ("exclusiveMaximum", "exclusiveMaximum" in schema and value >= schema["exclusiveMaximum"]),
        )
        yield from (f"{value!r} breaks {name} {schema[name]!r}" for name, broken in limits if broken)
    if isinstance(value, str):
        if len(value) < schema.get("minLength", 0):
            yield f"{value!r} is too short"
        if len(value) > schema.get("maxLength", len(value)):
            yield f"{value!r} is too long"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{value!r} does not match {schema['pattern']!r}"
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0) or len(value) > schema.get("maxItems", len(value)):
            yield f"{value!r} has the wrong number of items"
        for item in value:
            yield from _simple_check(item, schema.get("items") or {})
    if isinstance(value, dict):
        yield from (f"{key!r} is missing" for key in schema.get("required") or () if key not in value)
