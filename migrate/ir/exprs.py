"""Values that tasks are given: constants, and references that are resolved when the workflow runs.

An `Expr` yields a JSON value. `Concat` yields text, made of its parts as the source language prints them.
"""

from __future__ import annotations

from typing import Annotated
from typing import Literal as Lit

from pydantic import Field

from migrate.ir.base import Json, Model
from migrate.source import Span

Path = tuple[str | int, ...]


class Literal(Model):
    """A value known at conversion."""

    kind: Lit["literal"] = "literal"
    value: Json


class Concat(Model):
    """Text made of parts, in order. A part that is not text is printed as the source language prints it."""

    kind: Lit["concat"] = "concat"
    parts: tuple[Expr, ...]


class ListExpr(Model):
    """A list (or tuple, set) with at least one item that is not a constant. `type` is list, tuple or set."""

    kind: Lit["list"] = "list"
    items: tuple[Expr, ...]
    type: Lit["list", "tuple", "set"] = "list"


class DictExpr(Model):
    """A mapping with at least one value that is not a constant. Keys are constants."""

    kind: Lit["dict"] = "dict"
    items: tuple[tuple[str, Expr], ...]


class ParamRef(Model):
    """A run parameter (declared in `Workflow.params`); `path` goes into its value. `default` if the caller gave none."""

    kind: Lit["param"] = "param"
    name: str
    path: Path = ()
    default: Expr | None = None


class RunConfRef(Model):
    """A value of the run's free-form configuration; `name` None means the whole configuration object."""

    kind: Lit["run-conf"] = "run-conf"
    name: str | None = None
    path: Path = ()
    default: Expr | None = None


class OutputRef(Model):
    """What a task of the same workflow produced under `key`.

    For a fanned-out task the value is the list over its instances. `default` when nothing was produced (None: null).
    `required`: reading fails when nothing was produced. `index`: None all; for "the instance of the same index" (inside a fanned-out group) the string "same".
    """

    kind: Lit["output"] = "output"
    task: str
    key: str = "return_value"
    path: Path = ()
    default: Expr | None = None
    index: int | Lit["same"] | None = None
    required: bool = False


class TimeShift(Model):
    """One step of date arithmetic, applied in order. Calendar units are added in `zone` of the `TimeRef`."""

    years: int = 0
    months: int = 0
    days: int = 0
    seconds: float = 0


class TimeRef(Model):
    """A time of the run.

    of: `logical`, `interval_start`, `interval_end`, `fire` (when the schedule fired or the run was made), `now`,
    `previous_logical`, `next_logical` (one schedule period before / after).
    zone: IANA name the result is shown in (None: UTC). layout: strftime format; `iso` = ISO 8601 with `T` and
    `+00:00`; `str` = the same with a blank; `unix` = whole seconds; None = a time value (not text).
    truncate: start of `day`, `month`, `hour` ... taken in `zone` after the shifts.
    """

    kind: Lit["time"] = "time"
    of: Lit["logical", "interval_start", "interval_end", "fire", "now", "previous_logical", "next_logical"]
    shifts: tuple[TimeShift, ...] = ()
    zone: str | None = None
    truncate: Lit["year", "month", "week", "day", "hour", "minute"] | None = None
    layout: str | None = None


class VariableRef(Model):
    """A value kept outside the workflows under a name (a variable). `json_path` not None: parsed as JSON first."""

    kind: Lit["variable"] = "variable"
    name: str
    json_path: Path | None = None
    default: Expr | None = None


class ConnectionRef(Model):
    """A field of a named connection: uri, host, port, login, password, schema, extra, or `extra.<key>`."""

    kind: Lit["connection"] = "connection"
    name: str
    field: str = "uri"


class SecretRef(Model):
    """A secret by name; `reason` says where it came from (a literal in the source, `${secret:x}`)."""

    kind: Lit["secret"] = "secret"
    name: str
    key: str = "value"
    reason: str = ""


class EnvRef(Model):
    """An environment variable of the old worker, read when the task runs."""

    kind: Lit["env"] = "env"
    name: str
    default: Expr | None = None


class ItemRef(Model):
    """The current item of the fan-out around this task: a mapping from argument name to value; `path` goes into it.

    Path `("$index",)` is the item's number. of: id of the fanned-out node whose item is meant (None: the nearest).
    templates: texts in it are templates, which each instance renders.
    """

    kind: Lit["item"] = "item"
    path: Path = ()
    of: str | None = None
    templates: bool = False


class RunRef(Model):
    """A fact about the run itself: run_id, workflow_id, task_id, task_key, try_number, item_index, run_type."""

    kind: Lit["run"] = "run"
    field: Lit["run_id", "workflow_id", "task_id", "task_key", "try_number", "item_index", "run_type", "uid"]


class Template(Model):
    """Text with Jinja that the pod renders when the task starts.

    `uses` are the references its text needs (each becomes an input); `names` binds names that the text uses to values
    known at conversion; `code` is Python source that defines `functions` (name in the text -> name in the code).
    native: the result is the value itself, not text.
    """

    kind: Lit["template"] = "template"
    text: str
    uses: tuple[Expr, ...] = ()
    names: tuple[tuple[str, Json], ...] = ()
    code: str = ""
    functions: tuple[tuple[str, str], ...] = ()
    filters: tuple[tuple[str, str], ...] = ()
    native: bool = False
    includes: tuple[tuple[str, str], ...] = ()
    """Name and text of other templates that this one includes or imports."""


class Transformed(Model):
    """A list value made from others when the run is there: map and filter (by a Python function), zip, concat."""

    kind: Lit["transformed"] = "transformed"
    op: Lit["map", "filter", "zip", "concat"]
    inputs: tuple[Expr, ...]
    code: str = ""
    entry: str = ""
    fill: Json = None


class Written(Model):
    """A value as text that is written when the run is there: as JSON, as JSON in which everything beyond ASCII is escaped,
    or as the source language writes a constant (`repr`)."""

    kind: Lit["written"] = "written"
    value: Expr
    form: Lit["json", "json-ascii", "repr"] = "json-ascii"


class Compare(Model):
    """left op right, for conditions that need no pod."""

    kind: Lit["compare"] = "compare"
    op: Lit["==", "!=", "<", "<=", ">", ">=", "in", "not in"]
    left: Expr
    right: Expr


class Bool(Model):
    """and / or / not over conditions; also the truth of a value (`truth`)."""

    kind: Lit["bool"] = "bool"
    op: Lit["and", "or", "not", "truth"]
    items: tuple[Expr, ...]


class Opaque(Model):
    """A value that conversion could not determine. `text` is its source; it never reaches an output silently."""

    kind: Lit["opaque"] = "opaque"
    why: str
    text: str = ""
    span: Span | None = None


Expr = Annotated[
    Literal
    | Concat
    | ListExpr
    | DictExpr
    | ParamRef
    | RunConfRef
    | OutputRef
    | TimeRef
    | VariableRef
    | ConnectionRef
    | SecretRef
    | EnvRef
    | ItemRef
    | RunRef
    | Template
    | Transformed
    | Written
    | Compare
    | Bool
    | Opaque,
    Field(discriminator="kind"),
]

for _m in (
    Concat, ListExpr, DictExpr, ParamRef, RunConfRef, OutputRef, VariableRef, EnvRef, Template, Transformed, Written,
    Compare, Bool,
):  # fmt: skip
    _m.model_rebuild()


def children(expr: Expr) -> tuple[Expr, ...]:
    """The direct parts of an expression, in order."""
    # `type(...) is`, not `isinstance`: that goes through the metaclass of the models, in Python, for each kind
    if type(expr) is Literal:
        return ()
    if type(expr) is Concat:
        return expr.parts
    if type(expr) is ListExpr or type(expr) is Bool:
        return expr.items
    if type(expr) is DictExpr:
        return tuple(v for _, v in expr.items)
    if type(expr) is Template:
        return expr.uses
    if type(expr) is Transformed:
        return expr.inputs
    if type(expr) is Written:
        return (expr.value,)
    if type(expr) is Compare:
        return (expr.left, expr.right)
    default = getattr(expr, "default", None)
    return (default,) if default is not None else ()


def walk(expr: Expr) -> tuple[Expr, ...]:
    """The expression and everything below it, depth first."""
    out: list[Expr] = []
    collect(expr, out)
    return tuple(out)


def collect(expr: Expr, out: list[Expr]) -> None:
    """Adds the expression and everything below it to `out`, depth first."""
    out.append(expr)
    for child in children(expr):
        collect(child, out)
