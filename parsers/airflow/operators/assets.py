"""`@asset` of Airflow 3: a function that makes an asset, in a workflow of its own."""

from __future__ import annotations

import libcst as cst

from migrate.diagnostics.pod_options import OptionManual
from migrate.ir.actions import Python, Unconverted
from parsers.airflow.arguments import Arguments
from parsers.airflow.catalog import operator
from parsers.airflow.operators._python import python_action


@operator(decorators=("asset", "asset.multi"))
def asset(args: Arguments) -> Python | Unconverted:
    """The function that makes an asset. Parameters that name assets are not given: a person has to replace them."""
    made = python_action(args)
    function = args.task.function if args.task is not None else None
    node = getattr(function, "node", None)
    names = [p.name.value for p in node.params.params] if isinstance(node, cst.FunctionDef) else []
    for name in names:
        if name != "context":
            args.report(
                OptionManual, name=name, what="the asset that this parameter stands for is not given to the step"
            )
    return made
