"""Ruby tasks: a small loader binds parameters by name and calls the method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emitters.argo import manifest as m
from emitters.argo.templates.spec import Encoder
from migrate.ir.actions import Python

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext

PROJECT = "/af/project"


def ruby(action: Python, ctx: TemplateContext) -> m.Template:
    """`source` is the project's text that requires its files; `entry` the expression that is evaluated."""
    encoder = Encoder(ctx)
    env = [
        variable for name, value in action.kwargs for variable in ctx.env([(f"AF_IN_{name.upper()}", value)], "json")
    ]
    env += ctx.env(action.env)
    items = [{"key": key, "path": path} for path, key in ctx.bundle(action.code.modules)]
    source = f"$LOAD_PATH.unshift('{PROJECT}')\n{action.code.source.rstrip()}\n{action.code.entry}\n"
    template = m.Template(name=ctx.name, outputs=ctx.outputs())
    mounts = []
    if items:
        template.volumes = [{"name": "project", "configMap": {"name": ctx.source_config_map, "items": items}}]
        mounts = [m.VolumeMount(name="project", mount_path=PROJECT, read_only=True)]
    template.script = m.Script(
        image=action.image or ctx.image("ruby", "ruby:3.3-slim"),
        command=["ruby"],
        env=[*encoder.env(), *env],
        source=source,
        volume_mounts=mounts,
    )
    return template
