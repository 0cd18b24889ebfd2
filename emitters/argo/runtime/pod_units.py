"""Code that stands in a file of its own: callbacks, conditions, functions of templates.

A unit is `{"file": path, "entry": expression}`: the file is run as a module of its own, the entry is evaluated in it.
"""

from __future__ import annotations

import sys
import types
from pathlib import Path

_MODULES = {}


def load(unit):
    """The value of a unit's entry."""
    space = namespace(unit["file"])
    return eval(compile(unit["entry"], unit["file"], "eval"), space)


def namespace(path):
    """The names that a source file defines; the file is run once."""
    module = _MODULES.get(path)
    if module is None:
        name = "migrated_" + "".join(c if c.isalnum() else "_" for c in Path(path).stem)
        module = types.ModuleType(name)
        module.__file__ = path
        sys.modules.setdefault(name, module)
        text = Path(path).read_text(encoding="utf-8")
        exec(compile(text, path, "exec"), module.__dict__)
        _MODULES[path] = module
    return module.__dict__
