"""Runs a command of a shell task as a process of the runner."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile

from pod_errors import Skipped


class CommandFailed(Exception):
    """The command ended with another exit code than 0."""


def execute(runner, command):
    """Runs the command, keeps its last line as the result. Raises Skipped for a skip code, CommandFailed else.

    Settings (`spec.shell`): program (list), env (encoded values by name), inherit_env, cwd, skip_codes, output.
    """
    settings = runner.spec.get("shell") or {}
    own = {name: str(runner.resolver.value(code)) for name, code in (settings.get("env") or {}).items()}
    env = {**os.environ, **own} if settings.get("inherit_env", True) or not own else own
    env = {**env, **_run_facts(runner.run)}
    cwd = runner.resolver.value(settings.get("cwd")) if settings.get("cwd") is not None else None
    scratch = None
    if cwd is None:
        scratch = cwd = tempfile.mkdtemp(prefix="af")
    try:
        last, code = _stream([*(settings.get("program") or ["bash"]), "-c", command], env, cwd)
    finally:
        if scratch:
            shutil.rmtree(scratch, ignore_errors=True)
    if code in (settings.get("skip_codes") or ()):
        raise Skipped("the command ended with %d" % code)
    if code:
        raise CommandFailed("Bash command failed. The command returned a non-zero exit code %d." % code)
    if settings.get("output", "last_line") == "last_line":
        runner.keep_result(last)


def _stream(argv, env, cwd):
    process = subprocess.Popen(argv, env=env, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    last = ""
    try:
        for raw in process.stdout:
            last = raw.decode("utf-8", "backslashreplace").rstrip()
            print(last, flush=True)
        return last, process.wait()
    except BaseException:
        process.terminate()
        raise
    finally:
        sys.stdout.flush()


def _run_facts(run):
    """The variables about the run that the source system gives to every command."""
    return {
        "AIRFLOW_CTX_DAG_OWNER": (run.spec.get("about_task") or {}).get("owner") or "airflow",
        "AIRFLOW_CTX_DAG_ID": run.workflow_id,
        "AIRFLOW_CTX_TASK_ID": run.task_id,
        "AIRFLOW_CTX_EXECUTION_DATE": run.logical_date.isoformat(),
        "AIRFLOW_CTX_TRY_NUMBER": str(run.try_index + 1),
        "AIRFLOW_CTX_DAG_RUN_ID": run.run_id,
    }
