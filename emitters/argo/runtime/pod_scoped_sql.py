"""`pg`, `redshift`, `redshift_load` and `redshift_unload` of `pod_scoped`.

Rules: digdag-standards `operator/jdbc`, `operator/pg`, `operator/redshift`; values and messages seen in runs of Digdag
against a Postgres server. A statement is one transaction; Digdag's table of finished statements is not kept.
"""

from __future__ import annotations

import base64
import datetime
import re
import uuid

from digdag_text import printed
from pod_postgres import Connection, DatabaseError

LONGEST_TEXT, MOST_ROWS, MOST_COLUMNS = 256, 8192, 64
SECONDS = {"connect_timeout": 30, "socket_timeout": 1800}
OBJECTS = {869: "inet", 650: "cidr", 829: "macaddr", 114: "json", 3802: "jsonb"}


class SqlFailed(Exception):
    """The statement failed, or its result is not what can be kept."""


def failed(what, error):
    """An error with the server's words."""
    return SqlFailed(f"{what} [{error}]")


# connecting


def connect(task, family):
    """A connection by secrets `<family>.*`, else by the task's settings."""
    from pod_scoped import ConfigError

    def fact(name, default=None):
        secret = task.secret(f"{family}.{name}", needed=False)
        found = secret if secret is not None else task.setting(name)
        return default if found is None else found

    missing = next((name for name in ("host", "user", "database") if fact(name) is None), None)
    if missing:
        raise ConfigError(f"Parameter '{missing}' is required but not set")
    override = task.setting("password_override")
    password = task.secret(f"{family}.{override or 'password'}", needed=override is not None)
    schema = fact("schema")
    limits = {name: seconds(fact(name, default)) for name, default in SECONDS.items()}
    try:
        made = Connection(
            str(fact("host")), fact("port", 5432 if family == "pg" else 5439), str(fact("user")),
            str(fact("database")), password, ssl=true(fact("ssl")), timeout=limits["connect_timeout"],
            options={"search_path": str(schema)} if schema is not None else None,
        )  # fmt: skip
        made.limit(limits["socket_timeout"])
        if int(re.match(r"\d*", made.facts.get("server_version", "")).group() or 0) < 12:
            made.run("SET extra_float_digits = 2")
    except DatabaseError as error:
        raise failed("Failed to connect to the database", error) from None
    return made


def seconds(value):
    """A duration in seconds; none at all (0) is no limit."""
    from pod_tools_data import duration

    return duration(value) or None


def true(value):
    """A setting that is true or false."""
    return value in (True, "true")


# statements


def query(task, family):
    """A query, and what becomes of its result."""
    from pod_scoped import ConfigError

    text = task.statement()
    insert, create, file = (task.setting(n) for n in ("insert_into", "create_table", "download_file"))
    wanted = last_results(task)
    if insert is not None and create is not None:
        raise ConfigError("Can't use both of insert_into and create_table")
    for name, given in (("download_file", file), ("store_last_results", wanted)):
        if given and (insert is not None or create is not None):
            raise ConfigError(f"Can't use {name} with insert_into or create_table")
    if file is not None and wanted:
        raise ConfigError("Can't use both download_file and store_last_results at once")
    connection = connect(task, family)
    if file is not None or wanted:
        columns, rows = selected(connection, text)
        if file is not None:
            download(task, str(file), columns, rows)
        else:
            task.store({task.spec["operation"]: {"last_results": kept(columns, rows, wanted)}})
    elif insert is not None:
        update(task, connection, f"INSERT INTO {ident(insert)}\n{text}")
    elif create is not None:
        update(task, connection, f"DROP TABLE IF EXISTS {ident(create)}; CREATE TABLE {ident(create)} AS \n{text}")
    else:
        update(task, connection, text, "Failed to execute given SQL script")
    connection.close()


def last_results(task):
    """`first`, `all`, or nothing."""
    from pod_scoped import ConfigError

    value = task.setting("store_last_results")
    known = {None: "", False: "", "false": "", True: "first", "true": "first", "first": "first", "all": "all"}
    if value not in known:
        raise ConfigError(
            "Expected class io.digdag.standards.operator.jdbc.StoreLastResultsOption for key 'store_last_results' "
            f'but got "{value}" (string)'
        )
    return known[value]


def update(task, connection, text, what="Failed to execute an update statement"):
    """Runs statements in one transaction, unless the task does not want that."""
    alone = task.setting("strict_transaction") in (False, "false")
    try:
        if not alone:
            connection.run("BEGIN")
        connection.run(text)
        if not alone:
            connection.run("COMMIT")
    except DatabaseError as error:
        raise failed(what, error) from None


def selected(connection, text):
    """(columns, rows) of one query."""
    what = "Failed to execute given SELECT statement"
    try:
        results = connection.run(text)
    except DatabaseError as error:
        raise failed(what, error) from None
    if len(results) != 1:
        raise failed(
            what,
            "Multiple ResultSets were returned by the query." if results else "No results were returned by the query.",
        )
    return results[0]


def ident(name):
    """A quoted name: all before the first dot is the schema."""
    return ".".join(quoted(part) for part in str(name).split(".", 1))


def quoted(name):
    """A quoted name."""
    return '"' + str(name).replace('"', '""') + '"'


# results


def kept(columns, rows, wanted):
    """What is stored: the first row as a mapping, or all of them in a list."""
    if len(columns) > MOST_COLUMNS:
        raise SqlFailed(f"The number of result columns exceeded the limit: {len(columns)} > {MOST_COLUMNS}")
    if wanted == "all":
        if len(rows) > MOST_ROWS:
            raise SqlFailed(f"The number of result rows exceeded the limit: {MOST_ROWS + 1} > {MOST_ROWS}")
        return [mapping(columns, row) for row in rows]
    return mapping(columns, rows[0]) if rows else {}


def mapping(columns, row):
    """A row as Digdag stores it; in the order of Java's hash map, which it is there."""
    found = {}
    for name, (kind, text) in zip(columns, row):
        value = value_of(kind, text)
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            raise SqlFailed(f"The size of result value exceeded the limit: {len(value)} > {LONGEST_TEXT}")
        found[name] = value
    size = 16
    while len(found) > size * 3 // 4:
        size *= 2
    return dict(sorted(found.items(), key=lambda pair: bucket(pair[0], size)))


def bucket(text, size):
    """The place of a text in Java's hash map."""
    code = 0
    units = text.encode("utf-16-be")
    for at in range(0, len(units), 2):
        code = (31 * code + (units[at] << 8) + units[at + 1]) & 0xFFFFFFFF
    return (code ^ (code >> 16)) & (size - 1)


def value_of(kind, text):
    """A value as Digdag's driver and its JSON give it (times: milliseconds)."""
    if text is None:
        return None
    if kind in (20, 21, 23, 26):
        return int(text)
    if kind in (700, 701, 1700):
        return number(text)
    if kind == 16:
        return text == "t"
    if kind == 790:
        return float(re.sub(r"[^0-9.\-]", "", text))
    if kind == 17:
        return base64.b64encode(bytes.fromhex(text[2:])).decode()
    if kind in (1082, 1114, 1184):
        return millis(text)
    if kind in OBJECTS:
        return {"type": OBJECTS[kind], "value": text, "null": True}
    return text


def number(text):
    """A number; one that JSON does not have is a text."""
    if text in ("NaN", "Infinity", "-Infinity"):
        return text
    value = float(text)
    return int(text) if re.fullmatch(r"-?\d+", text) else int(value) if "e" in text and value.is_integer() else value


def millis(text):
    """Milliseconds of a date or time; one without a zone is UTC."""
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d+))?([+-]\d\d(?::?\d\d)?)?)?", text)
    if match is None:
        return text
    date, fraction, offset = [int(part or 0) for part in match.groups()[:6]], match[7] or "", match[8] or "+00"
    shift = datetime.timedelta(hours=int(offset[1:3]), minutes=int(offset[3:].strip(":") or 0))
    moment = datetime.datetime(*date, tzinfo=datetime.timezone.utc) + (shift if offset[0] == "-" else -shift)
    return int(moment.timestamp()) * 1000 + int((fraction + "000")[:3])


def download(task, name, columns, rows):
    """Writes a result as CSV: nothing for null, "" for an empty text."""
    task.workspace()
    with open(name, "w", encoding="utf-8", newline="") as file:
        file.write(",".join(map(cell, columns)) + "\r\n")
        for row in rows:
            file.write(",".join(cell(shown(kind, text)) for kind, text in row) + "\r\n")


def shown(kind, text):
    """A value as Java prints it."""
    if text is None or kind not in (16, 1114, 1184):
        return text
    if kind == 16:
        return "true" if text == "t" else "false"
    moment = datetime.datetime.fromtimestamp(millis(text) / 1000, datetime.timezone.utc)
    fraction = f"{moment.microsecond:06d}".rstrip("0") or "0"
    return f"{moment:%Y-%m-%d %H:%M:%S}.{fraction}"


def cell(text):
    """A field of a CSV file."""
    if text is None:
        return ""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return '"' + plain.replace('"', '""') + '"' if text == "" or re.search('[",\n]', plain) else text


# Redshift: COPY and UNLOAD

COPY = (
    ("readratio", "READRATIO", int), ("manifest", "MANIFEST", bool), ("encrypted", "ENCRYPTED", bool),
    ("region", "REGION", str), ("csv", "CSV QUOTE", None), ("delimiter", "DELIMITER", str),
    ("fixedwidth", "FIXEDWIDTH", str), ("json", "FORMAT AS JSON", str), ("avro", "FORMAT AS AVRO", str),
    ("gzip", "GZIP", bool), ("bzip2", "BZIP2", bool), ("lzop", "LZOP", bool),
    ("acceptanydate", "ACCEPTANYDATE", bool), ("acceptinvchars", "ACCEPTINVCHARS", str),
    ("blanksasnull", "BLANKSASNULL", bool), ("dateformat", "DATEFORMAT", str), ("emptyasnull", "EMPTYASNULL", bool),
    ("encoding", "ENCODING", "plain"), ("escape", "ESCAPE", bool), ("explicit_ids", "EXPLICIT_IDS", bool),
    ("fillrecord", "FILLRECORD", bool), ("ignoreblanklines", "IGNOREBLANKLINES", bool),
    ("ignoreheader", "IGNOREHEADER", int), ("null_as", "NULL AS", str), ("removequotes", "REMOVEQUOTES", bool),
    ("roundec", "ROUNDEC", bool), ("timeformat", "TIMEFORMAT", str), ("trimblanks", "TRIMBLANKS", bool),
    ("truncatecolumns", "TRUNCATECOLUMNS", bool), ("comprows", "COMPROWS", int), ("compupdate", "COMPUPDATE", "plain"),
    ("maxerror", "MAXERROR", int), ("noload", "NOLOAD", bool), ("statupdate", "STATUPDATE", "plain"),
)  # fmt: skip
UNLOAD = (
    ("manifest", "MANIFEST", bool), ("encrypted", "ENCRYPTED", bool), ("delimiter", "DELIMITER", str),
    ("fixedwidth", "FIXEDWIDTH", str), ("gzip", "GZIP", bool), ("bzip2", "BZIP2", bool),
    ("addquotes", "ADDQUOTES", bool), ("null_as", "NULL AS", str), ("escape", "ESCAPE", bool),
    ("allowoverwrite", "ALLOWOVERWRITE", bool), ("parallel", "PARALLEL", "plain"),
)  # fmt: skip
SWITCHES = ("ON", "OFF", "TRUE", "FALSE")
FLAT = "CSV, DELIMITER, AVRO, ESCAPE, FILLRECORD, FIXEDWIDTH, IGNOREBLANKLINES, NULL AS, READRATIO or REMOVEQUOTES"
APART = {
    "csv": (("fixedwidth", "removequotes", "escape"), "CSV cannot be used with FIXEDWIDTH, REMOVEQUOTES, or ESCAPE"),
    "delimiter": (("fixedwidth",), "DELIMITER cannot be used with FIXEDWIDTH"),
    "json": (
        ("csv", "delimiter", "escape", "fillrecord", "avro", "fixedwidth", "ignoreblanklines", "null_as", "readratio",
         "removequotes"),
        f"JSON cannot be used with {FLAT}",
    ),
    "avro": (("csv", "delimiter", "json", "fixedwidth"), "AVRO cannot be used with CSV, DELIMITER, JSON or FIXEDWIDTH"),
}  # fmt: skip


def literal(text):
    """A quoted text; a backslash is an escape in Redshift."""
    return "'" + str(text).replace("\\", "\\\\").replace("'", "''") + "'"


def options(task, table):
    """The options of a COPY or UNLOAD, in Digdag's order."""
    given = {name: task.setting(name) for name, _, _ in table}
    lines = []
    for name, words, kind in table:
        value = given[name]
        if value is None or (kind is bool and not true(value)):
            continue
        if kind is bool:
            lines.append(words)
        elif kind is int:
            lines.append(f"{words} {int(str(value))}")
        elif kind is None:
            lines.append("CSV" if value in ("", True) else f"{words} {literal(value)}")
        else:
            text = printed(value) if not isinstance(value, str) else value
            lines.append(words + (f" {text if kind == 'plain' else literal(text)}" if text else ""))
    return "\n".join(lines)


def checked(task):
    """Raises ConfigError for options that exclude each other, and for switches that are none."""
    from pod_scoped import ConfigError

    for name, (others, text) in APART.items():
        if task.setting(name) is not None and any(task.setting(o) not in (None, False, "false") for o in others):
            raise ConfigError(text)
    for name in ("statupdate", "compupdate", "parallel"):
        value = task.setting(name)
        if value is not None and printed(value).upper() not in SWITCHES:
            raise ConfigError(f"{name.upper()} should be in ON/OFF/TRUE/FALSE: {printed(value)}")


def required(task, name):
    """A setting that must be there."""
    from pod_scoped import ConfigError

    value = task.setting(name)
    if value is None:
        raise ConfigError(f"Parameter '{name}' is required but not set")
    return str(value)


def credentials(task):
    """The `CREDENTIALS` of a COPY or UNLOAD: keys from secrets, or temporary ones of the role that a secret names."""
    from pod_aws import assumed

    def fact(name, needed=False):
        places = (f"aws.{task.spec['operation']}.{name}", f"aws.redshift.{name}", f"aws.{name}")
        found = next((v for place in places if (v := task.secret(place, needed=False)) is not None), None)
        return task.secret(places[-1]) if found is None and needed else found

    keys = (fact("access_key_id", True), fact("secret_access_key", True))
    token = None
    if fact("role_arn") and task.setting("temp_credentials") not in (False, "false"):
        name = task.secret("role_session_name", needed=False)
        *keys, token = assumed(keys, fact("role_arn"), name, task.setting("session_duration"))
    text = f"aws_access_key_id={keys[0]};aws_secret_access_key={keys[1]}" + (f";token={token}" if token else "")
    return f"CREDENTIALS {literal(text)}"


def transfer(task, statement):
    """Runs a COPY or UNLOAD. The statement holds keys, so it is not printed, and errors do not show it."""
    connection = connect(task, "aws.redshift")
    update(task, connection, statement)
    connection.close()


def load(task):
    """COPY into a table."""
    checked(task)
    head = f"COPY {quoted(required(task, 'table'))} FROM {literal(required(task, 'from'))}"
    transfer(task, f"{head}\n{credentials(task)}\n{options(task, COPY)}")


def unload(task):
    """UNLOAD of a query into a folder of its own below `to`."""
    from pod_scoped import ConfigError

    checked(task)
    text, to = required(task, "query"), required(task, "to")
    target = f"{to}{'' if to.endswith('/') else '/'}{uuid.uuid4()}_"
    if not re.match(r"s3://[^/]+/", target):
        raise ConfigError(f"'to' should start with 's3://'. to={to}")
    print(f"UNLOAD to {target}", flush=True)
    transfer(task, f"UNLOAD ({literal(text)}) TO {literal(target)}\n{credentials(task)}\n{options(task, UNLOAD)}")


OPERATIONS = {
    "pg": lambda task: query(task, "pg"), "redshift": lambda task: query(task, "aws.redshift"),
    "redshift_load": load, "redshift_unload": unload,
}  # fmt: skip
