"""Nightly export with shell commands."""

from datetime import datetime, timedelta

from airflow.decorators import dag, task
from airflow.operators.bash import BashOperator


@dag(schedule="30 2 * * *", start_date=datetime(2024, 3, 1), catchup=False, tags=["export"])
def nightly_export():
    dump = BashOperator(
        task_id="dump",
        bash_command="set -e\nmkdir -p /tmp/export\nexport-tool --day {{ ds }} --out /tmp/export/{{ ds_nodash }}.csv",
        env={"EXPORT_REGION": "eu-west-1", "EXPORT_TOKEN": "zX81kq0pT3"},
        append_env=True,
        cwd="/tmp",
        retries=2,
        retry_delay=timedelta(minutes=1),
    )
    check = BashOperator(
        task_id="check",
        bash_command="test -s /tmp/export/{{ ds_nodash }}.csv || exit 99",
        skip_on_exit_code=99,
    )
    from_file = BashOperator(task_id="from_file", bash_command="scripts/publish.sh", do_xcom_push=False)

    @task.bash(env={"LEVEL": "info"})
    def summary(name: str) -> str:
        return f"echo {name} done at $(date -u +%H)"

    dump >> check >> from_file >> summary("export")


nightly_export()
