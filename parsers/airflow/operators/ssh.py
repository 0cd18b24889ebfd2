"""Commands on other machines, and files to and from them."""

from __future__ import annotations

from migrate.diagnostics.waits import FileOnWorker
from migrate.ir import exprs
from migrate.ir.actions import Action, Command
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import operator
from parsers.airflow.operators._cli import RESULT, Values, items, whole
from parsers.airflow.operators._common import EMPTY, constant_text, differs, dropped, skip_codes, template_text
from parsers.airflow.operators._sql import connection_id
from parsers.airflow.operators.hosted import hosted

_CREDENTIALS = (
    ("SSH_HOST", "host"),
    ("SSH_USER", "login"),
    ("SSH_PORT", "port"),
    ("SSH_PASSWORD", "password"),
    ("SSH_KEY", "extra.private_key"),
    ("SSH_HOST_KEY", "extra.host_key"),
)
_SETUP = """\
set -eu
umask 077
host=${REMOTE_HOST:-$SSH_HOST}
options="-o BatchMode=no -o StrictHostKeyChecking=accept-new"
if [ -n "${SSH_HOST_KEY:-}" ]; then
  printf '%s %s\\n' "$host" "$SSH_HOST_KEY" > /tmp/known_hosts
  options="-o StrictHostKeyChecking=yes -o UserKnownHostsFile=/tmp/known_hosts"
fi
if [ -n "${SSH_KEY:-}" ]; then
  printf '%s\\n' "$SSH_KEY" > /tmp/key
  options="$options -i /tmp/key"
elif [ -n "${SSH_PASSWORD:-}" ]; then
  printf '#!/bin/sh\\nprintf "%%s" "$SSH_PASSWORD"\\n' > /tmp/askpass
  chmod 700 /tmp/askpass
  export SSH_ASKPASS=/tmp/askpass SSH_ASKPASS_REQUIRE=force
fi
target=${SSH_USER:+$SSH_USER@}$host
port=${SSH_PORT:-22}
"""
_QUOTE = """\
quote() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\\\\\''/g")"; }
"""


@operator("airflow.providers.ssh.operators.ssh.SSHOperator", "airflow.contrib.operators.ssh_operator.SSHOperator")
def ssh(args: Arguments) -> Command | Action:
    """Run by `ssh` with the key or password of the connection's Secret. The output is the result, as base64."""
    if args.has("ssh_hook"):
        return hosted(args)
    args.ignore("ssh_hook")
    command = template_text(args, "command", (".sh", ".bash", ".csh", ".zsh", ".dash", ".ksh"))
    values = Values()
    values.put(command or EMPTY, "COMMAND")
    exports = [f'export {n}=$(quote "${values.put(v, f"REMOTE_{n}")}"); ' for n, v in args.mapping("environment")]
    _host(args, values)
    codes = skip_codes(args)
    limit = args.integer("cmd_timeout") if args.has("cmd_timeout") else args.integer("timeout")
    args.ignore_all("cmd_timeout", "timeout", "conn_timeout", "banner_timeout")
    script = _SETUP + (_QUOTE if exports else "")
    script += "code=0\n" + _call(args.bool("get_pty"), limit, exports)
    script += "".join(
        f'if [ "$code" = {c} ]; then mkdir -p /tmp/af/out; printf skipped > /tmp/af/out/state; exit 0; fi\n'
        for c in codes
    )
    script += (
        'cat /tmp/output\nprintf \'"%s"\' "$(base64 < /tmp/output | tr -d \'\\n\')" > /tmp/result.json\nexit "$code"\n'
    )
    output = args.bool("do_xcom_push", True)
    return _command(args, script, values, output="file" if output else "none")


def _call(pty: bool, limit: int | None, exports: list[str]) -> str:
    timeout = f"timeout {limit} " if limit else ""
    terminal = " -tt" if pty else ""
    words = "".join(f'remote="${{remote}}{export}"\n' for export in exports)
    return (
        f'remote=""\n{words}remote="$remote$COMMAND"\n'
        f'{timeout}ssh{terminal} $options -p "$port" "$target" "$remote" > /tmp/output || code=$?\n'
    )


@operator("airflow.providers.sftp.operators.sftp.SFTPOperator", "airflow.contrib.operators.sftp_operator.SFTPOperator")
def sftp(args: Arguments) -> Command | Action:
    """Copied by `sftp`; the local files must be on a volume that is mounted into the pod."""
    local, remote = args.expr("local_filepath"), args.expr("remote_filepath")
    if args.has("sftp_hook") or args.has("ssh_hook") or not whole(remote):
        return hosted(args)
    args.ignore_all("sftp_hook", "ssh_hook", "confirm", "concurrency", "prefetch", "deferrable")
    operation = (args.text("operation") or "put").lower()
    values = Values()
    _host(args, values)
    args.ignore("create_intermediate_dirs")
    lines = []
    locals_ = items(args, local) or (exprs.Literal(value=""),) * len(items(args, remote))
    for there, here in zip(items(args, remote), locals_, strict=False):
        lines.append(_transfer(operation, values.put(here, "LOCAL"), values.put(there, "REMOTE")))
    if operation != "delete":
        args.report(FileOnWorker, "local_filepath", path=constant_text(local) or "local_filepath")
    script = _SETUP + "".join(lines)
    return _command(args, script, values, output="none")


def _transfer(operation: str, here: str, there: str) -> str:
    verb = {"get": f'get "${there}" "${here}"', "delete": f'rm "${there}"'}.get(operation, f'put "${here}" "${there}"')
    words = verb.replace('"', '\\"')
    return f'printf \'%s\\n\' "{words}" | sftp -b - $options -P "$port" "$target"\n'


def _host(args: Arguments, values: Values) -> None:
    host = args.expr("remote_host") if args.has("remote_host") else None
    if host is not None:
        values.put(host, "REMOTE_HOST")


def _command(args: Arguments, script: str, values: Values, output: str) -> Command:
    differs(args, "is not used", "keepalive_interval")
    dropped(args, "the program's own", "hook")
    return Command(
        tool="ssh",
        script=script,
        env=tuple(values.env.items()),
        connection=connection_id(args, "ssh_conn_id", default="ssh_default"),
        credentials=_CREDENTIALS,
        output="file" if output == "file" else "none",
        outputs=(("return_value", RESULT),) if output == "file" else (),
    )
