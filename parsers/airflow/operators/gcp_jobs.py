"""Jobs of Google Cloud: Dataproc, Cloud Run, Dataflow."""

from __future__ import annotations

from typing import Any

from migrate.ir import exprs
from migrate.ir.actions import Action, Command
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import operator
from parsers.airflow.operators._bigquery import dictionary
from parsers.airflow.operators._cli import RESULT, Values, google, put_given, python_text
from parsers.airflow.operators._common import EMPTY, dropped
from parsers.airflow.operators._services import CALL, GOOGLE_LOGGED_IN
from parsers.airflow.operators.hosted import hosted

_DATAPROC = """
base = "https://dataproc.googleapis.com/v1/projects/%s/regions/%s/jobs" % (project, os.environ["REGION"])
job = call(base + ":submit", {"job": value("JOB"), "requestId": os.environ.get("REQUEST_ID", "")}, **auth)
name = job["reference"]["jobId"]
print("job", name)
keep(name)
while os.environ.get("WAIT", "yes") == "yes":
    status = call(base + "/" + name, **auth)["status"]
    if status["state"] in ("DONE", "ERROR", "CANCELLED", "ATTEMPT_FAILURE"):
        sys.exit(0 if status["state"] == "DONE" else "%s: %s" % (status["state"], status.get("details", "")))
    time.sleep(10)
"""
_CLOUD_RUN = """
base = "https://run.googleapis.com/v2/"
name = "projects/%s/locations/%s/jobs/%s" % (project, os.environ["REGION"], os.environ["JOB"])
body = {"overrides": value("OVERRIDES")} if value("OVERRIDES") else {}
operation = call(base + name + ":run", body, **auth)
end = time.time() + float(os.environ.get("TIMEOUT", "1e9"))
while not operation.get("done"):
    if time.time() > end:
        sys.exit("the job takes too long")
    time.sleep(10)
    operation = call(base + operation["name"], **auth)
if operation.get("error"):
    sys.exit(operation["error"].get("message"))
execution = operation["response"]
if execution.get("failedCount") or execution.get("succeededCount", 0) != execution.get("taskCount", 1):
    sys.exit("%s tasks failed" % execution.get("failedCount", 0))
keep(call(base + name, **auth))
"""
_DATAFLOW = """
base = "https://dataflow.googleapis.com/v1b3/projects/%s/locations/%s/" % (project, os.environ["LOCATION"])
body = value("BODY")
if os.environ.get("APPEND", "yes") == "yes":
    part = body.get("launchParameter", body)
    key = "jobName" if "jobName" in part or "job_name" not in part else "job_name"
    part[key] = "%s-%08x" % (part.get(key, "job"), int(time.time()))
job = call(base + os.environ["CALL"], body, **auth)["job"]
print("job", job["id"])
keep(job)
good = ("JOB_STATE_DONE", os.environ.get("EXPECTED") or "JOB_STATE_DONE")
while os.environ.get("WAIT", "yes") == "yes":
    job = call(base + "jobs/" + job["id"], **auth)
    state, kind = job.get("currentState", ""), job.get("type", "")
    if state in good or (kind == "JOB_TYPE_STREAMING" and state == "JOB_STATE_RUNNING"):
        break
    if state in ("JOB_STATE_FAILED", "JOB_STATE_CANCELLED", "JOB_STATE_UPDATED", "JOB_STATE_DRAINED"):
        sys.exit("the job ended as " + state)
    time.sleep(10)
"""


@operator("airflow.providers.google.cloud.operators.dataproc.DataprocSubmitJobOperator")
def dataproc(args: Arguments) -> Command | Action:
    """The job is sent as it is, and waited for unless it is asynchronous."""
    if not isinstance(args.raw("job"), dict):
        return hosted(args)
    values = Values()
    put_given(
        args, values, (("JOB", "job"), ("REGION", "region"), ("PROJECT", "project_id"), ("REQUEST_ID", "request_id"))
    )
    if args.bool("asynchronous"):
        values.put("no", "WAIT")
    dropped(args, "requests are repeated by the program", "retry", "timeout", "metadata", "polling_interval_seconds")
    args.ignore_all("wait_timeout", "start_from_trigger", "openlineage_inject_parent_job_info")
    args.ignore("openlineage_inject_transport_info")
    return _command(args, _DATAPROC, values)


@operator("airflow.providers.google.cloud.operators.cloud_run.CloudRunExecuteJobOperator")
def cloud_run(args: Arguments) -> Command:
    """The job is run with the overrides given, and waited for."""
    values = Values()
    put_given(args, values, (("JOB", "job_name"), ("REGION", "region"), ("PROJECT", "project_id")))
    if args.has("overrides"):
        values.put(args.expr("overrides") or EMPTY, "OVERRIDES")
    if args.has("timeout_seconds"):
        values.put(args.expr("timeout_seconds") or EMPTY, "TIMEOUT")
    args.ignore_all("overrides", "timeout_seconds", "polling_period_seconds", "use_regional_endpoint", "transport")
    args.ignore("verbose")
    return _command(args, _CLOUD_RUN, values)


@operator(
    "airflow.providers.google.cloud.operators.dataflow.DataflowTemplatedJobStartOperator",
    "airflow.contrib.operators.dataflow_operator.DataflowTemplateOperator",
)
def dataflow_template(args: Arguments) -> Command | Action:
    """The template is launched with its parameters, and the job waited for (a streaming job: until it runs)."""
    template = args.expr("template")
    if template is None or not isinstance(args.raw("template"), str) or "{{" in str(args.raw("template")):
        return hosted(args)
    options = {**(args.value("dataflow_default_options") or {}), **(args.value("options") or {})}
    environment = args.value("environment")
    project = options.pop("project", None)
    known: dict[str, Any] = {**options, **(environment if isinstance(environment, dict) else {})}
    values = Values()
    values.put(exprs.Literal(value=f"templates:launch?gcsPath={args.raw('template')}"), "CALL")
    name = (
        args.expr("job_name")
        if args.has("job_name")
        else exprs.Literal(value=(args.task_id or "job").replace("_", "-"))
    )
    args.ignore("job_name")
    body: dict[str, Any] = {
        "jobName": name,
        "parameters": args.expr("parameters") if args.has("parameters") else None,
        "environment": known or None,
    }
    args.ignore("parameters")
    values.put(dictionary(body), "BODY")
    if project and not args.has("project_id"):
        values.put(str(project), "PROJECT")
    return _dataflow(args, values)


@operator("airflow.providers.google.cloud.operators.dataflow.DataflowStartFlexTemplateOperator")
def dataflow_flex(args: Arguments) -> Command | Action:
    """The flex template is launched, and the job waited for (a streaming job: until it runs)."""
    if not isinstance(args.raw("body"), dict):
        return hosted(args)
    values = Values()
    values.put("flexTemplates:launch", "CALL")
    values.put(args.expr("body") or EMPTY, "BODY")
    return _dataflow(args, values)


def _dataflow(args: Arguments, values: Values) -> Command:
    location = args.expr("location") if args.has("location") else exprs.Literal(value="us-central1")
    args.ignore("location")
    values.put(location or EMPTY, "LOCATION")
    put_given(args, values, (("PROJECT", "project_id"), ("EXPECTED", "expected_terminal_state")))
    if not args.bool("append_job_name", True):
        values.put("no", "APPEND")
    if args.has("wait_until_finished") and not args.bool("wait_until_finished", True):
        values.put("no", "WAIT")
    dropped(args, "the program waits itself", "poll_sleep", "cancel_timeout", "drain_pipeline")
    return _command(args, _DATAFLOW, values)


def _command(args: Arguments, program: str, values: Values) -> Command:
    text = python_text(CALL + GOOGLE_LOGGED_IN + program)
    return google(args, text, values, output="file", outputs=(("return_value", RESULT),))
