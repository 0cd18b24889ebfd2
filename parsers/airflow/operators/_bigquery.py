"""BigQuery jobs: the job's configuration as JSON, sent to the service by a small program in the `gcloud` image."""

from __future__ import annotations

from typing import Any

from migrate.diagnostics.operators import JobIdempotency
from migrate.ir import exprs
from migrate.ir.actions import Command
from migrate.ir.exprs import Expr
from parsers.airflow.arguments import Arguments
from parsers.airflow.evaluator.values import Value
from parsers.airflow.operators._cli import RESULT, Values, google, python_text

_JOB = """
import json
import os
import subprocess
import sys
import time
import urllib.request

token = subprocess.check_output(["gcloud", "auth", "print-access-token"], text=True).strip()
base = os.environ.get("BIGQUERY_API", "https://bigquery.googleapis.com/bigquery/v2/projects/")


def call(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json"}
    request = urllib.request.Request(base + url, data, headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        sys.exit("BigQuery answers %s: %s" % (error.code, error.read().decode(errors="replace")))


configuration = json.loads(os.environ["CONFIGURATION"])
if "QUERY" in os.environ:
    configuration.setdefault("query", {})["query"] = os.environ["QUERY"]
project = os.environ.get("PROJECT") or os.environ.get("GOOGLE_PROJECT")
if not project:
    project = subprocess.check_output(["gcloud", "config", "get-value", "project"], text=True).strip()
for part in configuration.values():
    for table in part.values() if isinstance(part, dict) else ():
        if isinstance(table, dict) and "tableId" in table and not table.get("projectId"):
            table["projectId"] = project
reference = {"projectId": project}
if os.environ.get("LOCATION"):
    reference["location"] = os.environ["LOCATION"]
if os.environ.get("JOB_ID"):
    reference["jobId"] = os.environ["JOB_ID"] + "_" + str(int(time.time()))
job = call(project + "/jobs", {"configuration": configuration, "jobReference": reference})
reference = job["jobReference"]
print("job", reference["jobId"])
while job["status"]["state"] != "DONE":
    time.sleep(2)
    job = call("%s/jobs/%s?location=%s" % (project, reference["jobId"], reference.get("location", "US")))
for error in job["status"].get("errors", ()):
    print(error.get("message"), file=sys.stderr)
if job["status"].get("errorResult"):
    sys.exit(job["status"]["errorResult"].get("message"))
with open("/tmp/result.json", "w") as out:
    json.dump(reference["jobId"], out)
"""


def job(args: Arguments, configuration: Expr, query: Expr | None = None) -> Command:
    """A job with this configuration; `query` is the SQL of a query job, kept apart from the rest."""
    values = Values()
    values.put(configuration, "CONFIGURATION")
    if query is not None:
        values.put(query, "QUERY")
    for name, argument in (("PROJECT", "project_id"), ("LOCATION", "location"), ("JOB_ID", "job_id")):
        expr = args.expr(argument) if args.has(argument) else None
        args.ignore(argument)
        if expr is not None:
            values.put(expr, name)
    if args.has("job_id"):
        args.report(JobIdempotency, "job_id")
    args.ignore_all("force_rerun", "reattach_states", "result_retry", "result_timeout", "poll_interval", "durable")
    return google(args, python_text(_JOB), values, output="file", outputs=(("return_value", RESULT),))


def dictionary(pairs: dict[str, Expr | Any]) -> Expr:
    """A mapping of the entries that are there."""
    known = {k: v for k, v in pairs.items() if v is not None}
    typed = {k: v if is_expr(v) else exprs.Literal(value=v) for k, v in known.items()}
    if all(isinstance(v, exprs.Literal) for v in typed.values()):
        return exprs.Literal(value={k: v.value for k, v in typed.items() if isinstance(v, exprs.Literal)})
    return exprs.DictExpr(items=tuple(typed.items()))


def is_expr(value: Any) -> bool:
    """Whether it is an expression of the intermediate representation."""
    return hasattr(value, "kind") and hasattr(value, "model_dump")


def table(args: Arguments, name: str) -> dict[str, str] | None:
    """`[project.|project:]dataset.table` as a table reference; None when the name is not known at conversion."""
    value: Value = args.raw(name)
    if not isinstance(value, str) or "{{" in value:
        return None
    left, _, last = value.replace(":", ".").rpartition(".")
    project, _, dataset = left.rpartition(".")
    return {**({"projectId": project} if project else {}), "datasetId": dataset, "tableId": last}


def table_expr(args: Arguments, name: str) -> Expr | None:
    """A table reference whose name may have parts that only the run knows (in the last part)."""
    known = table(args, name)
    if known is not None:
        return exprs.Literal(value=known)
    expr = args.expr(name)
    if not isinstance(expr, exprs.Concat):
        return None
    head = expr.parts[0]
    if not isinstance(head, exprs.Literal) or not isinstance(head.value, str) or head.value.count(".") < 1:
        return None
    rest = expr.parts[1:]
    if any(isinstance(p, exprs.Literal) and "." in str(p.value) for p in rest):
        return None
    left, _, start = head.value.replace(":", ".").rpartition(".")
    project, _, dataset = left.rpartition(".")
    parts = (exprs.Literal(value=start), *rest) if start else rest
    last = parts[0] if len(parts) == 1 else exprs.Concat(parts=tuple(parts))
    entries: dict[str, Expr | Any] = {"projectId": project or None, "datasetId": dataset, "tableId": last}
    return dictionary(entries)
