"""SQLite: Python has it built in."""

from __future__ import annotations

from emitters.argo.templates.sql.dialect import Dialect, register

SQLITE = register(Dialect(names=("sqlite",), client=None, driver=()))
