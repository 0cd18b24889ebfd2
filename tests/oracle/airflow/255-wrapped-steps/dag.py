"""Steps with decorators of the file itself: audit and retry wrappers, a wrapper under @task, partials of closures, lambdas with defaults, NamedTuple constants."""
import functools
import itertools
from collections import OrderedDict, namedtuple
from datetime import date, datetime
from typing import NamedTuple

from airflow.decorators import dag, task
from airflow.operators.python import PythonOperator

Point = namedtuple("Point", "x y", defaults=[0])


class Source(NamedTuple):
    name: str
    since: date = date(2024, 2, 29)
    weight: float = 0.1

    def label(self):
        return f"{self.name}@{self.since:%d.%m.}"


SOURCES = OrderedDict((s.name, s) for s in (Source("crm"), Source("erp", weight=2.0)))
ATTEMPTS = itertools.count(10)


def audited(function=None, *, level="info"):
    if function is None:
        return functools.partial(audited, level=level)

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        print(f"@@ {level}={function.__name__} {sorted(k for k in kwargs if k in ('n', 'source'))}")
        result = function(*args, **kwargs)
        print(f"@@ result={result!r}")
        return result

    return wrapper


def insistent(times):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            for attempt in range(1, times + 1):
                try:
                    return function(*args, attempt=attempt, **kwargs)
                except ValueError as error:
                    print(f"@@ again={attempt} {error}")
            raise RuntimeError("gave up")

        return wrapper

    return decorate


@audited
def total(*values, n=1):
    return sum(values) * n


@audited(level="debug")
@insistent(3)
def flaky(source, attempt=0):
    if attempt < 3:
        raise ValueError(f"{source.name} {attempt}")
    return source.label()


def scaler(factor):
    offset = Point(factor)

    def scale(value, *, extra=offset):
        return value * factor + extra.x + extra.y

    return scale


@dag(schedule=None, start_date=datetime(2024, 1, 1))
def wrapped_steps():
    a = PythonOperator(task_id="total", python_callable=total, op_args=[1, 2.5], op_kwargs={"n": 2})
    b = PythonOperator(task_id="flaky", python_callable=flaky, op_kwargs={"source": SOURCES["crm"]})
    c = PythonOperator(task_id="scaled", python_callable=functools.partial(scaler(3), extra=Point(1, 2)), op_args=[7])
    d = PythonOperator(task_id="lambda_", python_callable=lambda ds, w=SOURCES["erp"].weight, *rest, **kw: [ds, w, len(kw) > 5])
    e = PythonOperator(task_id="first", python_callable=functools.partial(max, [next(ATTEMPTS), 2]))

    @task(task_id="sources")
    @audited(level="task")
    def sources(names, ds=None):
        return {name: [SOURCES[name].label(), ds, SOURCES[name]._asdict()["weight"]] for name in names}

    @task
    def squares(n):
        return [v * v for v in range(n)] + list(map(scaler(2), (1, 2)))

    [a, b, c, d, e] >> sources(list(SOURCES)) >> squares(4)


wrapped_steps()
