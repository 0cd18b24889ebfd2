"""The Airflow front end: DAG files to workflows."""

from __future__ import annotations

from parsers.airflow.inputs import AirflowInputs

__all__ = ["AirflowInputs"]
