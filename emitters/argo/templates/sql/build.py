"""The template of an SQL task: a client program, or the runner with the database's Python driver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emitters.argo import manifest as m
from emitters.argo.registry import template
from emitters.argo.templates.branches import branch_facts
from emitters.argo.templates.command import wait_for_identity
from emitters.argo.templates.handlers import in_pod
from emitters.argo.templates.printing import prints_alike
from emitters.argo.templates.python import poll_facts
from emitters.argo.templates.runner_pod import RunnerPod
from emitters.argo.templates.sql.dialect import DIALECTS, Client, Dialect
from emitters.argo.templates.unconverted import unconverted
from migrate.diagnostics.argo_sql import SqlDriver, SqlOptionUnused, UnknownDatabase
from migrate.ir.actions import Sql, Unconverted
from migrate.ir.exprs import Expr, Literal

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext

HARMLESS = frozenset(["autocommit"])


@template(Sql)
def sql(action: Sql, ctx: TemplateContext) -> m.Template:
    """A client program where only the effect counts; the runner where rows are read, checked or awaited, where the
    statements have parameters, and for databases without a common client image."""
    dialect = DIALECTS.get(action.dialect)
    if dialect is None:
        ctx.find(UnknownDatabase, dialect=action.dialect)
        return unconverted(Unconverted(message=f"there is no client for the database {action.dialect}"), ctx)
    if dialect.client is not None and _only_effect(action, ctx):
        return _client(action, ctx, dialect, dialect.client)
    return _driver(action, ctx, dialect)


def _only_effect(action: Sql, ctx: TemplateContext) -> bool:
    values: list[Expr] = [*action.statements, *([action.database] if action.database is not None else [])]
    special = action.check or action.poll or action.mode == "choose" or action.parameters is not None
    reads = bool(ctx.task.pushes) and action.result != "none"
    return not (special or reads or in_pod(ctx.task)) and all(prints_alike(v, ctx.workflow) for v in values)


def _client(action: Sql, ctx: TemplateContext, dialect: Dialect, client: Client) -> m.Template:
    env = _connection_env(action, ctx, client)
    if action.database is not None and client.database:
        env = [v for v in env if v.name != client.database] + ctx.env([(client.database, action.database)])
    options = dict(action.options)
    flags, more = client.flags(options, ctx) if client.flags else ("", [])
    env += more
    for name in options:
        if name not in client.options:
            ctx.find(SqlOptionUnused, option=name, dialect=action.dialect)
    out = m.Template(name=ctx.name, outputs=ctx.outputs())
    command = client.command.replace("$FLAGS", flags)
    text = _constant_sql(action)
    fields: dict[str, Any] = {"image": ctx.image(*client.image)}
    if text is not None:
        path = ctx.file("statements.sql", text)
        out.volumes, fields["volume_mounts"] = [ctx.source_volume()], [ctx.source_mount()]
        source = f"{command.replace('$SQL_FILE', path)}\n"
    else:
        parts = [(f"SQL_{number}", statement) for number, statement in enumerate(action.statements, 1)]
        env += ctx.env(parts)
        files = " ".join(f'"${name}"' for name, _ in parts)
        source = f"SQL_FILE=/tmp/statements.sql\nprintf '%s\\n;\\n' {files} >\"$SQL_FILE\"\n{command}\n"
    out.script = m.Script(command=["sh"], env=[*ctx.early_env(), *env], source=source, **fields)
    if dialect.google and getattr(ctx.config, "gke_workload_identity", False):
        out.init_containers = [wait_for_identity(ctx)]
    return out


def _connection_env(action: Sql, ctx: TemplateContext, client: Client) -> list[m.EnvVar]:
    """The connection's fields under the names that the client knows."""
    if not client.env or not action.connection:
        return []
    found = ctx.connection(action.connection, *(field for _, field in client.env))
    return [variable.model_copy(update={"name": name}) for variable, (name, _) in zip(found, client.env, strict=True)]


def _constant_sql(action: Sql) -> str | None:
    """All statements as one text, or None when a value of the run is in them."""
    texts = [str(s.value).strip() for s in action.statements if isinstance(s, Literal)]
    if len(texts) != len(action.statements):
        return None
    return "".join(f"{text}\n" if text.endswith(";") else f"{text};\n" for text in texts)


def _driver(action: Sql, ctx: TemplateContext, dialect: Dialect) -> m.Template:
    if dialect.driver is None:
        ctx.find(UnknownDatabase, dialect=action.dialect)
        return unconverted(Unconverted(message=f"values of the database {action.dialect} cannot be read"), ctx)
    pod = RunnerPod(ctx, outputs=ctx.outputs())
    encode = pod.encoder.encode
    settings: dict[str, Any] = {"dialect": action.dialect, "statements": [encode(s) for s in action.statements]}
    if action.connection:
        settings["connection"] = action.connection
        pod.encoder.add_env(ctx.connection(action.connection))
    if action.parameters is not None:
        settings["parameters"] = encode(action.parameters)
    if action.database is not None:
        settings["database"] = encode(action.database)
    if action.options:
        settings["options"] = pod.encoder.pairs(action.options)
    for name in ("result", "check", "result_key"):
        value = getattr(action, name)
        if value not in (None, "none", "return_value"):
            settings[name] = value
    if action.mode == "choose":
        settings["follow"] = {"true": list(action.follow_if_true), "false": list(action.follow_if_false)}
        pod.spec.update(branch_facts(ctx, choose=True))
    pod.spec |= {"mode": "sql", "sql": settings}
    if action.poll is not None:
        pod.spec["poll"] = poll_facts(action.poll)
    if dialect.driver:
        pod.spec["install"] = list(dialect.driver)
        pod.packages.update(dialect.driver)
        ctx.needs.packages.update(dialect.driver)
        ctx.find(SqlDriver, packages=", ".join(dialect.driver))
    pod.add_handlers()
    return pod.template()
