"""Callables that are generators, context managers, properties, abstract base classes, single dispatch, cached functions, enums with methods, and slots."""
import abc
import contextlib
import enum
import functools
import operator
from collections import ChainMap, Counter, defaultdict, deque
from dataclasses import dataclass, field, replace
from datetime import datetime, time

from airflow import DAG
from airflow.decorators import task
from airflow.operators.python import PythonOperator


class Level(enum.IntEnum):
    LOW = 1
    HIGH = enum.auto()

    @property
    def label(self):
        return self.name.title()

    @classmethod
    def of(cls, text):
        return cls[text.upper()]


class Flags(enum.Flag):
    READ = enum.auto()
    WRITE = enum.auto()
    BOTH = READ | WRITE


@dataclass(order=True)
class Job:
    level: Level
    name: str = field(compare=False)
    at: time = time(3, 30)
    tags: frozenset = frozenset({"x"})
    meta: dict = field(default_factory=lambda: defaultdict(list, {"k": [1]}), compare=False)

    def __post_init__(self):
        self.key = f"{self.name}-{self.level.label}"


class Step(abc.ABC):
    __slots__ = ("job",)

    def __init__(self, job):
        self.job = job

    @abc.abstractmethod
    def body(self, **context): ...

    def __call__(self, **context):
        with self.timed(type(self).__name__) as out:
            out.append(self.body(**context))
        return out[0]

    @contextlib.contextmanager
    def timed(self, label):
        print(f"@@ begin={label} {self.job.key}")
        yield [][:] or deque(maxlen=2)
        print(f"@@ end={label}")


class Load(Step):
    def body(self, ds, **context):
        return [ds, self.job.level.value, self.job.at.isoformat(), sorted(self.job.tags), self.job.meta["k"] + self.job.meta["none"]]


class Check(Load):
    def body(self, **context):
        return super().body(**context)[:2] + [Flags.BOTH & Flags.READ is Flags.READ]


@functools.singledispatch
def kind(value):
    return "other"


@kind.register
def _(value: int):
    return "int"


@kind.register(str)
def _(value):
    return "str"


@functools.lru_cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def pages(n):
    for page in range(n):
        yield {"page": page, "fib": fib(page + 5)}


JOBS = sorted([Job(Level.HIGH, "b"), Job(Level.of("low"), "a", tags=frozenset("yz"))])
DEFAULTS = ChainMap({"a": 1}, {"a": 2, "b": 3})

with DAG("generators_and_classes", schedule=None, start_date=datetime(2024, 1, 1)) as dag:
    tasks = [PythonOperator(task_id=f"load_{job.name}", python_callable=Load(job)) for job in JOBS]
    check = PythonOperator(task_id="check", python_callable=Check(replace(JOBS[0], name="c")))

    @task
    def all_pages():
        return list(pages(3))

    @task
    def kinds(values):
        print(f"@@ kinds={[kind(v) for v in values]} {Counter(map(kind, values)).most_common(1)} {dict(DEFAULTS)} {operator.itemgetter('b')(DEFAULTS)}")
        print(f"@@ max={max(JOBS).name} {JOBS[0] < JOBS[1]} {Level.HIGH > 1} {Level(1).label} {JOBS[1].key}")
        return functools.reduce(operator.mul, [v for v in values if isinstance(v, int)], 1)

    tasks >> check
    all_pages()
    kinds([1, "a", 2.5, 6])
