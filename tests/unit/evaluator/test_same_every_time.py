"""The same source gives the same facts in every process, and whoever else was read before."""

from __future__ import annotations

from pathlib import Path

from migrate.diagnostics.base import Sink
from parsers.airflow.discover import discover
from parsers.airflow.frontend import AirflowFrontEnd
from parsers.airflow.inputs import AirflowInputs

SETS = """
from datetime import datetime
from airflow import DAG
from airflow.operators.empty import EmptyOperator
names = {"pear", "apple", "fig"}
with DAG("d", start_date=datetime(2024, 1, 1), schedule=None, tags=[",".join(names), str(names)]) as dag:
    for name in names | frozenset({"kiwi"}):
        EmptyOperator(task_id=name)
    rest = set(names)
    EmptyOperator(task_id="popped_" + rest.pop())
    order = []
    order.extend(names)
    EmptyOperator(task_id="_".join([*names, *order]))
"""
SHARED = "from third.party import thing\nvalues = []\nfor n in thing.load():\n    values.append(n)\n"
USER = """
from datetime import datetime
from airflow import DAG
from airflow.operators.empty import EmptyOperator
from shared import values
with DAG("{name}", start_date=datetime(2024, 1, 1), schedule=None):
    EmptyOperator(task_id="t")
"""


def test_sets_have_one_order(tmp_path: Path) -> None:
    (tmp_path / "d.py").write_text(SETS)
    inputs = AirflowInputs(roots=(tmp_path,))
    sink = Sink()
    (file,) = discover(inputs, sink)
    (workflow,) = AirflowFrontEnd(inputs).read(file, sink)
    assert [task.id for task in workflow.tasks()] == [
        "apple",
        "fig",
        "kiwi",
        "pear",
        "popped_apple",
        "apple_fig_pear_apple_fig_pear",
    ]
    assert "apple,fig,pear" in workflow.tags


def test_every_importer_is_told_what_was_found_in_a_shared_module(tmp_path: Path) -> None:
    (tmp_path / "shared.py").write_text(SHARED)
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").write_text(USER.format(name=name))
    inputs = AirflowInputs(roots=(tmp_path,))
    front = AirflowFrontEnd(inputs)
    told = {}
    for file in discover(inputs, Sink()):
        sink = Sink()
        if front.read(file, sink):
            told[file.relative] = [d.text for d in sink.all() if d.span.file == "shared.py"]
    assert set(told) == {"one.py", "two.py"}
    assert told["one.py"] == told["two.py"] != []


OBJECTS = """
class Part:
    def __init__(self, names, **options):
        self.names, self.options = names, options
parts = {Part(["b"]), Part(["a", "c"]), Part(["a", "b"], x=1), Part([], x={"k": (2,)}), Part([], x={"k": (1,)})}
ORDER = [(p.names, p.options) for p in parts]
same = [Part([]) for _ in range(20)]
for number, part in enumerate(same):
    part.__dict__["number"] = object()
SAME = [same.index(p) for p in set(same)]
FUNCTIONS = [f(0) for f in {lambda x: x + 1, lambda x: x + 2, lambda x: x + 3}]
"""


def test_sets_of_objects_have_one_order(tmp_path: Path) -> None:
    (tmp_path / "d.py").write_text("from airflow import DAG\n" + OBJECTS)
    front = AirflowFrontEnd(AirflowInputs(roots=(tmp_path,)))
    (file,) = discover(front.inputs, Sink())
    module = front.run_module(file, Sink())
    assert module is not None
    assert module.attrs["ORDER"] == [
        (["a", "b"], {"x": 1}),
        (["a", "c"], {}),
        (["b"], {}),
        ([], {"x": {"k": (1,)}}),
        ([], {"x": {"k": (2,)}}),
    ]
    assert module.attrs["SAME"] == list(range(20))
    assert module.attrs["FUNCTIONS"] == [1, 2, 3]
