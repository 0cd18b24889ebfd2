"""Jobs of Amazon Web Services: Lambda, Glue, EMR steps, ECS tasks."""

from __future__ import annotations

from typing import Any

from migrate.ir import exprs
from migrate.ir.actions import Action, Command
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import operator
from parsers.airflow.operators._bigquery import dictionary
from parsers.airflow.operators._cli import RESULT, Values, aws, put_given
from parsers.airflow.operators._common import EMPTY, dropped
from parsers.airflow.operators.hosted import hosted

_WATCHES = ("waiter_delay", "waiter_max_attempts", "durable", "verbose", "job_poll_interval", "sleep_before_return")

_LAMBDA = """\
printf '%s' "${PAYLOAD:-}" > /tmp/payload
error=$(aws lambda invoke --function-name "$FUNCTION" ${INVOCATION:+--invocation-type "$INVOCATION"} \\
  ${QUALIFIER:+--qualifier "$QUALIFIER"} ${CLIENT_CONTEXT:+--client-context "$CLIENT_CONTEXT"} \\
  --cli-binary-format raw-in-base64-out --payload file:///tmp/payload --query FunctionError --output text /tmp/answer)
cat /tmp/answer
printf '"%s"' "$(sed 's/\\\\/\\\\\\\\/g; s/"/\\\\"/g' /tmp/answer | tr -d '\\n')" > /tmp/result.json
[ "$error" = None ] || [ -z "$error" ]
"""
_GLUE = """\
run=$(aws glue start-job-run --cli-input-json "$REQUEST" --query JobRunId --output text)
echo "run $run"
printf '"%s"' "$run" > /tmp/result.json
while [ "${WAIT:-yes}" = yes ]; do
  state=$(aws glue get-job-run --job-name "$JOB" --run-id "$run" --query JobRun.JobRunState --output text)
  case "$state" in
    SUCCEEDED) exit 0 ;;
    FAILED | STOPPED | TIMEOUT | ERROR | EXPIRED) echo "$state" >&2; exit 1 ;;
  esac
  sleep 15
done
"""
_EMR = """\
steps=$(aws emr add-steps --cluster-id "$CLUSTER" --steps "$STEPS" ${ROLE:+--execution-role-arn "$ROLE"} \\
  --query StepIds --output text)
printf '["%s"]' "$(echo "$steps" | sed 's/[[:space:]][[:space:]]*/", "/g')" > /tmp/result.json
if [ "${WAIT:-no}" = yes ]; then
  for step in $steps; do
    aws emr wait step-complete --cluster-id "$CLUSTER" --step-id "$step" || exit 1
  done
fi
"""
_ECS = """\
task=$(aws ecs run-task --cli-input-json "$REQUEST" --query 'tasks[0].taskArn' --output text)
[ "$task" != None ] || { echo 'no task was started' >&2; exit 1; }
echo "task $task"
printf '"%s"' "$task" > /tmp/result.json
if [ "${WAIT:-yes}" = no ]; then exit 0; fi
until aws ecs wait tasks-stopped --cluster "$CLUSTER" --tasks "$task"; do sleep 5; done
codes=$(aws ecs describe-tasks --cluster "$CLUSTER" --tasks "$task" \\
  --query 'tasks[0].containers[].exitCode' --output text)
[ -n "$codes" ] && [ "$codes" != None ] || exit 1
for code in $codes; do
  [ "$code" = 0 ] || exit 1
done
"""


@operator(
    "airflow.providers.amazon.aws.operators.lambda_function.LambdaInvokeFunctionOperator",
    "airflow.providers.amazon.aws.operators.lambda_function.AwsLambdaInvokeFunctionOperator",
    "airflow.providers.amazon.aws.operators.aws_lambda.AwsLambdaInvokeFunctionOperator",
)
def invoke_lambda(args: Arguments) -> Command:
    """Invoked by `aws lambda invoke`; an error of the function fails the step, its answer is the result."""
    values = Values()
    names = (("FUNCTION", "function_name"), ("PAYLOAD", "payload"), ("INVOCATION", "invocation_type"))
    put_given(args, values, (*names, ("QUALIFIER", "qualifier"), ("CLIENT_CONTEXT", "client_context")))
    dropped(args, "the log is in CloudWatch", "log_type", "keep_empty_log_lines")
    return aws(args, _LAMBDA, values, output="file", outputs=(("return_value", RESULT),))


@operator(
    "airflow.providers.amazon.aws.operators.glue.GlueJobOperator",
    "airflow.providers.amazon.aws.operators.glue.AwsGlueJobOperator",
)
def glue(args: Arguments) -> Command | Action:
    """Starts a run of an existing job and waits for it. An operator that makes the job first runs hosted."""
    makes = (
        "script_location",
        "create_job_kwargs",
        "s3_bucket",
        "iam_role_arn",
        "iam_role_name",
        "replace_script_file",
        "update_config",
    )
    extra = args.raw("run_job_kwargs")
    if any(args.raw(name) for name in makes) or not (extra is None or isinstance(extra, dict)):
        return hosted(args)
    args.ignore_all(*makes, *_WATCHES, "job_desc", "concurrent_run_limit", "retry_limit", "num_of_dpus", "deferrable")
    args.ignore_all("stop_job_run_on_kill", "resume_glue_job_on_retry")
    values = Values()
    name = args.expr("job_name") or exprs.Literal(value="aws_glue_default_job")
    values.put(name, "JOB")
    request: dict[str, Any] = {
        "JobName": name,
        "Arguments": args.expr("script_args") if args.has("script_args") else None,
    }
    args.ignore("script_args")
    request |= {str(k): args.convert(v, f"run_job_kwargs.{k}") for k, v in (extra or {}).items()}
    values.put(dictionary(request), "REQUEST")
    _wait(args, values, True)
    return aws(args, _GLUE, values, output="file", outputs=(("return_value", RESULT),))


@operator(
    "airflow.providers.amazon.aws.operators.emr.EmrAddStepsOperator",
    "airflow.contrib.operators.emr_add_steps_operator.EmrAddStepsOperator",
)
def emr_steps(args: Arguments) -> Command | Action:
    """Adds steps to a running cluster; waits for them if the source does."""
    steps = args.expr("steps")
    if args.has("job_flow_name") or not args.has("job_flow_id") or steps is None or isinstance(args.raw("steps"), str):
        return hosted(args)
    args.ignore_all("job_flow_name", "cluster_states", *_WATCHES)
    values = Values()
    values.put(steps, "STEPS")
    put_given(args, values, (("CLUSTER", "job_flow_id"), ("ROLE", "execution_role_arn")))
    _wait(args, values, False)
    return aws(args, _EMR, values, output="file", outputs=(("return_value", RESULT),))


_ECS_FIELDS = {
    "cluster": "cluster",
    "task_definition": "taskDefinition",
    "overrides": "overrides",
    "launch_type": "launchType",
    "capacity_provider_strategy": "capacityProviderStrategy",
    "volume_configurations": "volumeConfigurations",
    "group": "group",
    "placement_constraints": "placementConstraints",
    "placement_strategy": "placementStrategy",
    "platform_version": "platformVersion",
    "network_configuration": "networkConfiguration",
    "propagate_tags": "propagateTags",
}


@operator(
    "airflow.providers.amazon.aws.operators.ecs.EcsRunTaskOperator",
    "airflow.providers.amazon.aws.operators.ecs.ECSOperator",
    "airflow.providers.amazon.aws.operators.ecs.EcsOperator",
    "airflow.contrib.operators.ecs_operator.ECSOperator",
)
def ecs_task(args: Arguments) -> Command | Action:
    """Runs a task and waits for it; an exit code other than 0 fails the step."""
    if args.has("skip_on_exit_code"):
        return hosted(args)
    args.ignore("skip_on_exit_code")
    values = Values()
    request: dict[str, Any] = {}
    for name, field in _ECS_FIELDS.items():
        expr = args.expr(name) if args.has(name) else None
        args.ignore(name)
        request[field] = expr
    tags = args.value("tags")
    request["tags"] = [{"key": k, "value": v} for k, v in tags.items()] if isinstance(tags, dict) else None
    if request.get("capacityProviderStrategy") is None:
        request["launchType"] = request.get("launchType") or "EC2"
    else:
        request["launchType"] = None
    values.put(args.expr("cluster") or EMPTY, "CLUSTER")
    values.put(dictionary(request), "REQUEST")
    _wait(args, values, True)
    dropped(args, "the log is in CloudWatch", "awslogs_group", "awslogs_region", "awslogs_stream_prefix")
    args.ignore_all("awslogs_fetch_interval", "container_name", "quota_retry", "reattach", "number_logs_exception")
    args.ignore_all("stop_task_on_failure", *_WATCHES)
    return aws(args, _ECS, values, output="file", outputs=(("return_value", RESULT),))


def _wait(args: Arguments, values: Values, default: bool) -> None:
    wanted = args.bool("wait_for_completion", default)
    if wanted != default:
        values.put("yes" if wanted else "no", "WAIT")
