"""Snowflake: its Python connector, which knows all of the connection's settings."""

from __future__ import annotations

from emitters.argo.templates.sql.dialect import Dialect, register

SNOWFLAKE = register(Dialect(names=("snowflake",), client=None, driver=("snowflake-connector-python",)))
