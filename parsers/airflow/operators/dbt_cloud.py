"""dbt Cloud: runs of jobs."""

from __future__ import annotations

from typing import Any

from migrate.ir import exprs
from migrate.ir.actions import Action, Command
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import operator
from parsers.airflow.operators._bigquery import dictionary
from parsers.airflow.operators._cli import RESULT, Values, python_text
from parsers.airflow.operators._services import CALL
from parsers.airflow.operators._sql import connection_id
from parsers.airflow.operators.hosted import hosted

_RUN = """
host = os.environ.get("DBT_HOST") or "cloud.getdbt.com"
account = os.environ.get("ACCOUNT") or os.environ.get("DBT_ACCOUNT")
base = "%s/api/v2/accounts/%s/" % (host if host.startswith("http") else "https://" + host, account)
auth = {"Authorization": "Token " + os.environ.get("DBT_TOKEN", "")}
run = call(base + "jobs/%s/run/" % os.environ["JOB"], value("BODY", {}), **auth)["data"]["id"]
print("run", run)
keep(run)
end = time.time() + float(os.environ.get("TIMEOUT", "604800"))
while os.environ.get("WAIT", "yes") == "yes":
    status = call(base + "runs/%s/" % run, **auth)["data"]["status"]
    if status in (10, 20, 30):
        sys.exit({10: 0}.get(status, "the run ended with status %s" % status))
    if time.time() > end:
        sys.exit("the run takes too long")
    time.sleep(float(os.environ.get("INTERVAL", "60")))
"""


@operator("airflow.providers.dbt.cloud.operators.dbt.DbtCloudRunJobOperator")
def run_job(args: Arguments) -> Command | Action:
    """Started and waited for by a small program; account and token come from the connection's Secret."""
    special = (
        "reuse_existing_run",
        "retry_from_failure",
        "project_name",
        "environment_name",
        "job_name",
        "hook_params",
    )
    if not args.has("job_id") or any(args.raw(name) for name in special):
        return hosted(args)
    args.ignore_all(*special, "deferrable", "openlineage_inject_parent_job_info")
    values = Values()
    values.put(args.expr("job_id") or exprs.Literal(value=""), "JOB")
    values.put(_body(args), "BODY")
    if args.has("account_id"):
        values.put(args.expr("account_id") or exprs.Literal(value=""), "ACCOUNT")
    args.ignore("account_id")
    values.put(f"{args.number('check_interval', 60.0) or 60.0:g}", "INTERVAL")
    values.put(f"{args.number('timeout', 604800.0) or 604800.0:g}", "TIMEOUT")
    if not args.bool("wait_for_termination", True):
        values.put("no", "WAIT")
    return Command(
        tool="python",
        script=python_text(CALL + _RUN),
        env=tuple(values.env.items()),
        connection=connection_id(args, "dbt_cloud_conn_id", default="dbt_cloud_default"),
        credentials=(("DBT_ACCOUNT", "login"), ("DBT_TOKEN", "password"), ("DBT_HOST", "host")),
        output="file",
        outputs=(("return_value", RESULT),),
    )


def _body(args: Arguments) -> exprs.Expr:
    cause = args.expr("trigger_reason") if args.has("trigger_reason") else None
    args.ignore("trigger_reason")
    extra = args.value("additional_run_config")
    body: dict[str, Any] = {
        "cause": cause or f"Triggered by the workflow {args.workflow}, task {args.task_id}",
        "steps_override": list(args.strings("steps_override")) or None,
        "schema_override": args.expr("schema_override") if args.has("schema_override") else None,
        **(extra if isinstance(extra, dict) else {}),
    }
    args.ignore("schema_override")
    return dictionary(body)
