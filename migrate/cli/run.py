"""Ends a command with the right exit code and message."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

import click

from migrate.errors import UserError


def guarded(command: Callable[[], int], *, verbose: bool = False) -> None:
    """Runs `command` and exits with its code; user errors and our own faults exit with 2."""
    gc.set_threshold(100_000, 20, 100)  # most objects live to the end: collecting rarely saves a sixth of the time
    try:
        code = command()
    except UserError as error:
        for line in str(error).splitlines():
            click.echo(f"migrate: {line}", err=True)
        code = 2
    except (BrokenPipeError, KeyboardInterrupt):
        code = 2
    except OSError as error:
        if verbose:
            raise
        click.echo(f"migrate: {error.filename or ''}: {error.strerror or error}", err=True)
        code = 2
    except Exception as error:
        if verbose:
            raise
        from migrate.batch import describe

        click.echo(f"migrate: internal error: {describe(error)}. Run again with -v and report the trace.", err=True)
        code = 2
    sys.exit(code)
