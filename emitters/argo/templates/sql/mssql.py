"""Microsoft SQL Server."""

from __future__ import annotations

from emitters.argo.templates.sql.dialect import Client, Dialect, register

MSSQL = register(
    Dialect(
        names=("mssql",),
        client=Client(
            image=("mssql", "mcr.microsoft.com/mssql-tools:v1"),
            env=(
                ("SQLCMDSERVER", "host"),
                ("SQLCMDPORT", "port"),
                ("SQLCMDUSER", "login"),
                ("SQLCMDPASSWORD", "password"),
                ("SQLCMDDBNAME", "schema"),
            ),
            command='/opt/mssql-tools/bin/sqlcmd -b -S "$SQLCMDSERVER${SQLCMDPORT:+,$SQLCMDPORT}" -i "$SQL_FILE"',
            database="SQLCMDDBNAME",
            options=frozenset(["autocommit"]),
        ),
        driver=("pymssql",),
    )
)
