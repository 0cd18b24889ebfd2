"""Callables: partials of partials, methods of configured objects, closures over loops with decorators, generators, classes with __call__, static and class methods."""
import functools
import itertools
import operator
from collections import Counter, OrderedDict, defaultdict, namedtuple
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Callable, NamedTuple

from airflow import DAG
from airflow.decorators import task
from airflow.operators.python import PythonOperator

Pair = namedtuple("Pair", "left right", defaults=(9,))


class Row(NamedTuple):
    name: str
    size: int = 3

    def label(self):
        return f"{self.name}x{self.size}"


def times(n):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return [function(*args, **kwargs) for _ in range(n)]

        wrapper.times = n
        return wrapper

    return decorate


def tagged(**tags):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            print("@@ tags=" + ",".join(f"{k}:{v}" for k, v in tags.items()))
            return function(*args, **kwargs)

        return wrapper

    return decorate


class Base:
    kind = "base"
    registry: dict[str, type] = {}

    def __init_subclass__(cls, **kw):
        super().__init_subclass__(**kw)
        Base.registry[cls.__name__.lower()] = cls

    def __init__(self, size, *parts, **options):
        self.size, self.parts, self.options = size, parts, options

    def run(self, ds, **kw):
        with self.open("x") as f:
            print(f"@@ run={self.kind} {self.size} {self.parts} {self.options} {ds} {f}")
        return self.total

    @property
    def total(self):
        return self.size + len(self.parts)

    @contextmanager
    def open(self, name):
        print(f"@@ open={name}")
        yield name * 2
        print(f"@@ close={name}")

    @classmethod
    def make(cls, **kw):
        print(f"@@ make={cls.kind} {kw['n']}")
        return cls(kw["n"]).total

    @staticmethod
    def helper(x, *rest, sep="-"):
        print("@@ helper=" + sep.join(map(str, (x, *rest))))


class Child(Base):
    kind = "child"

    def run(self, *args, **kw):
        print("@@ child=1")
        return super().run(*args, **kw) * 10


class Caller:
    def __init__(self, word, inner: Callable[..., Any]):
        self.word = word
        self.inner = inner

    def __call__(self, *args, **kw):
        print(f"@@ caller={self.word} {self.inner(*args)}")
        return self


def make_steps(names):
    steps = {}
    for i, name in enumerate(names):

        @tagged(name=name, index=i)
        @times(i + 1)
        def step(value, name=name, extra=None):
            return f"{name}{value}{i if extra is None else extra}"

        steps[name] = step
    return steps


def numbers(limit, start=0):
    yield from range(start, limit)


def gen_callable():
    for n in numbers(4, start=1):
        print(f"@@ gen={n}")
    counts = Counter("hello")
    grouped = defaultdict(list)
    for key, group in itertools.groupby(sorted(["aa", "b", "cc"], key=len), key=len):
        grouped[key] += list(group)
    return OrderedDict(l=counts["l"], g=dict(grouped), acc=list(itertools.accumulate([1, 2, 3], operator.mul)))


def base(a, b=2, /, c=3, *rest, d, e="e", **more):
    print(f"@@ base={a} {b} {c} {rest} {d} {e} {sorted(k for k in more if k.startswith('z'))}")


def defaults(now=datetime(2024, 5, 1), pair=Pair(1), row=Row("r"), items=(1, 2), ti=None, ds=None):
    print(f"@@ defaults={now:%d} {pair.right} {row.label()} {items} {ti.task_id} {ds}")
    return row


@functools.lru_cache(maxsize=None)
def cached(n):
    print(f"@@ cached={n}")
    return n * 2


def use_cached():
    return cached(2) + cached(2) + cached(3)


with DAG("callable_forms", start_date=datetime(2024, 1, 1), schedule=None) as dag:
    for name, step in make_steps(["a", "b"]).items():
        PythonOperator(task_id=f"step_{name}", python_callable=step, op_args=["{{ ds_nodash }}"], op_kwargs={"extra": step.times if name == "b" else None})
    PythonOperator(task_id="run_base", python_callable=Base(2, "p", q=1).run)
    PythonOperator(task_id="run_child", python_callable=Base.registry["child"](5).run)
    PythonOperator(task_id="make", python_callable=Child.make, op_kwargs={"n": 4})
    PythonOperator(task_id="helper", python_callable=Base.helper, op_args=[1, 2, 3], op_kwargs={"sep": "+"})
    PythonOperator(task_id="caller", python_callable=Caller("w", lambda *a: sum(a)), op_args=[1, 2], do_xcom_push=False)
    PythonOperator(task_id="gen", python_callable=gen_callable)
    PythonOperator(task_id="partial", python_callable=functools.partial(functools.partial(base, 1, d=4), 7, 8, 9, zz=1), op_kwargs={"za": 2})
    PythonOperator(task_id="defaults", python_callable=defaults)
    PythonOperator(task_id="cached", python_callable=use_cached)
    PythonOperator(task_id="lam", python_callable=lambda x, *, y=[1], **c: print(f"@@ lam={x} {y} {c['dag'].dag_id}"), op_kwargs={"x": Pair("l")._asdict()})
    PythonOperator(task_id="bound", python_callable="a-{}".format, op_args=["b"])

    @task
    @times(2)
    def inner(x: int = 3):
        return x

    @task
    def outer(values, fn=max):
        print(f"@@ outer={values} {fn(values)}")

    outer(inner())
