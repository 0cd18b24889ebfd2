"""A WorkflowTemplate read back from its YAML, in terms of the source: nodes, edges, conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

SOURCE_ID = "migrate.source/id"
GROUP_ID = "migrate.source/group"
INNER_ID = "migrate.source/inner-id"
_MENTIONED = re.compile(
    r"([a-z][-a-z0-9]*)\.(?:Succeeded|Failed|Errored|Skipped|Omitted|AnySucceeded|AllFailed|Daemoned)\b"
)


@dataclass(frozen=True)
class ReadTask:
    """A task of a dag template. id: source id (empty: a helper of ours)."""

    name: str
    id: str
    template: str
    depends: str
    when: str
    looped: bool
    raw: Mapping[str, Any]

    @property
    def upstream(self) -> tuple[str, ...]:
        """Names of the tasks that `depends` names, in order."""
        return tuple(dict.fromkeys(_MENTIONED.findall(self.depends)))


@dataclass
class ReadWorkflow:
    """One WorkflowTemplate. dags: template name -> its tasks by name."""

    raw: Mapping[str, Any]
    templates: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    dags: dict[str, dict[str, ReadTask]] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> ReadWorkflow:
        """Reads the plain data of a manifest."""
        read = cls(document)
        read.templates = {t["name"]: t for t in document["spec"].get("templates") or []}
        for name, template in read.templates.items():
            tasks = (template.get("dag") or {}).get("tasks")
            if tasks is not None:
                read.dags[name] = {t["name"]: read._task(t) for t in tasks}
        return read

    @property
    def slug(self) -> str:
        """Name of the object."""
        return str(self.raw["metadata"]["name"])

    @property
    def id(self) -> str:
        """Source id of the workflow."""
        return str((self.raw["metadata"].get("annotations") or {}).get(SOURCE_ID, ""))

    def _task(self, raw: Mapping[str, Any]) -> ReadTask:
        looped = "withItems" in raw or "withParam" in raw
        when = str(raw.get("when") or "").removeprefix("{{=").removesuffix("}}").strip()
        template = str(raw.get("template") or "")
        return ReadTask(
            raw["name"], self._source_id(template), template, str(raw.get("depends") or ""), when, looped, raw
        )

    def _source_id(self, template: str) -> str:
        """The node that a template stands for; a wrapper stands for the only task in it."""
        found = self.templates.get(template) or {}
        notes = (found.get("metadata") or {}).get("annotations") or {}
        own = notes.get(SOURCE_ID) or notes.get(GROUP_ID) or notes.get(INNER_ID)
        if own:
            return str(own)
        tasks = (found.get("dag") or {}).get("tasks") or []
        called = {t["template"] for t in tasks if not t["name"].startswith("af-")} - {template}
        return self._source_id(called.pop()) if len(called) == 1 else ""

    def nodes(self) -> Iterator[tuple[str, ReadTask]]:
        """(dag template, task) of everything that stands for a node of the source."""
        for dag, tasks in self.dags.items():
            for task in tasks.values():
                if task.id:
                    yield dag, task

    def edges(self, dag: str, task: ReadTask) -> set[str]:
        """Source ids of the tasks it waits for; helpers in between are looked through."""
        found: set[str] = set()
        tasks = self.dags[dag]
        stack = list(task.upstream)
        seen: set[str] = set()
        while stack:
            name = stack.pop()
            if name in seen or name not in tasks:
                continue
            seen.add(name)
            if tasks[name].id and tasks[name].id != task.id:
                found.add(tasks[name].id)
            else:
                stack.extend(tasks[name].upstream)
        return found

    def ancestors(self, dag: str, name: str) -> set[str]:
        """Names of all tasks above one."""
        tasks = self.dags[dag]
        found: set[str] = set()
        stack = list(tasks[name].upstream)
        while stack:
            current = stack.pop()
            if current not in found and current in tasks:
                found.add(current)
                stack.extend(tasks[current].upstream)
        return found
