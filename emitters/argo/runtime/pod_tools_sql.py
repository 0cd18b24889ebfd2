"""`psql` scripts of `pg>`, `redshift>`, `redshift_load>`, `redshift_unload>`."""

from __future__ import annotations

from shlex import quote

from pod_tools_data import duration

COPY_FLAGS = (
    "csv", "gzip", "bzip2", "lzop", "manifest", "acceptanydate", "acceptinvchars", "blanksasnull", "emptyasnull",
    "escape", "explicit_ids", "fillrecord", "ignoreblanklines", "removequotes", "roundec", "trimblanks",
    "truncatecolumns", "noload", "encrypted",
)  # fmt: skip
COPY_VALUES = {
    "delimiter": "DELIMITER {}", "null_as": "NULL AS {}", "dateformat": "DATEFORMAT {}", "timeformat": "TIMEFORMAT {}",
    "region": "REGION {}", "encoding": "ENCODING {}", "json": "JSON {}", "avro": "AVRO {}",
    "fixedwidth": "FIXEDWIDTH {}",
}  # fmt: skip
COPY_NUMBERS = {"maxerror": "MAXERROR {}", "ignoreheader": "IGNOREHEADER {}", "comprows": "COMPROWS {}"}
NAMES = {
    "acceptinvchars": "ACCEPTINVCHARS", "blanksasnull": "BLANKSASNULL", "emptyasnull": "EMPTYASNULL",
    "allowoverwrite": "ALLOWOVERWRITE", "addquotes": "ADDQUOTES",
}  # fmt: skip


def connect(script, prefix):
    """The client's environment from secrets `<prefix>.*` and the task's keys."""
    for variable, key, default in (
        ("PGHOST", "host", None), ("PGPORT", "port", "5432" if prefix == "pg" else "5439"), ("PGUSER", "user", None),
        ("PGDATABASE", "database", None),
    ):  # fmt: skip
        script.export(variable, f"{prefix}.{key}", key, default)
    script.export("PGPASSWORD", f"{prefix}.{script.text('password_override') or 'password'}")
    if script.setting("connect_timeout") is not None:
        script.add(f"export PGCONNECT_TIMEOUT={duration(script.setting('connect_timeout'))}")
    if script.flag("ssl"):
        script.add("export PGSSLMODE=require")
    schema = script.text("schema")
    if schema:
        script.add(f"export PGOPTIONS={quote('--search_path=' + schema)}")


def psql(script, name, statement):
    """Runs a statement from a file, in one transaction."""
    single = "" if script.setting("strict_transaction") in (False, "false") else " --single-transaction"
    script.add(f"psql -v ON_ERROR_STOP=1 -q{single} -f {script.file(name, statement)}")


def ident(name):
    """A quoted name, its schema apart."""
    return ".".join('"%s"' % part.replace('"', '""') for part in str(name).split("."))


def literal(text):
    """A quoted text."""
    return "'%s'" % str(text).replace("'", "''")


def query(script, prefix, key):
    """A query, and what becomes of its result."""
    connect(script, prefix)
    statement = script.query()
    if script.setting("create_table"):
        table = ident(script.text("create_table"))
        psql(script, "query.sql", f"DROP TABLE IF EXISTS {table};\nCREATE TABLE {table} AS\n{statement};\n")
    elif script.setting("insert_into"):
        psql(script, "query.sql", f"INSERT INTO {ident(script.text('insert_into'))}\n{statement};\n")
    elif script.setting("download_file"):
        name = script.file("query.sql", f"COPY (\n{statement}\n) TO STDOUT WITH (FORMAT csv, HEADER);\n")
        script.add(f"psql -v ON_ERROR_STOP=1 -q -f {name} > {quote(script.text('download_file'))}")
    elif script.setting("store_last_results") not in (None, False, "false"):
        first = script.setting("store_last_results") != "all"
        pick = "row_to_json(t)" if first else "coalesce(json_agg(t), '[]')"
        limit = " LIMIT 1" if first else ""
        name = script.file("query.sql", f"SELECT {pick} FROM (\n{statement}\n) t{limit};\n")
        script.store(key, f"psql -v ON_ERROR_STOP=1 -qAt -f {name}")  # no row: an empty mapping
    else:
        psql(script, "query.sql", statement + ";\n")


def credentials(script, part):
    """The access keys of a COPY or UNLOAD, substituted by the shell into the statement's variables."""
    for name in ("access_key_id", "secret_access_key"):
        script.export(name.upper(), f"aws.{part}.{name}")
        general = (script.task.spec.get("secrets") or {}).get(f"aws.{name}")
        if general:
            script.add(f'[ -n "${name.upper()}" ] || {name.upper()}="${{{general}:-}}"')
    script.add('CREDENTIALS="aws_access_key_id=$ACCESS_KEY_ID;aws_secret_access_key=$SECRET_ACCESS_KEY"')


def options(script, flags, values, numbers):
    """The options of a COPY or UNLOAD."""
    out = []
    for name in flags:
        if script.setting(name) not in (None, False, "false"):
            out.append(NAMES.get(name, name.upper()))
    for name, form in values.items():
        if script.setting(name) is not None:
            out.append(form.format(literal(script.text(name))))
    for name, form in numbers.items():
        if script.setting(name) is not None:
            out.append(form.format(int(script.text(name))))
    return "\n".join(out)


def load(script):
    """COPY into a table."""
    connect(script, "aws.redshift")
    credentials(script, "redshift_load")
    table, source = ident(script.text("table")), literal(script.text("from"))
    more = options(script, COPY_FLAGS, COPY_VALUES, COPY_NUMBERS)
    name = script.file("query.sql", f"COPY {table} FROM {source}\nCREDENTIALS :'credentials'\n{more};\n")
    script.add(f'psql -v ON_ERROR_STOP=1 -q -v credentials="$CREDENTIALS" -f {name}')


def unload(script):
    """UNLOAD of a query."""
    connect(script, "aws.redshift")
    credentials(script, "redshift_unload")
    flags = ("manifest", "encrypted", "allowoverwrite", "addquotes", "escape", "gzip", "bzip2")
    values = {"delimiter": "DELIMITER AS {}", "null_as": "NULL AS {}", "parallel": "PARALLEL {}"}
    more = options(script, flags, values, {})
    text = f"UNLOAD ({literal(script.query())}) TO {literal(script.text('to'))}\nCREDENTIALS :'credentials'\n{more};\n"
    script.add(f'psql -v ON_ERROR_STOP=1 -q -v credentials="$CREDENTIALS" -f {script.file("query.sql", text)}')


SQL = {
    "pg": lambda script: query(script, "pg", "pg"),
    "redshift": lambda script: query(script, "aws.redshift", "redshift"),
    "redshift_load": load,
    "redshift_unload": unload,
}
