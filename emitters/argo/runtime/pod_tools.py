"""Scripts for services' own clients: each operation's settings become `run.sh` and its files in a shared folder.

Secrets never stand in a script: it reads them from its environment, under the names that the spec gives.
"""

from __future__ import annotations

from pathlib import Path
from shlex import quote

from pod_tools_code import CODE
from pod_tools_data import CLOUD

HEAD = r"""set -eu
mkdir -p "$AF_OUT/xcom"
ended() {
  code=$?
  [ "$code" -eq 0 ] || [ -s "$AF_OUT/xcom/error" ] || printf \
    '{"error": {"message": "Command failed with code %s (runtime)", "stacktrace": ""}}' "$code" > "$AF_OUT/xcom/error"
}
trap ended EXIT
"""


def write(task):
    """Writes the script and the files of the task's operation."""
    folder = Path(task.spec["tool"])
    script = Script(task, folder)
    BUILDERS[task.spec["operation"]](script)
    (folder / "run.sh").write_text(HEAD + "\n".join(script.lines) + "\n", encoding="utf-8")


class Script:
    """A script in the making."""

    def __init__(self, task, folder):
        self.task = task
        self.folder = folder
        self.lines = []

    def add(self, *lines):
        """Further lines."""
        self.lines.extend(lines)

    def file(self, name, text):
        """A file beside the script; returns its quoted name."""
        (self.folder / name).write_text(text, encoding="utf-8")
        return quote(name)

    def setting(self, name, default=None):
        """An evaluated setting."""
        return self.task.setting(name, default)

    def text(self, name, default=""):
        """A setting as text."""
        from pod_scoped_ops import as_text

        value = self.setting(name)
        return default if value is None else as_text(value)

    def flag(self, name, default=False):
        """A setting that is true or false."""
        return self.setting(name, default) in (True, "true")

    def export(self, variable, secret, setting=None, default=None):
        """Sets a variable of the client from a secret, else from a setting."""
        source = (self.task.spec.get("secrets") or {}).get(secret)
        fallback = self.text(setting) if setting else ""
        fallback = fallback or (default or "")
        value = f"${{{source}:-}}" if source else ""
        self.add(f'{variable}="{value}"', f'[ -n "${variable}" ] || {variable}={quote(fallback)}', f"export {variable}")

    def each(self, name):
        """A setting that is a list of names, or one name."""
        value = self.setting(name)
        return value if isinstance(value, list) else [value] if value is not None else []


BUILDERS = {**CLOUD, **CODE}
