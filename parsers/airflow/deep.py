"""Runs a function on a large stack, so that deeply nested sources cannot overflow the process' own."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")

STACK = 512 * 1024 * 1024
RECURSION = 60_000
_inside = threading.local()


class _DeepThread:
    """A thread with a large stack that runs what it is given, one after the other. It is kept: making one for every
    file took a tenth of a run."""

    def __init__(self) -> None:
        self.jobs: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        old_size = threading.stack_size(STACK)
        try:
            self.thread = threading.Thread(target=self._work, name="evaluator", daemon=True)
            self.thread.start()
        finally:
            threading.stack_size(old_size)

    def _work(self) -> None:
        _inside.deep = True
        while True:
            self._one(*self.jobs.get())

    @staticmethod
    def _one(future: Future[Any], function: Callable[[], Any]) -> None:
        try:
            future.set_result(function())
        except BaseException as error:
            future.set_exception(error)

    def run(self, function: Callable[[], T]) -> T:
        """The function's result; what it raises is raised here."""
        future: Future[T] = Future()
        self.jobs.put((future, function))
        return future.result()


_kept: list[_DeepThread] = []


def run_deep(function: Callable[[], T]) -> T:
    """`function()` in a thread with a large stack (or right here, when already in one)."""
    if getattr(_inside, "deep", False):
        return function()
    if not (_kept and _kept[0].thread.is_alive()):  # a forked process has no threads of its parent
        _kept[:] = [_DeepThread()]
    old_limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(old_limit, RECURSION))
    try:
        return _kept[0].run(function)
    finally:
        sys.setrecursionlimit(old_limit)
