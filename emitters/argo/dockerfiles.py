"""Dockerfiles of the images that tasks need beyond the default ones: `images/<kind>/Dockerfile`, `requirements.txt`.

What a kind of image holds was noted by the templates (`Needs.builds`); nothing here decides which task needs which.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping

from emitters.argo.templates.images import FRAMEWORK, PROJECT, SCRIPT
from migrate.config import Config
from migrate.distributions import normalized
from migrate.output import Needs, OutputFile

NODE = "node:22.14.0-bookworm-slim"
ENGINE = ("moment@2.21.0",)
"""What `pod_engine` runs expressions with."""
SHOWN = 12
"""Tasks that the head of a Dockerfile names."""


def image_files(needs: Needs, config: Config, pins: Mapping[str, str]) -> Iterable[OutputFile]:
    """The files of every image to build. pins: normalized distribution name -> requirement line of the project."""
    for kind in sorted(needs.builds):
        packages = requirements(needs.builds[kind], pins)
        text = dockerfile(kind, needs, config, packages)
        yield OutputFile(path=f"images/{kind}/Dockerfile", text=text)
        if kind.startswith(f"{PROJECT}-"):
            yield OutputFile(path=f"images/{kind}/Dockerfile.dockerignore", text=_NOT_COPIED)
        elif packages:
            yield OutputFile(path=f"images/{kind}/requirements.txt", text=packages)


def requirements(names: Iterable[str], pins: Mapping[str, str]) -> str:
    """Text of `requirements.txt`, sorted: with the versions that the project's own requirement files ask for. Names
    that no distribution can have (they come from sources) are left out."""
    known = (name for name in names if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name))
    lines = {pins.get(normalized(name), name) for name in known}
    return "".join(f"{line}\n" for line in sorted(lines, key=str.lower))


def dockerfile(kind: str, needs: Needs, config: Config, packages: str = "") -> str:
    """Text of a Dockerfile. The base image is the configured one of the kind. packages: text of `requirements.txt`; the
    build of a project's image has the project as its context, so they stand in the Dockerfile."""
    parts = [_head(kind, config, sorted(needs.build_tasks[kind]))]
    if kind == SCRIPT:
        install = f"RUN npm install --no-audit --no-fund {' '.join(ENGINE)}"
        parts.append(f"FROM {NODE} AS engine\nWORKDIR /engine\n{install}\n")
        parts.append(f"FROM {config.images['python']}\n{_ENGINE_FILES}")
    else:
        parts.append(f"FROM {min(needs.build_bases[kind])}\n")
    if kind.startswith(f"{PROJECT}-"):
        names = " ".join(shlex.quote(line) for line in packages.splitlines())
        parts.append(f"RUN pip install --no-cache-dir {names}\n" if names else "")
        parts.append("COPY . /af/project\n")
    elif packages:
        parts.append(_BESIDE_RELEASE if kind.startswith(FRAMEWORK) else _PACKAGES)
    return "\n".join(part for part in parts if part)


def _head(kind: str, config: Config, tasks: list[str]) -> str:
    project = kind.startswith(f"{PROJECT}-")
    context = "PROJECT" if project else f"images/{kind}"
    lines = [f"docker build -t {config.built_image(kind)} -f images/{kind}/Dockerfile {context}"]
    if project:
        lines.append("PROJECT is the folder of the project.")
    lines.append("For these tasks:")
    lines += [f"  {re.sub(r'[^ -~]', '?', task)}" for task in tasks[:SHOWN]]
    if len(tasks) > SHOWN:
        lines.append(f"  and {len(tasks) - SHOWN} more")
    return "".join(f"# {line}\n" for line in lines)


_NOT_COPIED = """\
# What BuildKit leaves out of the image: names that start with a dot, by-products. Add files that hold secrets.
**/.*
**/__pycache__
**/node_modules
**/venv
"""
_ENGINE_FILES = """\
COPY --from=engine /usr/local/bin/node /usr/local/bin/node
COPY --from=engine /engine/node_modules /opt/engine/node_modules
ENV NODE_PATH=/opt/engine/node_modules
"""
_PACKAGES = """\
COPY requirements.txt /tmp/requirements.txt
RUN pip install --no-cache-dir --requirement /tmp/requirements.txt
"""
_BESIDE_RELEASE = """\
# The versions of the release in the image stay as they are.
COPY requirements.txt /tmp/requirements.txt
RUN pip list --format=freeze > /tmp/release.txt \\
    && pip install --no-cache-dir --constraint /tmp/release.txt --requirement /tmp/requirements.txt
"""
