"""Oracles: real systems that the converter is compared with. A missing one is a skip, in CI a failure."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import tools  # noqa: E402

T = TypeVar("T")


def set_up(make: Callable[[], T]) -> T:
    """What `make` gives; skips the test when the system cannot be set up, unless oracles are required."""
    try:
        return make()
    except tools.Unavailable as reason:
        if tools.required():
            raise
        pytest.skip(f"not available here: {reason}")


@pytest.fixture(scope="session")
def argocheck() -> Path:
    """Argo's validator."""
    return set_up(tools.argocheck)


@pytest.fixture(scope="session")
def argorun() -> Path:
    """Argo's controller."""
    return set_up(tools.argorun)


@pytest.fixture(scope="session")
def pods(argorun: Path) -> Path:
    """Everything that converted workflows need to run here."""
    set_up(tools.pod_python)
    set_up(lambda: tools.airflow("2.11"))
    set_up(lambda: tools.airflow("3.1"))
    return argorun


@pytest.fixture(scope="session")
def digdag_compiler() -> tuple[str, str]:
    """(java, class path) of Digdag's own compiler."""
    return set_up(tools.digdag_compile)
