"""Waits for files and for commands."""

from __future__ import annotations

from migrate.diagnostics.waits import FileOnWorker
from migrate.ir.actions import Command
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import operator
from parsers.airflow.operators._common import EMPTY, constant_text, differs, poll, template_text
from parsers.airflow.operators._sql import connection_id

_FILE = """\
case "$FILEPATH" in
  /*) pattern=$FILEPATH ;;
  *) pattern=${FS_BASE:-}/$FILEPATH ;;
esac
IFS=
for found in $pattern; do
  if [ -f "$found" ]; then exit 0; fi
  if [ -d "$found" ] && [ -n "$(find "$found" -type f | head -n 1)" ]; then exit 0; fi
done
exit 1
"""


@operator(
    "airflow.sensors.filesystem.FileSensor",
    "airflow.contrib.sensors.file_sensor.FileSensor",
    "airflow.providers.standard.sensors.filesystem.FileSensor",
)
def file(args: Arguments) -> Command:
    """Waits for a file, a pattern, or any file below a folder. The volume must be mounted into the pod."""
    looking = poll(args)
    path = args.expr("filepath") or EMPTY
    args.report(FileOnWorker, "filepath", path=constant_text(path) or "filepath")
    differs(args, "a pattern with ** is not followed into deeper folders", "recursive")
    args.ignore_all("start_from_trigger", "trigger_kwargs")
    connection = connection_id(args, "fs_conn_id", default="fs_default")
    based = connection != "fs_default"
    return Command(
        tool="busybox",
        script=_FILE,
        env=(("FILEPATH", path),),
        connection=connection if based else None,
        credentials=(("FS_BASE", "extra.path"),) if based else (),
        poll=looking,
    )


@operator(
    "airflow.sensors.bash.BashSensor",
    "airflow.contrib.sensors.bash_sensor.BashSensor",
    "airflow.providers.standard.sensors.bash.BashSensor",
)
def bash(args: Arguments) -> Command:
    """Waits until the command ends with 0; when `retry_exit_code` is given only that code means "not yet"."""
    looking = poll(args)
    args.ignore("output_encoding", "how the log is decoded")
    command = template_text(args, "bash_command", (".sh", ".bash")) or EMPTY
    code = args.integer("retry_exit_code")
    return Command(
        tool="bash",
        script='exec bash -c "$BASH_COMMAND_TEXT"\n',
        env=(*args.mapping("env"), ("BASH_COMMAND_TEXT", command)),
        poll=looking,
        not_yet_codes=(code,) if code is not None else (),
    )
