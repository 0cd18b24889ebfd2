"""Images that follow from the workflow rather than from a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from migrate.config import DEFAULT_IMAGES

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext

PYTHON, FRAMEWORK, SCRIPT, PROJECT = "python", "airflow", "script", "project"
"""Kinds of images that can be built."""


def framework_image(ctx: TemplateContext, generation: str) -> str:
    """The image with the source system's package: configured, else the public one of the workflow's version."""
    configured = ctx.image("airflow")
    if configured:
        return configured
    version = generation or ctx.workflow.generation or "2.11"
    image = framework_default(version)
    ctx.needs.images.add(image)
    return image


def built_image(ctx: TemplateContext, base: str, packages: Iterable[str], kind: str = "") -> str:
    """The image to build on top of `base`, noted among the needs: for a task that needs packages, or is of a `kind`
    that is always built. `base` itself where nothing is to be built, or images are not asked for."""
    needed = set(packages)
    found = kind or (kind_of(ctx, base) if needed else "")
    if not found:
        return base
    needs = ctx.needs
    needs.builds.setdefault(found, set()).update(needed)
    needs.build_bases.setdefault(found, set()).add(base)
    needs.build_tasks.setdefault(found, set()).add(f"{ctx.workflow.id}.{ctx.task.id}")
    if not ctx.config.build.dockerfiles:
        return base
    needs.images.discard(base)
    needs.images.add(ctx.config.built_image(found))
    return ctx.config.built_image(found)


def kind_of(ctx: TemplateContext, base: str) -> str:
    """The kind of image that `base` is the start of: `python`, or the source system's package by its version. Empty
    for images that the user or the source named for this very task."""
    if ctx.config.task_image(ctx.workflow.id, ctx.task.id, ctx.task.operator):
        return ""
    if base == (ctx.config.images.get(PYTHON) or DEFAULT_IMAGES[PYTHON]):
        return PYTHON
    version = ctx.workflow.generation
    own = ctx.config.images.get(FRAMEWORK) or (framework_default(version) if version else "")
    return f"{FRAMEWORK}-{version}" if version and base == own else ""


def framework_default(version: str) -> str:
    """The public image of a version of the source system."""
    return f"apache/airflow:{version}.0" if version.count(".") == 1 else f"apache/airflow:{version}"
