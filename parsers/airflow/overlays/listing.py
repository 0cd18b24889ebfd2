"""The overlay files. Importing this module registers them all; append one import per file, sorted."""

from __future__ import annotations

from parsers.airflow.overlays import airflow_modules as airflow_modules
