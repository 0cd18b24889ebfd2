"""Schedules of DAGs -> `migrate.ir.schedule`."""

from __future__ import annotations

from parsers.airflow.schedules.read import read_schedule

__all__ = ["read_schedule"]
