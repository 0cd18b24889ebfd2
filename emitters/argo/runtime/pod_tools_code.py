"""`sh` and `rb` in an image of their own: the script sets what the runner evaluated, then runs the code."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from shlex import quote

PROJECT = "project"
VALID_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def project(script):
    """The project's files beside the script; the shell goes there."""
    from pod_scoped import lay_out

    task = script.task
    folder = script.folder / PROJECT
    lay_out(task.spec, folder)
    (folder / (task.spec.get("workdir") or ".")).mkdir(parents=True, exist_ok=True)
    script.add(f"WORK=$(pwd)\ncd {quote(os.path.join(PROJECT, task.spec.get('workdir') or '.'))}")


def own_environment(script):
    """`_env` of the task."""

    from pod_scoped_ops import environment_of

    task = script.task
    for name, value in environment_of(task).items():
        script.add(f"export {name}={quote(value)}")


def sh(script):
    """A shell command with all parameters in its environment."""
    from java_numbers import java_text
    from pod_scoped import ConfigError
    from pod_scoped_ops import shell_of

    task = script.task
    project(script)
    for name, value in task.evaluated().items():
        if not VALID_NAME.match(name):
            continue
        if value is None and name in task.names.raw:
            raise ConfigError(f"Parameter '{name}' is required but null")
        script.add(f"export {name}={quote(java_text(value))}")
    own_environment(script)
    script.add(f'export PATH="$PATH:$WORK/{PROJECT}"')
    command = " ".join(quote(part) for part in shell_of(task))
    name = script.file("runner.sh", task.with_secrets(task.text()))
    script.add(f'{command} "$WORK"/{name}')


def rb(script):
    """A Ruby method of the project's code; parameters by the names of arguments."""
    from pod_scoped_ops import as_text

    task = script.task
    project(script)
    own_environment(script)
    features = task.setting("require")
    features = features if isinstance(features, list) else [features] if features is not None else []
    script.file("input.json", json.dumps({"params": task.evaluated(), "require": features}, default=str))
    script.file("task.rb", (Path(__file__).parent / "task.rb").read_text(encoding="utf-8"))
    ruby = task.setting("ruby") or "ruby"
    words = [as_text(word) for word in (ruby if isinstance(ruby, list) else [ruby])]
    files = '"$WORK/input.json" "$AF_OUT/xcom/store" "$AF_OUT/xcom/error"'
    program = " ".join(quote(word) for word in words)
    script.add(f'{program} "$WORK/task.rb" {quote(task.text())} {files}')


CODE = {"sh": sh, "rb": rb}
