"""Functions inside of functions: shared variables, names with several values, decorators."""

from __future__ import annotations

from typing import Any

from tests.unit.build.test_callables import load

WRAP = """
import functools
def logged(prefix):
    def wrap(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            SEEN.append(prefix + function.__name__)
            return function(*args, **kwargs)
        return inner
    return wrap
SEEN = []
"""


def run(read: Any, folder: Any, text: str, callable_text: str = "work") -> Any:
    body = f"{text}\nwith DAG('d', start_date=datetime(2024, 1, 1), schedule=None):\n"
    found = read(body + f"    PythonOperator(task_id='t', python_callable={callable_text})\n")
    assert found.codes() == []
    return load(found.task("t").action.code, folder / "pod")()


def test_variables_that_two_functions_share(read: Any, tmp_path: Any) -> None:
    text = """
def counter(start):
    total = start
    def count(step=1):
        nonlocal total
        total += step
    def work():
        count()
        count(5)
        return total
    return work
"""
    assert run(read, tmp_path, text, "counter(10)") == 16


def test_decorators_one_over_the_other(read: Any, tmp_path: Any) -> None:
    text = WRAP + "@logged('a ')\n@logged('b ')\ndef work():\n    return SEEN, work.__name__\n"
    assert run(read, tmp_path, text) == (["a work", "b work"], "work")


def test_a_helper_is_taken_with_its_decorator(read: Any, tmp_path: Any) -> None:
    text = WRAP + "@logged('h ')\ndef helper(): return 1\ndef work(): return helper(), SEEN\n"
    assert run(read, tmp_path, text) == (1, ["h helper"])
