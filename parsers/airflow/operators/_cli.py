"""Command lines for service tools: text for `sh`, with every value in an environment variable."""

from __future__ import annotations

import re
from typing import Any

from migrate.ir import exprs
from migrate.ir.actions import Command
from migrate.ir.exprs import Expr
from parsers.airflow.arguments import Arguments
from parsers.airflow.operators._common import constant_text
from parsers.airflow.operators._sql import connection_id

RESULT = "/tmp/result.json"  # noqa: S108  a path in the pod
_SIMPLE = re.compile(r"[A-Za-z0-9_./:=@%+,-]+")

GOOGLE = (("GOOGLE_KEYFILE_DICT", "extra.keyfile_dict"), ("GOOGLE_PROJECT", "extra.project"))
AWS = (
    ("AWS_ACCESS_KEY_ID", "login"),
    ("AWS_SECRET_ACCESS_KEY", "password"),
    ("AWS_SESSION_TOKEN", "extra.aws_session_token"),
    ("AWS_ENDPOINT_URL", "extra.endpoint_url"),
    ("CONN_REGION", "extra.region_name"),
)

GOOGLE_LOGIN = """\
if [ -n "${GOOGLE_KEYFILE_DICT:-}" ]; then
  printf '%s' "$GOOGLE_KEYFILE_DICT" > /tmp/key.json
  gcloud auth activate-service-account --quiet --key-file=/tmp/key.json
fi
"""
AWS_LOGIN = """\
for name in AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_ENDPOINT_URL; do
  eval "value=\\${$name:-}"
  if [ -z "$value" ]; then unset "$name"; fi
done
region=${REGION:-${CONN_REGION:-}}
if [ -n "$region" ]; then export AWS_DEFAULT_REGION="$region"; fi
"""


class Values:
    """Values for a script: each gets an environment variable, simple constants may stand in the text."""

    def __init__(self) -> None:
        self.env: dict[str, Expr] = {}

    def quoted(self, expr: Expr | str, name: str) -> str:
        """The shell word for a value: itself if it is a simple constant, else `"$NAME"`."""
        text = expr if isinstance(expr, str) else constant_text(expr)
        if text is not None and _SIMPLE.fullmatch(text):
            return text
        return f'"${self.put(expr, name)}"'

    def put(self, expr: Expr | str, name: str) -> str:
        """Names an environment variable that holds the value."""
        value = exprs.Literal(value=expr) if isinstance(expr, str) else expr
        key, number = name, 2
        while key in self.env and self.env[key] != value:
            key = f"{name}_{number}"
            number += 1
        self.env[key] = value
        return key


def put_given(args: Arguments, values: Values, names: tuple[tuple[str, str], ...]) -> None:
    """Puts the arguments that were given; `names`: (variable, argument)."""
    for variable, argument in names:
        expr = args.expr(argument) if args.has(argument) else None
        args.ignore(argument)
        if expr is not None:
            values.put(expr, variable)


class Line:
    """One command: words are joined over several lines."""

    def __init__(self, values: Values, *words: str) -> None:
        self.values = values
        self.words = [" ".join(words)]

    def add(self, expr: Expr | str | None, name: str, flag: str = "") -> Line:
        """Adds a value, after its flag; None adds nothing. A flag that ends in `=` is joined with the value."""
        if expr is not None:
            word = self.values.quoted(expr, name)
            self.words.append(f"{flag}{word}" if flag.endswith("=") or not flag else f"{flag} {word}")
        return self

    def flag(self, flag: str, wanted: bool) -> Line:
        """Adds a bare flag."""
        if wanted:
            self.words.append(flag)
        return self

    def text(self) -> str:
        """The command as text."""
        return " \\\n  ".join(self.words) + "\n"


def google(args: Arguments, script: str, values: Values, **fields: Any) -> Command:
    """A script for `gcloud`, logged in with the connection's key if it has one (else the pod's own identity)."""
    account = args.expr("impersonation_chain")
    args.ignore_all("delegate_to", "deferrable", "cancel_on_kill")
    if account is not None and args.has("impersonation_chain"):
        values.put(account, "CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT")
    names = ("gcp_conn_id", "google_cloud_conn_id", "google_cloud_storage_conn_id", "bigquery_conn_id")
    return Command(
        tool="gcloud",
        script="set -eu\n" + GOOGLE_LOGIN + script,
        env=tuple(values.env.items()),
        connection=connection_id(args, *names, default="google_cloud_default"),
        credentials=GOOGLE,
        **fields,
    )


def aws(args: Arguments, script: str, values: Values, **fields: Any) -> Command:
    """A script for `aws`, with the keys of the connection if it has some (else the pod's own identity)."""
    for name in ("region_name", "region"):
        region = args.expr(name)
        if region is not None and args.has(name):
            values.put(region, "REGION")
    args.ignore_all("region_name", "region", "verify", "botocore_config", "deferrable")
    return Command(
        tool="aws",
        script="set -eu\n" + AWS_LOGIN + script,
        env=tuple(values.env.items()),
        connection=connection_id(args, "aws_conn_id", "s3_conn_id", default="aws_default"),
        credentials=AWS,
        **fields,
    )


def python_text(code: str) -> str:
    """Python code inside of a shell script."""
    return f"exec python3 - <<'PYTHON'\n{code.rstrip()}\nPYTHON\n"


def items(args: Arguments, expr: Expr | None) -> tuple[Expr, ...]:
    """A text or list as items."""
    if expr is None:
        return ()
    if isinstance(expr, exprs.ListExpr):
        return expr.items
    if isinstance(expr, exprs.Literal) and isinstance(expr.value, list):
        return tuple(exprs.Literal(value=v) for v in expr.value)
    return (expr,)


def whole(expr: Expr | None) -> bool:
    """Whether every item of a value is known by number: no list that is only there when the run is."""
    return isinstance(expr, exprs.Literal | exprs.ListExpr | exprs.Concat | exprs.TimeRef | exprs.Template)
