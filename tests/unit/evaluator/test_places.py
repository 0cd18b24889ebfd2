"""Positions equal those of LibCST's own provider; call sites; the trace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from migrate.diagnostics.base import Sink
from migrate.source import SourceFile, Span
from parsers.airflow.deep import run_deep
from parsers.airflow.evaluator.trace import Trace
from parsers.airflow.evaluator.values import Native
from parsers.airflow.frontend import AirflowFrontEnd, AirflowInputs
from parsers.airflow.overlays.registry import BUILTINS
from parsers.airflow.positions import Positions

SOURCE = '''
@deco(1)
@other.deco("é", f(2))
def function(a, b=g(1), *, c=h(2), **kw) -> call(3):
    """Doc."""
    x = "ünï" + f(a, *b, k=g(1), **h(c)); y = g(x)
    return (f)(x)[g(1):h(2), 3] if not a and b and (c or d) else {k(1): v(2) for k in f() if g(k)}

async def coroutine():
    async with f() as x, g(): await h(x)

class A(B(1), metaclass=C(2)):
    x: f(1) = g(2)
    y += [f(i) for i in g(1) if h(i)]

for a, b in f(
    1,
    g(2),
): h(a)
else:
    f()
while f(1) < g(2) <= h(3):
    try:
        a = b = f(1)
    except (f(2), g(3)) as e:
        raise f(4) from g(5)
    else: f(6)
    finally:
        assert f(7), g(8)
with f() as x, (g()) as y:
    lambda q=f(1): g(q)
match f(1):
    case [x] if g(x):
        h(x)
if (n := f(1)): print(f(2))
elif g(3): f(4); g(5)
else: del a[f(6)]
a = f"{x!r} text" "more" if f(1) else -g(2) ** h(3)
t >> [f(1), g(2)] >> h(3)
x[(f(1), g(2))] = x[f(1), g(2)]
'''


class Visitor(cst.CSTVisitor):
    """All calls, arguments, names and attributes, each with its innermost statement."""

    def __init__(self) -> None:
        self.statements: list[cst.CSTNode] = []
        self.found: list[tuple[cst.CSTNode, cst.CSTNode | None]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.BaseStatement):
            self.statements.append(node)
        if isinstance(node, cst.Call | cst.Arg | cst.Attribute | cst.Subscript | cst.Dict | cst.List):
            self.found.append((node, self.statements[-1] if self.statements else None))
        return True

    def on_leave(self, node: cst.CSTNode) -> None:
        if self.statements and self.statements[-1] is node:
            self.statements.pop()


def test_positions_equal_the_providers() -> None:
    tree = cst.parse_module(SOURCE)
    wanted = MetadataWrapper(tree, unsafe_skip_copy=True).resolve(PositionProvider)
    positions = Positions(tree, SOURCE)
    paired = 0
    visitor = Visitor()
    tree.visit(visitor)
    for node, statement in visitor.found:
        place = wanted[node]
        got = positions.of(node, statement)
        assert got == (place.start.line, place.start.column, place.end.line, place.end.column), tree.code_for_node(node)
        paired += node in positions._expressions
    assert len(visitor.found) > 100
    assert paired > 0.8 * len(visitor.found)


def sites(folder: Path, files: dict[str, str]) -> list[tuple[Span, Span | None]]:
    """What `call_site` says in each call of `mark()`, evaluating `main.py`."""
    for name, text in files.items():
        (folder / name).write_text(text)
    found: list[tuple[Span, Span | None]] = []

    def mark(interp: Any, args: Any, kwargs: Any, site: Any) -> None:
        found.append(interp.call_site(site))

    BUILTINS["mark"] = Native("mark", mark)
    try:
        front = AirflowFrontEnd(AirflowInputs(roots=(folder,)))
        run_deep(lambda: front.run_module(SourceFile(folder, folder / "main.py", "main.py"), Sink()))
    finally:
        del BUILTINS["mark"]
    return found


def test_call_sites(tmp_path: Path) -> None:
    files = {
        "helper.py": "def make():\n    return inner()\ndef inner():\n    mark()\n",
        "main.py": "import helper\nmark()\nx = [helper.make()]\nfor i in range(1):\n    mark()\n",
    }
    plain, helped, looped = sites(tmp_path, files)
    assert plain == (Span("main.py", 2, 0, 2, 6), None)
    assert helped == (Span("helper.py", 4, 4, 4, 10), Span("main.py", 3, 5, 3, 18))
    assert looped == (Span("main.py", 5, 4, 5, 10), Span("main.py", 5, 4, 5, 10))


def test_trace(tmp_path: Path) -> None:
    path = tmp_path / "main.py"
    path.write_text("import requests\nurl = 'x'\nfor n in (1, 2):\n    r = requests.get(url, n)\n    q = r.json()\n")
    trace = Trace("main.py", 5)
    front = AirflowFrontEnd(AirflowInputs(roots=(tmp_path,)))
    front.evaluate(SourceFile(tmp_path, path, "main.py"), Sink(), trace)
    assert [v.names["q"] for v in trace.visits] == ["unknown: `requests` is a third-party module"] * 2
    chain = trace.visits[0].unknowns["q"]
    assert chain[0].startswith("main.py:5: r.json()")
    assert chain[-2].startswith("main.py:1: import requests")


def test_trace_of_statements_that_leave_a_body(tmp_path: Path) -> None:
    path = tmp_path / "main.py"
    path.write_text(
        "def f(n):\n    return n + 1\n"
        "def g(n):\n    got = yield n\n"
        "for i in range(3):\n    f(i)\n    if i:\n        break\n"
        "list(g(5))\n[1][i + 7]\n"
    )
    found = {}
    for line in (2, 4, 8, 10):
        front = AirflowFrontEnd(AirflowInputs(roots=(tmp_path,)))
        trace = Trace("main.py", line)
        front.evaluate(SourceFile(tmp_path, path, "main.py"), Sink(), trace)
        found[line] = [visit.names for visit in trace.visits]
    assert found[2] == [{"n": "0", "return": "1"}, {"n": "1", "return": "2"}]
    assert found[4] == [{"got": "None", "n": "5"}]
    assert found[8] == [{}] and found[10] == [{"i": "1"}]
