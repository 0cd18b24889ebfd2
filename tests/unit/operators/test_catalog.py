"""The catalogue as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from parsers.airflow.catalog import Catalog, Entry, OperatorInfo, catalog, describe

CASES = Path(__file__).parents[2] / "cases" / "airflow" / "operators"
ALL = describe()


@pytest.mark.parametrize("info", ALL, ids=lambda i: (i.names or i.decorators)[0])
def test_every_mapping_is_documented_and_has_a_case(info: OperatorInfo) -> None:
    assert info.notes.endswith(".")
    assert info.actions
    assert info.how in ("native", "hosted", "native, else hosted")
    assert info.arguments or info.family in ("empty", "branch")
    text = (CASES / info.family / "dag.py").read_text(encoding="utf-8")
    assert any(f"{name}(" in text for name in info.names) or any(f"@{d}" in text for d in info.decorators)


def test_the_wanted_operators_are_native() -> None:
    native = {name for info in ALL for name in (*info.names, *info.decorators) if "native" in info.how}
    wanted = """BashOperator PythonOperator PythonVirtualenvOperator ExternalPythonOperator BranchPythonOperator
    ShortCircuitOperator EmptyOperator DummyOperator LatestOnlyOperator BranchDayOfWeekOperator BranchDateTimeOperator
    BranchSQLOperator KubernetesPodOperator GKEStartPodOperator EksPodOperator DockerOperator HttpOperator
    SimpleHttpOperator HttpSensor SQLExecuteQueryOperator PostgresOperator MySqlOperator BigQueryInsertJobOperator
    BigQueryExecuteQueryOperator TriggerDagRunOperator ExternalTaskSensor TimeSensor TimeDeltaSensor DateTimeSensor
    FileSensor SqlSensor S3KeySensor GCSObjectExistenceSensor PythonSensor BashSensor EmailOperator SlackWebhookOperator
    SlackAPIPostOperator SSHOperator task task.bash task.branch task.short_circuit task.sensor task.virtualenv
    task.external_python task.docker task.kubernetes"""
    assert set(wanted.split()) <= native


def test_a_path_cannot_be_mapped_twice() -> None:
    known = Catalog()
    entry = next(e for e in catalog().entries() if e.paths)
    known.add(Entry(entry.function, ("a.b.X",)))
    with pytest.raises(ValueError, match="twice"):
        known.add(Entry(entry.function, ("a.b.X",)))


def test_the_import_path_decides_between_classes_of_one_name() -> None:
    from parsers.airflow.evaluator.values import ClassValue

    known = Catalog()
    first = next(e for e in catalog().entries() if e.paths)
    one, two = Entry(first.function, ("a.X",)), Entry(first.function, ("b.X",))
    known.add(one)
    known.add(two)
    assert known.of_class(ClassValue("X", "b.X")) is two
    assert known.of_class(ClassValue("X", "c.X")) is one
    assert known.of_class(ClassValue("Y", "a.Y")) is None
