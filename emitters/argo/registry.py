"""Which function makes the Argo template of which action.

A module of `emitters/argo/templates` says::

    @template(Shell)
    def shell(action: Shell, ctx: TemplateContext) -> manifest.Template: ...

and is imported by `emitters/argo/templates/__init__.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from emitters.argo import manifest
from migrate.ir.actions import Action

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext

Builder = Callable[[Any, "TemplateContext"], manifest.Template]
BUILDERS: dict[type, Builder] = {}


def template(*actions: type) -> Callable[[Builder], Builder]:
    """Registers a builder for these action classes. Raises ValueError when one has a builder already."""

    def register(builder: Builder) -> Builder:
        for action in actions:
            known = BUILDERS.get(action)
            if known is not None and known.__qualname__ != builder.__qualname__:
                raise ValueError(f"{action.__name__} has a template already: {known.__name__}")
            BUILDERS[action] = builder
        return builder

    return register


def builder_of(action: Action) -> Builder | None:
    """The builder for an action, or None when no template knows it."""
    import emitters.argo.templates  # noqa: F401 - its modules register themselves

    return BUILDERS.get(type(action))
