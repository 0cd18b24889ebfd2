"""PostgreSQL and Redshift: psql."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emitters.argo.templates.sql.dialect import Client, Dialect, Options, flag, register

if TYPE_CHECKING:
    from emitters.argo import manifest as m
    from emitters.argo.context import TemplateContext


def _flags(options: Options, _ctx: TemplateContext) -> tuple[str, list[m.EnvVar]]:
    return ("" if flag(options, "autocommit") else "--single-transaction ", [])


POSTGRES = register(
    Dialect(
        names=("postgres", "redshift"),
        client=Client(
            image=("postgres", "postgres:16"),
            env=(
                ("PGHOST", "host"),
                ("PGPORT", "port"),
                ("PGUSER", "login"),
                ("PGPASSWORD", "password"),
                ("PGDATABASE", "schema"),
            ),
            command='psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 $FLAGS--file "$SQL_FILE"',
            database="PGDATABASE",
            options=frozenset(["autocommit"]),
            flags=_flags,
        ),
        driver=("psycopg2-binary",),
    )
)
