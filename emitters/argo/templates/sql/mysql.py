"""MySQL and MariaDB."""

from __future__ import annotations

from emitters.argo.templates.sql.dialect import Client, Dialect, register

MYSQL = register(
    Dialect(
        names=("mysql",),
        client=Client(
            image=("mysql", "mysql:8.4"),
            env=(
                ("MYSQL_HOST", "host"),
                ("MYSQL_TCP_PORT", "port"),
                ("MYSQL_USER", "login"),
                ("MYSQL_PWD", "password"),
                ("MYSQL_DATABASE", "schema"),
            ),
            command='mysql --host="$MYSQL_HOST" --user="$MYSQL_USER" "$MYSQL_DATABASE" <"$SQL_FILE"',
            database="MYSQL_DATABASE",
            options=frozenset(["autocommit"]),
        ),
        driver=("PyMySQL",),
    )
)
