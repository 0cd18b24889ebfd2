"""Files that modules of the project read beside themselves (PY012)."""

from __future__ import annotations

import ast

from parsers.airflow.callables.reach import Piece, Reach, facts_of

_READERS = frozenset({"get_data", "read_text", "read_binary", "open_text", "open_binary", "files", "path"})


def files_beside(reach: Reach) -> list[tuple[str, str]]:
    """(module, expression) for each place in reached code of modules that travel with a task, without repetitions."""
    own = {id(module.tree): name for name, module in reach.bundle.modules.items()}
    found: dict[tuple[str, str], None] = {}
    for piece in reach.pieces:
        name = own.get(id(piece.module.tree))
        text = _looks(piece) if name is not None else ""
        if name is not None and text:
            found[(name, text)] = None
    return list(found)


def _looks(piece: Piece) -> str:
    """The expression that starts from the module's own place; the search path of modules does not count."""
    for _, dotted, called in facts_of(piece.node).references:
        resources = called and dotted[-1] in _READERS and {"pkgutil", "resources", "importlib_resources"} & set(dotted)
        if dotted[0] == "__file__" or resources:
            return "" if "sys.path" in ast.unparse(piece.node) else ".".join(dotted)
    return ""
