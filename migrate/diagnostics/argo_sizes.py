"""Findings about objects that are larger than Argo or Kubernetes can keep."""

from __future__ import annotations

from typing import ClassVar

from migrate.diagnostics.base import Diagnostic, Severity


class WorkflowTooLarge(Diagnostic):
    """A run of the workflow does not fit into one Kubernetes object.

    ## Why it matters
    Argo copies the whole WorkflowTemplate into each run and adds the state of every step. It ends a run that is longer than
    1 MiB with an error, at its start or in its midst, unless the controller offloads the state of steps to a database.
    Offloading does not make the copy smaller: above about 1.5 MiB the cluster itself refuses the run.

    ## What to do
    Split the workflow in the source (a factory that makes one workflow for each group of tables instead of one for all), or
    map the tasks over a list. If the template itself stays below 1 MiB, `nodeStatusOffLoad` in the controller's settings
    (and a database) is enough.
    """

    code: ClassVar[str] = "OUT012"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "a run takes {size} or more with its {steps} steps; Argo's limit is 1 MiB"
    size: str
    steps: int


class ConfigMapTooLarge(Diagnostic):
    """One text of a workflow is longer than a ConfigMap may be.

    ## Why it matters
    Code and texts of a workflow are spread over several ConfigMaps, but one text stands in one of them. Kubernetes refuses
    a ConfigMap with more than 1 MiB, and without it the task's pod does not start.

    ## What to do
    Take long constants out of the DAG file: into the image (`--images` writes a Dockerfile) or into a bucket.
    """

    code: ClassVar[str] = "OUT013"
    severity: ClassVar[Severity] = Severity.MANUAL
    message: ClassVar[str] = "ConfigMap `{name}` would hold {size} in one text; Kubernetes' limit is 1 MiB"
    name: str
    size: str
