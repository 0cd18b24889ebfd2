"""Evaluated DAG objects -> workflows of the intermediate representation."""

from __future__ import annotations

from parsers.airflow.build.workflow import build

__all__ = ["build"]
