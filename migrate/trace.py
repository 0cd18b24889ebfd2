"""`migrate inspect airflow --trace FILE:LINE`: the values of the names at a line, and where unknown ones came from."""

from __future__ import annotations

from migrate.diagnostics.base import Sink
from migrate.errors import UserError
from migrate.frontends import AirflowSources
from migrate.pipeline import discover
from migrate.request import Request
from migrate.source import SourceFile


def trace(request: Request, place: str) -> str:
    """Text with the values at `place` (`FILE:LINE`, relative to the given path, also of a helper module).

    The DAG file itself is evaluated when FILE is one, else every DAG file until the line is reached.
    """
    from parsers.airflow.evaluator.trace import Trace

    file, _, number = place.rpartition(":")
    if not file or not number.isdigit() or int(number) < 1:
        raise UserError(f"--trace {place}: write FILE:LINE, with FILE relative to the given path.")
    sink = Sink()
    files, _ = discover(request, sink)
    source = AirflowSources(request)
    recorder = Trace(file, int(number))
    for candidate in _candidates(files, file):
        source.front.evaluate(candidate, sink, recorder)
        if recorder.visits:
            return _text(place, candidate, recorder)
    known = ", ".join(f.relative for f in files[:5])
    raise UserError(f"--trace {place}: that line is not reached. DAG files are: {known or 'none'}.")


def _candidates(files: list[SourceFile], file: str) -> list[SourceFile]:
    own = [f for f in files if f.relative == file]
    return own or files


def _text(place: str, file: SourceFile, recorder: object) -> str:
    visits = getattr(recorder, "visits", [])
    lines = [f"{place}, as {file.relative} was evaluated: {len(visits)} visit(s)"]
    for number, visit in enumerate(visits, 1):
        lines.append(f"visit {number}")
        for name, value in visit.names.items():
            lines.append(f"  {name} = {value}")
            lines += [f"      from {step}" for step in visit.unknowns.get(name, [])]
        if not visit.names:
            lines.append("  (no names)")
    return "\n".join(lines) + "\n"
