"""HTTP requests."""

from __future__ import annotations

from typing import Literal

from migrate.ir import exprs
from migrate.ir.actions import Action, Http
from migrate.ir.exprs import Expr
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import operator
from parsers.airflow.operators._code import is_code
from parsers.airflow.operators._common import EMPTY, dropped, poll
from parsers.airflow.operators._sql import connection_id
from parsers.airflow.operators.hosted import hosted

Body = Literal["raw", "json", "form", "query"]


@operator(
    "airflow.providers.http.operators.http.HttpOperator",
    "airflow.providers.http.operators.http.SimpleHttpOperator",
    "airflow.operators.http_operator.SimpleHttpOperator",
)
def http(args: Arguments) -> Http | Action:
    """The connection gives the base address and credentials; `response_check` and `response_filter` run in Python."""
    if _needs_python(args):
        return hosted(args)
    args.ignore("pagination_function")
    action = _request(args, "POST", "data")
    return action.model_copy(update={"output": "text" if args.bool("do_xcom_push", True) else "none"})


@operator(
    "airflow.providers.http.sensors.http.HttpSensor",
    "airflow.sensors.http_sensor.HttpSensor",
)
def http_sensor(args: Arguments) -> Http | Action:
    """Waits until the request succeeds (404 means "not yet") and `response_check` is true."""
    if _needs_python(args) or args.raw("response_error_codes_allowlist") not in (None, ["404"]):
        return hosted(args)
    args.ignore("response_error_codes_allowlist")
    looking = poll(args)
    return _request(args, "GET", "request_params").model_copy(update={"poll": looking, "output": "none"})


def _needs_python(args: Arguments) -> bool:
    """Authentication classes, pages, retries and code that cannot be taken along need the operator itself."""
    if any(args.has(name) for name in ("auth_type", "pagination_function", "retry_args", "request_kwargs")):
        return True
    options = args.raw("extra_options")
    if isinstance(options, dict) and options.get("check_response", True) is not True:
        return True
    given = [args.values[n].value for n in ("response_check", "response_filter") if args.has(n)]
    return not all(is_code(value) for value in given)


def _request(args: Arguments, method: str, body_name: str) -> Http:
    verb = (args.text("method") or method).upper()
    options = args.raw("extra_options")
    extra = options if isinstance(options, dict) else {}
    headers = args.mapping("headers")
    body, kind = _body(args, body_name, verb, headers)
    timeout = extra.get("timeout")
    if options and not isinstance(options, dict):
        args.value("extra_options")
    dropped(args, "the connection is kept open as long as the request needs", "tcp_keep_alive", "tcp_keep_alive_idle")
    args.ignore_all("tcp_keep_alive_count", "tcp_keep_alive_interval", "log_response", "deferrable")
    args.ignore_all("auth_type", "retry_args", "request_kwargs", "warn_on_non_idempotent")
    return Http(
        method=verb,
        url=args.expr("endpoint") or EMPTY,
        connection=connection_id(args, "http_conn_id", default="http_default"),
        headers=headers,
        body=body,
        body_type=kind,
        check=args.callable("response_check"),
        response_filter=args.callable("response_filter"),
        timeout=float(timeout) if isinstance(timeout, int | float) else None,
        verify_tls=extra.get("verify", True) is not False,
        allow_redirects=extra.get("allow_redirects", True) is not False,
    )


def _body(args: Arguments, name: str, method: str, headers: tuple[tuple[str, Expr], ...]) -> tuple[Expr | None, Body]:
    """`requests` sends a dictionary as a form (GET: as the query), text as it is."""
    expr = args.expr(name)
    if expr is None or (isinstance(expr, exprs.Literal) and not expr.value):
        return None, "raw"
    if method == "GET":
        return expr, "query"
    mapping = isinstance(expr, exprs.DictExpr) or (isinstance(expr, exprs.Literal) and isinstance(expr.value, dict))
    return expr, "form" if mapping else "raw"
