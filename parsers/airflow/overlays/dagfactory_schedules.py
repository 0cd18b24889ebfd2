"""Schedules of dag-factory files: texts, timetables, and conditions over datasets.

`schedule: {datasets: X}` where X is a list (all), or a text such as `(s3://b/a & s3://b/c) | name`; with `file`,
names stand for the URIs that the file lists; with `timetable`, runs also start at its times. Facts from the library's
documentation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.values import Value
from parsers.airflow.overlays.dagfactory_files import read_file
from parsers.airflow.overlays.generated import import_object

if TYPE_CHECKING:
    from parsers.airflow.overlays.dagfactory import Builder

_TOKEN = re.compile(r"\s*(?:([()&|])|([A-Za-z][\w+.-]*://[^\s()&|]+|[A-Za-z_]\w*))")


def condition(builder: Builder, text: str, uris: dict[str, str]) -> Value:
    """A condition over datasets: `&` binds closer than `|`. Raises ValueError (of the program) for other texts."""
    tokens = _tokens(builder, text)

    def one() -> Value:
        word = tokens.pop(0) if tokens else ""
        if word == "(":
            inner = either()
            if not tokens or tokens.pop(0) != ")":
                raise builder.interp.error("ValueError", f"a bracket is open in {text!r}")
            return inner
        if not word or word in ")&|":
            raise builder.interp.error("ValueError", f"a dataset is missing in {text!r}")
        return builder.dataset(uris.get(word, word))

    def chain(operator: str, part: Any) -> Value:
        total = part()
        while tokens and tokens[0] == operator:
            tokens.pop(0)
            total = builder.interp.binary(operator, total, part(), builder.site)
        return total

    def either() -> Value:
        return chain("|", lambda: chain("&", one))

    found = either()
    if tokens:
        raise builder.interp.error("ValueError", f"{tokens[0]!r} is not understood in {text!r}")
    return found


def _tokens(builder: Builder, text: str) -> list[str]:
    found: list[str] = []
    position = 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise builder.interp.error("ValueError", f"{text[position:]!r} is not understood")
        found.append(match[1] or match[2])
        position = match.end()
    return found


def data_schedule(builder: Builder, config: dict[str, Any]) -> Value:
    """`{datasets: ..., file: ..., timetable: ...}`."""
    datasets = builder.value(config["datasets"])
    uris = _catalogue(builder, config["file"]) if config.get("file") is not None else {}
    if isinstance(datasets, list):
        datasets = [
            condition(builder, d, uris) if isinstance(d, str) and d in uris else builder.data_object(d)
            for d in datasets
        ]
    elif isinstance(datasets, str):
        datasets = condition(builder, datasets, uris)
    if config.get("timetable") is None:
        return datasets
    cls = import_object(builder.interp, "airflow.timetables.datasets.DatasetOrTimeSchedule", builder.site)
    given = {"timetable": builder.value(config["timetable"]), "datasets": datasets}
    return builder.interp.call(cls, [], given, builder.site)


def _catalogue(builder: Builder, file: Any) -> dict[str, str]:
    found = read_file(builder.interp, file, builder.site)
    listed = found.data.get("datasets") if found is not None else None
    return {
        d["name"]: d["uri"]
        for d in (listed if isinstance(listed, list) else ())
        if isinstance(d, dict) and isinstance(d.get("name"), str) and isinstance(d.get("uri"), str)
    }
