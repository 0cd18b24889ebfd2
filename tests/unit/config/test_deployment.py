"""Defaults that the old deployment had set: `[deployment]` of the configuration, or Airflow's own environment names."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.config import Config
from migrate.diagnostics.base import Sink
from migrate.frontends import front_end
from migrate.ir.workflow import Workflow
from migrate.request import Request

DAG = """
from datetime import datetime
from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG("d", start_date=datetime(2024, 1, 1), schedule="0 3 * * *"):
    BashOperator(task_id="a", bash_command="true")
    BashOperator(task_id="b", bash_command="true", retries=0, execution_timeout=None)
"""


def read(tmp_path: Path, config: Config, **env: str) -> Workflow:
    (tmp_path / "d.py").write_text(DAG)
    front = front_end(Request("airflow", (tmp_path,), config, env=env))
    sink = Sink()
    (file,) = front.discover(sink)
    (workflow,) = front.read(file, sink)
    return workflow


def test_without_settings_airflows_own_defaults_hold(tmp_path: Path) -> None:
    workflow = read(tmp_path, Config())
    first = next(workflow.tasks())
    assert (first.retry.limit, first.retry.delay, first.timeout) == (0, 300, None)
    assert workflow.schedule is not None
    assert (workflow.schedule.timezone, workflow.schedule.catchup) == ("UTC", True)


@pytest.mark.parametrize("by_env", [False, True])
def test_settings_of_the_deployment_are_defaults(tmp_path: Path, by_env: bool) -> None:
    if by_env:
        env = {
            "AIRFLOW__CORE__DEFAULT_TASK_RETRIES": "2",
            "AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": "60",
            "AIRFLOW__CORE__DEFAULT_TASK_EXECUTION_TIMEOUT": "900",
            "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Europe/Paris",
            "AIRFLOW__SCHEDULER__CATCHUP_BY_DEFAULT": "False",
        }
        workflow = read(tmp_path, Config(), **env)
    else:
        section = {
            "default_retries": 2,
            "default_retry_delay": 60,
            "default_execution_timeout": 900,
            "default_timezone": "Europe/Paris",
            "catchup_by_default": False,
        }
        workflow = read(tmp_path, Config.model_validate({"deployment": section}))
    first, second = workflow.tasks()
    assert (first.retry.limit, first.retry.delay, first.timeout) == (2, 60, 900)
    assert second.retry.limit == 0
    assert workflow.schedule is not None
    assert (workflow.schedule.timezone, workflow.schedule.catchup) == ("Europe/Paris", False)
    assert str(workflow.schedule.start) == "2024-01-01 00:00:00+01:00"
