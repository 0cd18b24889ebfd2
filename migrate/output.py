"""What emitters hand to the pipeline: files to write, and what workflows need from their surroundings."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field


class OutputFile(BaseModel):
    """A file of the output folder. `path` is relative to it, with forward slashes and no `..`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    text: str
    source: str | None = None
    """Id of the workflow it belongs to; None for shared files."""


class Needs(BaseModel):
    """What must exist before the workflows can run. Sets are kept sorted when written."""

    model_config = ConfigDict(extra="forbid")

    variables: set[str] = Field(default_factory=set)
    secret_variables: set[str] = Field(default_factory=set)
    connections: dict[str, set[str]] = Field(default_factory=dict)
    """Connection id -> fields that tasks read (`uri`, `host`, ...)."""
    secrets: dict[str, set[str]] = Field(default_factory=dict)
    """Secret name -> keys."""
    config_maps: dict[str, set[str]] = Field(default_factory=dict)
    """ConfigMap name -> keys a person must fill in."""
    worker_env: set[str] = Field(default_factory=set)
    """Environment variables of the old workers that tasks read."""
    images: set[str] = Field(default_factory=set)
    packages: set[str] = Field(default_factory=set)
    """Distributions or import names that images must contain."""
    builds: dict[str, set[str]] = Field(default_factory=dict)
    """Kind of image to build -> distributions that it must contain. Also without `--images`."""
    build_bases: dict[str, set[str]] = Field(default_factory=dict)
    """Kind of image to build -> the image it starts from."""
    build_tasks: dict[str, set[str]] = Field(default_factory=dict)
    """Kind of image to build -> `workflow.task` of the tasks that run in it."""
    pools: set[str] = Field(default_factory=set)
    rules: set[str] = Field(default_factory=set)
    """Rights that pods need beyond the usual, one `verb resource` or `verb resource name` each."""
    runtime: set[str] = Field(default_factory=set)
    """Parts of the runner that pods mount."""
    image_pull_secrets: set[str] = Field(default_factory=set)

    def merge(self, other: Needs) -> None:
        """Adds everything `other` needs."""
        for name, theirs in other.__dict__.items():
            if not theirs:
                continue
            mine = getattr(self, name)
            if isinstance(mine, set):
                mine |= theirs
            else:
                for key, values in theirs.items():
                    mine.setdefault(key, set()).update(values)

    def facts(self) -> dict[str, list[str] | dict[str, list[str]]]:
        """The same as sorted lists, without what is empty."""
        out: dict[str, list[str] | dict[str, list[str]]] = {}
        for name, value in self.__dict__.items():
            if value:
                out[name] = (
                    sorted(value) if isinstance(value, set) else {k: sorted(v) for k, v in sorted(value.items())}
                )
        return out

    @classmethod
    def union(cls, parts: Iterable[Needs]) -> Needs:
        """What all `parts` need together."""
        total = cls()
        for part in parts:
            total.merge(part)
        return total
