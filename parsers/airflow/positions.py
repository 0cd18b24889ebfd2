"""Positions of nodes, computed only when asked for (LibCST's own provider costs twice the parse)."""

from __future__ import annotations

import libcst as cst


class Positions:
    """Line, column, end line and end column of the nodes of one tree."""

    def __init__(self, tree: cst.Module, text: str) -> None:
        self.tree = tree
        self.text = text

    def of(self, node: cst.CSTNode, statement: cst.CSTNode | None = None) -> tuple[int, int, int, int] | None:
        """Where `node` stands; None when it is not of this tree."""
        raise NotImplementedError
