"""Objects of the file's own classes as arguments, by place and by name: enums, named tuples, data classes."""
import enum
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from pathlib import PurePosixPath
from typing import NamedTuple
from uuid import UUID

from airflow import DAG
from airflow.decorators import task
from airflow.operators.python import PythonOperator

Point = namedtuple("Point", "x y")


class Size(NamedTuple):
    width: int
    height: int = 5

    def area(self):
        return self.width * self.height


class Color(enum.Enum):
    RED = "red"


class Level(str, enum.Enum):
    HIGH = "high"


class Number(enum.IntEnum):
    ONE = 1


@dataclass(frozen=True)
class Table:
    name: str
    columns: list = field(default_factory=list)
    color: Color = Color.RED

    def select(self):
        return f"select {', '.join(self.columns)} from {self.name}"


TABLES = [Table("a", ["x", "y"]), Table("b", ["{{ ds }}"])]


def show(*values, **named):
    for value in values:
        print(f"@@ v={value!r} {value}")
    for key in sorted(k for k in named if k.startswith("k_")):
        print(f"@@ {key}={named[key]!r}")


def load(table, limit, level=Level.HIGH, mode=None):
    print(f"@@ load={table.select()} {limit} {level!r} {table.color} {mode}")


with DAG("own_objects", start_date=datetime(2024, 1, 1), schedule=None) as dag:
    PythonOperator(
        task_id="args",
        python_callable=show,
        op_args=[range(3), Decimal("1.10"), time(1, 2), UUID(int=7)],
        op_kwargs={"k_r": range(0, 10, 3), "k_o": OrderedDict(z=1, a=2), "k_b": b"a\xff", "k_n": {1: "a", None: 2, (1, 2): 3}, "k_u": [UUID(int=8)]},
    )
    PythonOperator(
        task_id="named",
        python_callable=show,
        op_kwargs={"k_c": Color.RED, "k_l": Level.HIGH, "k_i": Number.ONE, "k_p": Point(1, "b"), "k_s": Size(2), "k_t": TABLES, "k_d": {"c": Color.RED, "l": [Size(3)]}},
    )
    PythonOperator(task_id="by_place", python_callable=load, op_args=[TABLES[0], 5, Level.HIGH], op_kwargs={"mode": "{{ ds }}"})
    PythonOperator(task_id="by_place_late", python_callable=load, op_args=[TABLES[1], "{{ ds }}"])

    @task
    def flow(table, number, level, more="x"):
        print(f"@@ flow={table.select()} {number!r} {level!r} {more!r}")

    @task
    def one():
        return 1

    flow(TABLES[0], one(), Level.HIGH, "{{ ds }}")
    for number, table in enumerate(TABLES):
        flow.override(task_id=f"flow_{number}")(table, Number.ONE, Level.HIGH, more=Color.RED)
