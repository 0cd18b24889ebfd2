"""Errors that Airflow itself would raise while a DAG file is loaded."""

from __future__ import annotations


class AirflowError(Exception):
    """Raised by the modelled Airflow; `name` is the class of the exception that the user's code would see."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.message = message
