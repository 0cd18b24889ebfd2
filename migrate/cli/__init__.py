"""The command line. Commands import what they need when they run, so that `migrate --help` answers at once."""

from __future__ import annotations

import click

from migrate import __version__
from migrate.cli.convert import airflow, digdag
from migrate.cli.explain import explain
from migrate.cli.init import init
from migrate.cli.inspect import inspect
from migrate.cli.operators import operators
from migrate.cli.verify import verify


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="migrate")
def cli() -> None:
    """Moves Airflow DAGs and Digdag workflows to Argo Workflows.

    What is converted without a finding behaves in Argo as before. What is not converted stands in the report with
    file and line, and in the output as a step that fails. Your code is read, never run.
    """


for _command in (airflow, digdag, inspect, verify, explain, operators, init):
    cli.add_command(_command)
