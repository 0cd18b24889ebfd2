"""The table of methods that operators call on themselves is what Airflow's own classes say."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import tools
from conftest import set_up

from parsers.airflow.called_methods import called_methods

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from called_methods import everywhere

TABLE = Path(called_methods.__wrapped__.__code__.co_filename).with_suffix(".json")


@pytest.mark.oracle
def test_table_is_what_airflow_calls() -> None:
    set_up(lambda: tools.airflow("2.11"))
    set_up(lambda: tools.airflow("3.1"))
    assert json.loads(TABLE.read_text(encoding="utf-8")) == everywhere()
