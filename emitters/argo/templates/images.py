"""Images that follow from the workflow rather than from a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext


def framework_image(ctx: TemplateContext, generation: str) -> str:
    """The image with the source system's package: configured, else the public one of the workflow's version."""
    configured = ctx.image("airflow")
    if configured:
        return configured
    version = generation or ctx.workflow.generation or "2.11"
    image = f"apache/airflow:{version}.0" if version.count(".") == 1 else f"apache/airflow:{version}"
    ctx.needs.images.add(image)
    return image
