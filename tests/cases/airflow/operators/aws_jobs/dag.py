"""Jobs of Amazon Web Services."""

from datetime import datetime

from airflow import DAG
from airflow.providers.amazon.aws.operators.ecs import EcsRunTaskOperator
from airflow.providers.amazon.aws.operators.emr import EmrAddStepsOperator
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
from airflow.providers.amazon.aws.operators.lambda_function import LambdaInvokeFunctionOperator

STEPS = [
    {
        "Name": "count",
        "ActionOnFailure": "CONTINUE",
        "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["spark-submit", "s3://code/count.py", "{{ ds }}"]},
    }
]

with DAG("aws_jobs", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False, default_args={"aws_conn_id": "aws_jobs"}) as dag:
    notify = LambdaInvokeFunctionOperator(task_id="notify", function_name="notify", payload='{"day": "{{ ds }}"}')
    clean = GlueJobOperator(task_id="clean", job_name="clean", script_args={"--day": "{{ ds }}"}, region_name="eu-west-1")
    made = GlueJobOperator(task_id="made", job_name="made", script_location="s3://code/made.py", iam_role_name="glue")
    count = EmrAddStepsOperator(task_id="count", job_flow_id="j-1", steps=STEPS, wait_for_completion=True)
    report = EcsRunTaskOperator(
        task_id="report",
        cluster="reports",
        task_definition="report:3",
        launch_type="FARGATE",
        overrides={"containerOverrides": [{"name": "report", "command": ["--day", "{{ ds }}"]}]},
        network_configuration={"awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": "DISABLED"}},
        awslogs_group="/ecs/report",
    )
    notify >> [clean, made] >> count >> report
