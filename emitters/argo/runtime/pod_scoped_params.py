"""`param_get` and `param_set` of `pod_scoped`: values that outlive a run, in a ConfigMap of the namespace.

Rules (digdag-standards `operator/param/*.java`, seen in a run): every key of the task counts, `_retry` and a command
included, but null ones; values are kept as text, for 90 days after they were set; a missing or expired one is ''. What
one task sets is set at once or not at all.

An entry of the ConfigMap is JSON: `value`, `updated_at` (without it the value stays for ever), and `key` where the
name of the entry is another.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime, timedelta, timezone

import pod_cluster
import pod_time
from java_numbers import double_text

TTL = timedelta(days=90)
LONGEST_KEY = 253
ESCAPED = re.compile(r"[^A-Za-z0-9_.-]|-(?=\.)|^\.")
TOO_LARGE = (413, 422)
TRIES = 20


class StoreError(Exception):
    """The ConfigMap cannot be read or written."""


def param_get(task):
    """Stores what the keys hold under the names that the task gives."""
    store = Store(task.spec["store"])
    names = settings_of(task)
    found = store.read()
    task.store({name: found.get(entry_name(key), "") for key, name in names.items()})


def param_set(task):
    """Keeps values for later runs."""
    now = datetime.now(timezone.utc).isoformat()
    entries = {}
    for key, value in settings_of(task).items():
        name = entry_name(key)
        known = {} if name == key else {"key": key}
        entries[name] = json.dumps({**known, "value": value, "updated_at": now}, ensure_ascii=False)
    if entries:
        Store(task.spec["store"]).write(entries)


def settings_of(task):
    """Key -> value as text, null ones left out."""
    found = {}
    for key, raw in task.settings.items():
        value = task.value(raw) if key.startswith("_") else task.names[key]
        if value is not None:
            found[key] = text_of(value)
    return found


def text_of(value):
    """A scalar as Java prints it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return double_text(value) if isinstance(value, float) else str(value)


def entry_name(key):
    """The name of a key's entry: itself, but what ConfigMaps do not take as `-.` and the hex of each byte."""
    name = ESCAPED.sub(lambda found: "".join(f"-.{byte:02x}" for byte in found[0].encode()), key)
    if len(name) > LONGEST_KEY or not name:
        name = "-.sha256-" + hashlib.sha256(key.encode()).hexdigest()
    return name


class Store:
    """The ConfigMap."""

    def __init__(self, name):
        self.name = name
        try:
            self.cluster = pod_cluster.Cluster()
        except (OSError, KeyError) as error:
            raise StoreError(f"ConfigMap {name}: no access to the Kubernetes API from this pod ({error})") from None

    def read(self):
        """Name of an entry -> its value, without those that are over."""
        return {name: value for name, (value, over) in self._entries()[0].items() if not over}

    def write(self, entries):
        """Sets entries; the others stay, whoever writes at the same time. Makes the ConfigMap if need be."""
        for _ in range(TRIES):
            try:
                self._ask("PATCH", {"data": entries})
                return
            except pod_cluster.ClusterError as error:
                if error.status in TOO_LARGE and self._drop_old():
                    continue
                if error.status != 404:
                    raise StoreError(f"ConfigMap {self.name} cannot be written: {error}") from None
            self._create()
        raise StoreError(f"ConfigMap {self.name} cannot be written: it comes and goes")

    def _create(self):
        try:
            self._ask("POST", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": self.name}})
        except pod_cluster.ClusterError as error:
            if error.status != 409:  # another one has made it
                raise StoreError(f"ConfigMap {self.name} cannot be made: {error}") from None

    def _drop_old(self):
        """Removes entries that are over; whether there were any. One that was set again in between stays."""
        entries, version = self._entries()
        over = [name for name, (_, old) in entries.items() if old]
        if over:
            try:
                self._ask("PATCH", {"metadata": {"resourceVersion": version}, "data": dict.fromkeys(over)})
            except pod_cluster.ClusterError as error:
                if error.status != 409:
                    raise StoreError(f"ConfigMap {self.name} cannot be written: {error}") from None
        return bool(over)

    def _entries(self):
        """(name -> (value, whether its time is over), version)."""
        try:
            found = self._ask("GET")
        except pod_cluster.ClusterError as error:
            if error.status == 404:
                return {}, ""
            raise StoreError(f"ConfigMap {self.name} cannot be read: {error}") from None
        entries = {name: self._entry(name, text) for name, text in (found.get("data") or {}).items()}
        return entries, found["metadata"]["resourceVersion"]

    def _entry(self, name, text):
        try:
            entry = json.loads(text)
            value, moment = entry["value"], entry.get("updated_at")
            over = moment is not None and pod_time.parse(moment) + TTL < datetime.now(timezone.utc)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise StoreError(f"ConfigMap {self.name}: {name} is no entry of a parameter ({error!r})") from None
        return text_of(value), over

    def _ask(self, method, body=None):
        path = "configmaps" if method == "POST" else f"configmaps/{self.name}"
        try:
            return self.cluster.request(method, path, body, group=pod_cluster.CORE)
        except OSError as error:
            raise StoreError(f"ConfigMap {self.name}: the Kubernetes API does not answer ({error})") from None


OPERATIONS = {"param_get": param_get, "param_set": param_set}
