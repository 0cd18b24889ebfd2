"""Runs one stage over many items: in this process, or in a pool. A failing item never stops the others.

Results come back in the order of the items, so the output does not depend on the number of processes.
"""

from __future__ import annotations

import gc
import multiprocessing
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.reduction import ForkingPickler
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
SMALL = 8
"""Batches below this size stay in the process: starting a pool costs more."""

_STATE: dict[str, Any] = {}

Value = TypeVar("Value")


class Packed(Generic[Value]):
    """A value that one stage makes and a later one uses up; this process only hands it on.

    Between processes it travels as bytes, in the form in which the pool sends everything, and stays so until `take`:
    the parent never builds it up again. Within one process it is the value itself.
    """

    def __init__(self, value: Value) -> None:
        self._value: Value | None = value
        self._bytes = b""

    def take(self) -> Value:
        """The value. Can be called once: it is not kept."""
        value: Value | None = ForkingPickler.loads(self._bytes) if self._bytes else self._value
        assert value is not None, "already taken"
        self._value, self._bytes = None, b""
        return value

    def __getstate__(self) -> bytes:
        return self._bytes or bytes(ForkingPickler.dumps(self._value))

    def __setstate__(self, state: bytes) -> None:
        self._value, self._bytes = None, state


@dataclass(frozen=True)
class Stage(Generic[Item, Result]):
    """One stage: `make(setup)` is called once per process; `run(made, item)` per item; `died(item)` gives the
    result for an item that killed its process. All must be importable functions, `setup` and items picklable."""

    make: Callable[[Any], Any]
    run: Callable[[Any, Item], Result]
    died: Callable[[Item], Result]
    setup: Any


def run_stage(
    stage: Stage[Item, Result], items: Sequence[Item], jobs: int, done: Callable[[int], None] = lambda n: None
) -> list[Result]:
    """Results of all items in their order. `done` is told how many items were finished."""
    if jobs <= 1 or len(items) < SMALL:
        made = stage.make(stage.setup)
        results = []
        for item in items:
            results.append(stage.run(made, item))
            done(1)
        return results
    return _run_in_pool(stage, items, jobs, done)


def _run_in_pool(
    stage: Stage[Item, Result], items: Sequence[Item], jobs: int, done: Callable[[int], None]
) -> list[Result]:
    found: dict[int, Result] = {}
    chunks = list(_chunks(len(items), jobs))
    with _pool(stage, min(jobs, len(chunks))) as pool:
        futures = {pool.submit(_run_chunk, [items[i] for i in chunk]): chunk for chunk in chunks}
        for future in as_completed(futures):
            chunk = futures[future]
            results = _answer(future)
            if results is None:
                continue
            found.update(zip(chunk, results, strict=True))
            done(len(chunk))
    for index in range(len(items)):
        if index not in found:
            found[index] = _alone(stage, items[index])
            done(1)
    return [found[i] for i in range(len(items))]


def _answer(future: Future[list[Result]]) -> list[Result] | None:
    try:
        return future.result()
    except BrokenProcessPool:
        return None


def _alone(stage: Stage[Item, Result], item: Item) -> Result:
    with _pool(stage, 1) as pool:
        results = _answer(pool.submit(_run_chunk, [item]))
    return stage.died(item) if results is None else results[0]


def _pool(stage: Stage[Any, Any], jobs: int) -> ProcessPoolExecutor:
    method = "fork" if sys.platform.startswith("linux") else "spawn"
    return ProcessPoolExecutor(
        jobs, mp_context=multiprocessing.get_context(method), initializer=_start, initargs=(stage,)
    )


def _start(stage: Stage[Any, Any]) -> None:
    gc.freeze()  # what the parent had is not looked through, so its pages stay shared
    _STATE.clear()
    _STATE["stage"] = stage


def _run_chunk(items: list[Any]) -> list[Any]:
    stage = _STATE["stage"]
    if "made" not in _STATE:
        _STATE["made"] = stage.make(stage.setup)
    return [stage.run(_STATE["made"], item) for item in items]


def _chunks(count: int, jobs: int) -> Iterator[range]:
    """Neighbouring items stay together: files of one folder share modules."""
    size = max(1, min(16, count // (jobs * 4)))
    for start in range(0, count, size):
        yield range(start, min(start + size, count))


def describe(error: BaseException) -> str:
    """An exception for a finding: type, text and the innermost place in our own code; no absolute path."""
    frames = traceback.extract_tb(error.__traceback__)
    place = ""
    for frame in reversed(frames):
        short = _own(frame.filename)
        if short:
            place = f" at {short}:{frame.lineno}"
            break
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]}{place}" if text else f"{type(error).__name__}{place}"


def _own(filename: str) -> str:
    path = filename.replace("\\", "/")
    for package in ("migrate", "parsers", "emitters"):
        before, found, after = path.rpartition(f"/{package}/")
        if found and before:
            return f"{package}/{after}"
    return ""
