"""Operations over layered parameters: settings hold `${...}`, evaluated just before the operation runs.

Settings (`spec`): operation, command, settings, layers (values: encoded mappings; exports: as written), zone, secrets
(name -> environment variable), project (folder with the project's files), workdir, engine.

Precedence, weakest first: the run's parameters, then level by level what earlier tasks stored and what the level
exports, then the run's own facts, then the task's own keys. Mappings merge deeply.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pod_scoped_ops
from digdag_items import ROUND
from digdag_text import evaluate_text, evaluate_value, merge, printed
from java_zones import named, tzinfo_of
from js_moment import library

SECRET = re.compile(r"\$\{\s*secret:\s*([\w.\-]+)\s*\}")
FACTS = ("session", "last_session", "next_session")
DEFAULTS = {
    "redshift_load": ("redshift_load", "redshift"), "redshift_unload": ("redshift_unload", "redshift"),
    "gcs_wait": ("gcs",), "s3_wait": ("aws.s3", "aws"), "emr": ("aws.emr", "aws"), "bq_ddl": ("bq",),
    "bq_load": ("bq",), "bq_extract": ("bq",),
}  # fmt: skip
"""Where operators find their defaults (`_export: {td: {...}}`); the others at their own name, the td family at `td`."""


class ConfigError(Exception):
    """A setting that cannot be used; the operation fails."""


class SecretMissing(Exception):
    """A secret that the site does not have."""


def scoped(runner, function):
    """Evaluates and runs the operation of the spec."""
    task = ScopedTask(runner, function)
    try:
        operation = task.spec["operation"]
        kind, _, rest = operation.partition(":")
        task.evaluated()
        if "tool" in task.spec:
            import pod_tools

            pod_tools.write(task)
        else:
            pod_scoped_ops.OPERATIONS[kind](task, *([rest] if rest else []))
        runner.outputs.push("store", task.stored)
        runner.outputs.push("export", task.exported)
    except BaseException as error:
        runner.outputs.push("error", {"error": {"message": message_of(error), "stacktrace": stacktrace_of(error)}})
        raise


def masks_of(spec):
    """mask -> the secret that stood there in the source. Raises SecretMissing."""
    found = {}
    for mask, variable in (spec.get("masked") or {}).items():
        found[mask] = os.environ.get(variable)
        if not found[mask]:  # the stub of a Secret holds empty values
            raise SecretMissing(f"Secret not found for key: '{mask[9:-2]}'")
    return found


def restored(value, masks):
    """A value as the source has it."""
    if not masks:
        return value
    if isinstance(value, str):
        for mask, secret in masks.items():
            value = value.replace(mask, secret)
        return value
    if isinstance(value, Mapping):
        return {restored(k, masks): v if k == "masked" else restored(v, masks) for k, v in value.items()}
    return [restored(v, masks) for v in value] if isinstance(value, list) else value


def message_of(error):
    """`error.message` as handlers see it."""
    text = str(error)
    kinds = {"ConfigError": "config", "ItemsError": "", "CommandFailed": "runtime", "SecretMissing": "secret not found"}
    kind = kinds.get(type(error).__name__)
    return f"{text} ({kind})" if kind and not text.endswith(f"({kind})") else text


def stacktrace_of(error):
    """`error.stacktrace`: empty for `fail>`."""
    import traceback

    if type(error).__name__ == "Failed":
        return ""
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))


class ScopedTask:
    """One operation with its parameters. `stored`: what it stores for later tasks."""

    def __init__(self, runner, function):
        self.runner = runner
        self.masks = masks_of(runner.spec)
        self.spec = restored(runner.spec, self.masks)
        self.raw_command = restored(function, self.masks) if function is not None else self.spec.get("command")
        self.stored, self.exported = {}, {}
        self.zone = self.spec.get("zone") or "UTC"
        self.library = library(self.zone, now=True)
        self.settings = self.spec.get("settings") or {}
        self.names = Names(self._layers(), self)
        self.folder = None

    def _layers(self):
        """All parameters, merged, as written."""
        run = self.runner.run
        merged = {k: v for k, v in run.params.items() if v is not None or k in run.conf}
        for layer in self.spec.get("layers") or ():
            for code in layer.get("values") or ():
                merge_all(merged, self.runner.resolver.value(code))
            merge(merged, layer.get("exports") or {})
        if self.spec.get("failed_below"):
            merge(merged, failure_below(self.spec["failed_below"], run.run_id))
        self.rounds = {k[len(ROUND) :]: merged.pop(k) for k in list(merged) if k.startswith(ROUND)}
        merge(merged, self.facts())
        self.outer = dict(merged)
        merge(merged, {k: v for k, v in self.settings.items() if not k.startswith("_")})
        return merged

    def facts(self):
        """What the run itself brings: session times, names."""
        run = self.runner.run
        found = {
            "timezone": self.zone, "session_uuid": run.uid, "session_id": number_of(run.uid), "project_id": 1,
            "attempt_id": number_of(run.run_id), "task_name": self.task_name(),
        }  # fmt: skip
        times = {"session": run.logical_date}
        times.update(self._neighbours(run))
        for prefix, moment in times.items():
            local = moment.in_timezone(tzinfo_of(self.zone))
            found[prefix + "_time"] = local.isoformat()
            found[prefix + "_date"] = local.strftime("%Y-%m-%d")
            found[prefix + "_date_compact"] = local.strftime("%Y%m%d")
            found[prefix + "_local_time"] = local.strftime("%Y-%m-%d %H:%M:%S")
            found[prefix + "_tz_offset"] = local.strftime("%z")
            found[prefix + "_unixtime"] = local.int_timestamp
        for suffix in ("time", "date", "date_compact", "local_time", "tz_offset", "unixtime"):
            found["last_executed_session_" + suffix] = ""
        return found

    def task_name(self):
        """Digdag's name of the task: rounds of loops have names of their own there."""
        name = self.runner.run.task_id
        for loop in sorted(self.rounds, key=len, reverse=True):
            if name.startswith(loop):
                name = loop.removesuffix("+ITER") + self.rounds[loop] + name[len(loop) :]
        return re.sub(r"~\w+", "", name)

    def _neighbours(self, run):
        """Session times before and after, for a workflow with a schedule."""
        pattern = self.spec.get("session")
        if not pattern:
            return {}
        import pod_time
        from cron4j import next_time, parse

        zone, alternatives = tzinfo_of(self.spec.get("clock") or self.zone), parse(pattern)
        after = next_time(alternatives, run.logical_date, zone)
        width = next_time(alternatives, after, zone) - after
        before = run.logical_date - width
        while next_time(alternatives, before, zone) >= run.logical_date:
            before -= width
        step = next_time(alternatives, before, zone)
        while step < run.logical_date:
            before, step = step, next_time(alternatives, step, zone)
        return {"last_session": pod_time.DateTime.of(before), "next_session": pod_time.DateTime.of(after)}

    # evaluation -------------------------------------------------------------------------------------------------

    def value(self, raw, names=None):
        """A setting with its expressions evaluated."""
        engine = self.engine if self.spec.get("engine") else None
        seen = self.names if names is None else names
        return evaluate_value(raw, seen, self.library, engine, self.outer)

    def file_value(self, name):
        """The value of the YAML template that the converter has read, else of the setting `name`."""
        if "template" not in self.spec:
            return self.setting(name)
        return filled(self.spec["template"], lambda text: evaluate_text(text, self.names, self.library, self.engine))

    def command(self):
        """The evaluated command."""
        return self.value(self.raw_command)

    def text(self):
        """The evaluated command as a text."""
        from java_numbers import scalar_text

        value = self.command()
        try:
            return scalar_text("_command", value)
        except ValueError as error:
            raise ConfigError("Parameter '_command' is required but not set" if value is None else error) from None

    def evaluated(self):
        """All parameters with their values; the task's own keys included. Raises what their evaluation raises."""
        unset = [self.names.order[name] for name in self.spec.get("late") or () if name not in self.outer]
        if unset:
            self.value(self.raw_command, Before(self.names, min(unset)))
        own = {k: self.value(v) for k, v in self.settings.items() if k.startswith("_") and k != "_env"}
        return {**{name: self.names[name] for name in self.names}, **own}

    def setting(self, name, default=None):
        """A parameter by name, the task's own keys first, else of the operator's defaults (`_export: {td: {...}}`)."""
        if name in self.settings:
            return self.names[name] if name in self.names else self.value(self.settings[name])
        if name in self.names:
            return self.names[name]
        operator = self.spec["operation"].partition(":")[0]
        own = ("td",) if operator.startswith("td_") else (operator,)
        for path in DEFAULTS.get(operator, own):
            found = self.names.raw
            for part in path.split("."):
                found = found.get(part) if isinstance(found, Mapping) else None
            if isinstance(found, Mapping) and found.get(name) is not None:
                return self.value(found[name])
        return default

    def statement(self, alias="query"):
        """The text that an operator works on: a file that is a template, `data:` of the command, else the parameter
        `alias`."""
        command = self.command()
        if isinstance(command, Mapping):
            return as_text(command["data"])
        if command in (None, ""):
            found = self.setting(alias)
            if found is None:
                raise ConfigError(f"Parameter '{alias}' is required but not set")
            return as_text(found)
        return self.text_file(as_text(command))

    def engine(self, code):
        """What a real JavaScript engine makes of an expression, as text."""
        import pod_engine

        return pod_engine.evaluate(code, self.names, named(self.zone) or self.zone)

    def secret(self, name, *, needed=True):
        """A secret's value. Raises SecretMissing."""
        variable = (self.spec.get("secrets") or {}).get(name)
        found = os.environ.get(variable) if variable else None
        found = found or None  # the stub of a Secret holds empty values
        if found is None and needed:
            raise SecretMissing(f"Secret not found for key: '{name}'")
        return found

    def with_secrets(self, value):
        """Texts with `${secret:name}` replaced."""
        if isinstance(value, str):
            return SECRET.sub(lambda m: self.secret(m.group(1)), value)
        if isinstance(value, Mapping):
            return {k: self.with_secrets(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.with_secrets(v) for v in value]
        return value

    def store(self, values):
        """Keeps parameters for later tasks."""
        merge(self.stored, values)

    def workspace(self):
        """A writable copy of the project; the process's working directory is its `workdir`."""
        if self.folder is None:
            self.folder = Path(tempfile.mkdtemp(prefix="project"))
            lay_out(self.spec, self.folder)
            (self.folder / (self.spec.get("workdir") or ".")).mkdir(parents=True, exist_ok=True)
            os.chdir(self.folder / (self.spec.get("workdir") or "."))
        return self.folder

    def text_file(self, name):
        """Text of a file of the project, its expressions evaluated (templates of queries and mails)."""
        self.workspace()
        path = Path(name)
        if not path.is_file():
            raise ConfigError(f"File not found: {name}")
        return evaluate_text(path.read_text(encoding="utf-8"), self.names, self.library, self.engine)


def filled(value, evaluate):
    """A value with its texts evaluated; `{"$plain": text}` then as YAML reads it."""
    if isinstance(value, Mapping):
        if list(value) == ["$plain"]:
            return scalar(evaluate(value["$plain"]))
        return {key: filled(item, evaluate) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, evaluate) for item in value]
    return evaluate(value) if isinstance(value, str) else value


def scalar(text):
    """A plain scalar of Digdag's YAML dialect."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "false", "False"):
        return text in ("true", "True")
    if re.fullmatch(r"[-+]?(?:0|[1-9][0-9_]*)", text):
        return int(text.replace("_", ""))
    if re.fullmatch(r"[-+]?(\.[0-9]+|[1-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?", text):
        return float(text.replace("_", ""))
    return text


INDEX = "index.af"


def lay_out(spec, folder):
    """Copies the project's files to a folder: a tree as it is, or flat keys by their index. Files that hold secrets
    come from a folder of their own, if somebody has put them there."""
    source = Path(spec.get("project") or "")
    if not spec.get("project") or not source.is_dir():
        return
    if not (source / INDEX).is_file():
        shutil.copytree(source, folder, dirs_exist_ok=True, symlinks=False, ignore=hidden)
        return
    for key, path, flags in json.loads((source / INDEX).read_text(encoding="utf-8")):
        held = Path(spec["project_secrets"] if "s" in flags else source) / key
        if "s" in flags and not (held.is_file() and held.stat().st_size):
            continue
        data = held.read_bytes()
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(base64.b64decode(data) if "b" in flags else data)
        if "x" in flags:
            target.chmod(0o755)


def hidden(_folder, names):
    """Kubernetes keeps the data of a volume in folders of such names."""
    return [name for name in names if name.startswith("..")]


class Names(Mapping):
    """Parameters by name. Digdag evaluates them one after the other in the order in which they are set; a text sees
    the values of those before it, and the others as they are written."""

    def __init__(self, raw, task):
        self.raw = raw
        self.task = task
        self.known = {}
        self.order = {name: place for place, name in enumerate(raw)}

    def __contains__(self, name):
        return name in self.raw

    def __iter__(self):
        return iter(self.raw)

    def __len__(self):
        return len(self.raw)

    def __getitem__(self, name):
        if name not in self.known:
            self.known[name] = self.task.value(self.raw[name], Before(self, self.order[name]))
        return self.known[name]


class Before(Mapping):
    """What the text of one parameter sees of the others."""

    def __init__(self, names, place):
        self.names = names
        self.place = place

    def __contains__(self, name):
        return self.names.order.get(name, self.place) < self.place or name in self.names.task.outer

    def __iter__(self):
        return iter(self.names)

    def __len__(self):
        return len(self.names)

    def __getitem__(self, name):
        if self.names.order.get(name, self.place) < self.place:
            return self.names[name]
        return self.names.task.outer[name]


def failure_below(names, run):
    """`error` of the task that failed last in a failed group: the cluster still has it, although the group has no
    outputs."""
    import pod_cluster
    import pod_values

    workflow = pod_cluster.Cluster().request("GET", f"workflows/{run}")
    found = []
    for node in pod_cluster._nodes(workflow).values():
        if node.get("templateName") in names and node.get("phase") in ("Failed", "Error"):
            for parameter in (node.get("outputs") or {}).get("parameters") or ():
                if parameter["name"] == "xcom-error" and parameter.get("value") not in (None, "", "null"):
                    found.append((node.get("finishedAt") or "", pod_values.loads(parameter["value"])))
    return max(found, key=lambda pair: pair[0])[1] if found else {}


def number_of(text):
    """A number for a run's name: Digdag's ids are numbers."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:7], 16)


def merge_all(into, value):
    """Merges a mapping, or the mappings of a list in order (instances of a fan-out)."""
    if isinstance(value, Mapping):
        merge(into, value)
    elif value is not None and not isinstance(value, str):
        for item in value:
            merge_all(into, item)


def as_text(value):
    """A parameter as text: objects as JSON."""
    return value if isinstance(value, str) else printed(value)
