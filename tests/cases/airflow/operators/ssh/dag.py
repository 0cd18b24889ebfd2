"""Commands and files on another machine."""

from datetime import datetime

from airflow import DAG
from airflow.providers.sftp.operators.sftp import SFTPOperator
from airflow.providers.ssh.hooks.ssh import SSHHook
from airflow.providers.ssh.operators.ssh import SSHOperator

with DAG("old_server", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False) as dag:
    run = SSHOperator(
        task_id="run",
        ssh_conn_id="old_server",
        command="/opt/jobs/close.sh {{ ds }}",
        environment={"MODE": "full"},
        cmd_timeout=600,
        get_pty=True,
    )
    hooked = SSHOperator(task_id="hooked", ssh_hook=SSHHook(ssh_conn_id="old_server", cmd_timeout=30), command="uptime")
    fetch = SFTPOperator(
        task_id="fetch", ssh_conn_id="old_server", local_filepath="/data/{{ ds }}.csv", remote_filepath="/out/{{ ds }}.csv", operation="get"
    )
    run >> hooked >> fetch
