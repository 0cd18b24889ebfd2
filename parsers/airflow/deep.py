"""Runs a function on a large stack, so that deeply nested sources cannot overflow the process' own."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

STACK = 512 * 1024 * 1024
RECURSION = 60_000
_inside = threading.local()


def run_deep(function: Callable[[], T]) -> T:
    """`function()` in a thread with a large stack (or right here, when already in one)."""
    if getattr(_inside, "deep", False):
        return function()
    outcome: list[T] = []
    failure: list[BaseException] = []

    def body() -> None:
        _inside.deep = True
        try:
            outcome.append(function())
        except BaseException as error:
            failure.append(error)

    old_limit, old_size = sys.getrecursionlimit(), threading.stack_size(STACK)
    sys.setrecursionlimit(max(old_limit, RECURSION))
    try:
        thread = threading.Thread(target=body, name="evaluator")
        thread.start()
        thread.join()
    finally:
        threading.stack_size(old_size)
        sys.setrecursionlimit(old_limit)
    if failure:
        raise failure[0]
    return outcome[0]
