"""What all workflows of one batch know of each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from emitters.argo.names import WORKFLOW_LIMIT, unique_slugs
from migrate.config import Config
from migrate.ir.outline import Outline
from migrate.ir.schedule import Schedule
from migrate.ir.workflow import Param
from migrate.names import slug


@dataclass(frozen=True)
class WorkflowFacts:
    """What other workflows need to know to start this one or to wait for it."""

    id: str
    slug: str
    schedule: Schedule | None
    params: tuple[Param, ...]
    nodes: tuple[str, ...]
    """Source ids of all tasks and groups."""
    generation: str
    system: str

    @cached_property
    def tasks(self) -> Mapping[str, str]:
        """Source id -> Argo name. Made where it is asked for: most workflows ask only for their own."""
        return unique_slugs(self.nodes)


@dataclass(frozen=True)
class Site:
    """All workflows of the batch, by source id."""

    workflows: Mapping[str, WorkflowFacts]
    config: Config = field(default_factory=Config)

    @classmethod
    def of(cls, workflows: Sequence[Outline], config: Config | None = None) -> Site:
        """Names every workflow of the batch; two workflows never share a name."""
        names = unique_slugs([w.id for w in workflows], WORKFLOW_LIMIT, inside=False)
        facts = {
            w.id: WorkflowFacts(w.id, names[w.id], w.schedule, w.params, w.nodes, w.generation, w.system)
            for w in workflows
        }
        return cls(facts, config or Config())

    def slug_of(self, workflow_id: str) -> str:
        """The Argo name of a workflow; of one that is not in the batch, the name it would have."""
        found = self.workflows.get(workflow_id)
        return found.slug if found else slug(workflow_id, WORKFLOW_LIMIT)

    def facts(self, workflow_id: str) -> WorkflowFacts | None:
        """Facts about a workflow of the batch."""
        return self.workflows.get(workflow_id)

    def connection_secret(self, connection: str) -> str:
        """Name of the Secret that holds a connection (`connections.<id>` of the configuration, or derived)."""
        target = self.config.connections.get(connection)
        if target is not None and target.secret:
            return target.secret
        return f"airflow-conn-{slug(connection)}"
