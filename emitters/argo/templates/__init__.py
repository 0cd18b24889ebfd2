"""One module per kind of action; importing the package registers all of them."""

from emitters.argo.templates import noop, python, shell, unconverted

__all__ = ["noop", "python", "shell", "unconverted"]
