"""Trino and Presto: the Python driver."""

from __future__ import annotations

from emitters.argo.templates.sql.dialect import Dialect, register

TRINO = register(Dialect(names=("trino", "presto"), client=None, driver=("trino",)))
