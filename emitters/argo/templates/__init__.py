"""One module per kind of action; importing the package registers all of them."""

from emitters.argo.templates import container, gate, noop, python, resource, shell, unconverted

__all__ = ["container", "gate", "noop", "python", "resource", "shell", "unconverted"]
