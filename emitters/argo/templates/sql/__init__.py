"""SQL: the database's own client where only the effect counts, the database's Python driver where values come back.

One module per dialect describes both; `dialects` collects them.
"""

from emitters.argo.templates.sql import bigquery, mssql, mysql, postgres, snowflake, sqlite, td, trino
from emitters.argo.templates.sql.build import sql

__all__ = ["bigquery", "mssql", "mysql", "postgres", "snowflake", "sql", "sqlite", "td", "trino"]
