"""The `td` family: Treasure Data through its API, from the pod.

Keys and secrets: digdag-standards `operator/td/*.java` (docs: operators/td*).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.ir import actions as a
from migrate.ir import workflow as w
from parsers.digdag.catalog import operator
from parsers.digdag.scope import holds_code
from parsers.digdag.scoped import file_value, scoped, scoped_task

if TYPE_CHECKING:
    from parsers.digdag.build import Builder
    from parsers.digdag.scope import Scope
    from parsers.digdag.tree import DigTask

SECRETS = ("td.apikey", "td.endpoint", "td.database", "td.use_ssl")
AWS = tuple(f"aws.{part}{key}" for part in ("s3.", "") for key in ("access_key_id", "secret_access_key"))
COMMON = ("database", "endpoint", "use_ssl")
QUERY = (
    "engine", "priority", "job_retry", "presto_pool_name", "hive_pool_name", "engine_version", "hive_engine_version",
)  # fmt: skip
KEYS: dict[str, tuple[str, ...]] = {
    "td": (
        "query", "create_table", "insert_into", "download_file", "store_last_results", "result_connection",
        "result_settings", "result_url", "preview", *QUERY,
    ),
    "td_for_each": ("query", *QUERY),
    "td_run": ("download_file", "store_last_results", "preview"),
    "td_ddl": (
        "create_tables", "drop_tables", "empty_tables", "rename_tables", "create_databases", "drop_databases",
        "empty_databases",
    ),
    "td_load": ("table", "config", "name"),
    "td_wait": ("query", "interval", *QUERY),
    "td_wait_table": ("rows", "interval", *QUERY),
    "td_table_export": ("table", "file_format", "from", "to", "s3_bucket", "s3_path_prefix", "hive_pool_name"),
    "td_result_export": ("job_id", "result_connection", "result_settings", "result_url"),
    "td_partial_delete": ("table", "from", "to"),
}  # fmt: skip
STORES = set(KEYS) - {"td_ddl", "td_wait", "td_wait_table"}
HOW = "Treasure Data's API from a pod, its key from a Secret"


def query_action(task: DigTask, scope: Scope, builder: Builder, operation: str, template: Any = None) -> a.Scoped:
    """The action of one operator of the family. `template`: the value of the YAML file that it works on."""
    extra = AWS if operation == "td_table_export" else ()
    return scoped(
        task,
        scope,
        builder,
        operation,
        template=template,
        known=(*KEYS[operation], *COMMON),
        unread=("proxy",),
        secrets=(*SECRETS, *extra),
        stores=operation in STORES,
    )


def _register(name: str) -> None:
    def convert(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
        return scoped_task(task, node_id, query_action(task, scope, builder, name), scope, builder)

    convert.__doc__ = f"`{name}>`."
    operator(name, HOW)(convert)


for _name in KEYS:
    if _name not in ("td_for_each", "td_load"):
        _register(_name)


@operator("td_load", HOW)
def td_load(task: DigTask, scope: Scope, node_id: str, builder: Builder) -> w.Task:
    """A bulk load: its configuration is a file (a template), `config:`, or saved under a name."""
    name = str(task.command or "")
    is_file = name.endswith((".yml", ".yaml")) and not holds_code(name)
    template = file_value(task, scope, builder, name) if is_file else None
    action = query_action(task, scope, builder, "td_load", template)
    return scoped_task(task, node_id, action, scope, builder)
