"""The whole project for tasks that may read any file of it: one ConfigMap for all workflows of the project.

A ConfigMap has no folders, so its keys are flat and an index says which file each key is; the runner lays them out.
Files that hold secrets are keys of a Secret that a person fills.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from emitters.argo import manifest as m
from emitters.argo.build import metadata
from emitters.argo.write_yaml import to_yaml
from migrate.config import Config
from migrate.ir.actions import BundledFile, ProjectFiles
from migrate.names import file_key, project_object, short_hash, slug
from migrate.output import OutputFile

if TYPE_CHECKING:
    from emitters.argo.context import TemplateContext

PROJECT_DIR = "/af/project"
SECRET_DIR = "/af/project-secrets"  # noqa: S105 - a path inside the pod
INDEX = "index.af"
NAME = 54


def whole_project(ctx: TemplateContext) -> tuple[dict[str, str], list[dict[str, Any]], list[m.VolumeMount]]:
    """(settings of the runner, volumes, mounts) of a task that gets all files."""
    project = ctx.workflow.project
    assert project is not None
    ctx.whole_project = True
    name = object_name(project)
    settings = {"project": PROJECT_DIR}
    volumes: list[dict[str, Any]] = [{"name": "project", "configMap": {"name": name}}]
    mounts = [m.VolumeMount(name="project", mount_path=PROJECT_DIR, read_only=True)]
    if project.secret:
        secret = project_object(project.name)
        ctx.needs.secrets.setdefault(secret, set()).update(file_key(path) for path in project.secret)
        settings["project_secrets"] = SECRET_DIR
        volumes.append({"name": "project-secrets", "secret": {"secretName": secret, "optional": True}})
        mounts.append(m.VolumeMount(name="project-secrets", mount_path=SECRET_DIR, read_only=True))
    return settings, volumes, mounts


def object_name(project: ProjectFiles) -> str:
    """Name of the ConfigMap: a hash of its contents tells versions apart, so that a run keeps what it started with."""
    digest = short_hash(json.dumps([[*entry(f), f.text] for f in project.files] + list(project.secret)), 8)
    return f"{slug(f'project-{project.name}' if project.name else 'project', NAME)}-{digest}"


def entry(file: BundledFile) -> tuple[str, str, str]:
    """(key, path, `x`: executable, `b`: base64) of a file."""
    return file_key(file.path), file.path, "x" * file.executable + "b" * file.base64


def project_file(project: ProjectFiles, config: Config) -> OutputFile:
    """The manifest with the files."""
    name = object_name(project)
    index = [list(entry(f)) for f in project.files] + [[file_key(path), path, "s"] for path in project.secret]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in index)
    data = {INDEX: f"[\n{lines}\n]\n", **{file_key(f.path): f.text for f in project.files}}
    manifest = m.Manifest(api_version="v1", kind="ConfigMap", metadata=metadata(name, config), data=data)
    return OutputFile(path=f"shared/{name}.yaml", text=to_yaml(m.to_plain(manifest)))
