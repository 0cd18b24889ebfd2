"""Converts Airflow DAGs and Digdag workflows to Argo Workflows."""

__version__ = "0.1.0"
