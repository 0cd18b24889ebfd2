"""The `td` family: Treasure Data through its command-line tool.

Keys and secrets: digdag-standards `operator/td/*.java` (docs: operators/td*).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.ir import actions as a
from migrate.ir import workflow as w
from parsers.digdag.catalog import operator
from parsers.digdag.scoped import scoped, scoped_task

if TYPE_CHECKING:
    from parsers.digdag.build import Builder
    from parsers.digdag.scope import Scope
    from parsers.digdag.tree import DigTask

SECRETS = ("td.apikey", "td.endpoint", "td.database")
COMMON = ("database", "endpoint", "use_ssl", "proxy")
KEYS: dict[str, tuple[str, ...]] = {
    "td": (
        "query", "data", "engine", "create_table", "insert_into", "download_file", "store_last_results",
        "result_connection", "result_settings", "result_url", "priority", "job_retry", "preview", "presto_pool_name",
        "hive_pool_name", "engine_version", "hive_engine_version",
    ),
    "td_for_each": ("query", "data", "engine", "priority", "job_retry"),
    "td_run": ("download_file", "store_last_results", "preview"),
    "td_ddl": (
        "create_tables", "drop_tables", "empty_tables", "rename_tables", "create_databases", "drop_databases",
        "empty_databases",
    ),
    "td_load": ("table", "session", "mode"),
    "td_wait": ("query", "engine", "interval", "priority", "job_retry"),
    "td_wait_table": ("rows", "engine", "interval", "priority", "job_retry"),
    "td_table_export": (
        "table", "file_format", "from", "to", "s3_bucket", "s3_path_prefix", "pool_name", "domain_key",
    ),
    "td_result_export": ("job_id", "result_connection", "result_settings", "result_url"),
    "td_partial_delete": ("table", "from", "to"),
}  # fmt: skip
STORES = {"td", "td_run", "td_for_each", "td_load", "td_table_export"}
HOW = "the `td` command in a pod, its key from a Secret"


def query_action(task: DigTask, scope: Scope, builder: Builder, operation: str) -> a.Scoped:
    """The action of one operator of the family."""
    extra = ("aws.s3.access_key_id", "aws.s3.secret_access_key") if operation == "td_table_export" else ()
    return scoped(
        task,
        scope,
        builder,
        operation,
        known=(*KEYS[operation], *COMMON),
        secrets=(*SECRETS, *extra),
        stores=operation in STORES,
    )


def _register(name: str) -> None:
    def convert(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
        return scoped_task(task, node_id, query_action(task, scope, builder, name), scope, builder)

    convert.__doc__ = f"`{name}>`."
    operator(name, HOW)(convert)


for _name in KEYS:
    if _name != "td_for_each":
        _register(_name)
