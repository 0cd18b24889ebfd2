"""Python callables of the sources as code that a pod can run."""

from __future__ import annotations

from parsers.airflow.callables.units import CodeBuilder, code_unit

__all__ = ["CodeBuilder", "code_unit"]
