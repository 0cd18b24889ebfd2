"""Renders maps in Docker containers."""

from datetime import datetime

from airflow import DAG
from airflow.decorators import task
from airflow.providers.docker.operators.docker import DockerOperator
from docker.types import Mount

with DAG("render_maps", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False) as dag:
    render = DockerOperator(
        task_id="render",
        image="registry.example.org/maps/render:2.1",
        command="render --day {{ ds }} --title 'Daily map'",
        environment={"ZOOM": "12"},
        private_environment={"TILE_KEY": "t-1"},
        mounts=[Mount(source="/srv/tiles", target="/tiles", type="bind", read_only=True), Mount(source="cache", target="/cache")],
        mem_limit="512m",
        cpus=0.5,
        user="1000:1000",
        working_dir="/work",
        network_mode="bridge",
        docker_url="tcp://docker:2375",
        docker_conn_id="maps_registry",
        auto_remove="success",
        mount_tmp_dir=False,
    )

    @task.docker(image="python:3.12-slim", environment={"LEVEL": "debug"})
    def count(n: int):
        return n + 1

    render >> count(1)
