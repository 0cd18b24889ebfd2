"""Facts about operator constructors: base class, own parameters, template fields (`airflow_signatures.txt`).

Read from the published signatures of Airflow 2.11 and 3.1 with their standard, SQL, HTTP and Kubernetes providers. They
decide which `default_args` reach an operator and which arguments can hold results of other tasks. What is not listed
is treated as taking anything, every argument a template.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_BASE = """
task_id owner email email_on_retry email_on_failure retries retry_delay retry_exponential_backoff max_retry_delay
start_date end_date depends_on_past ignore_first_depends_on_past wait_for_past_depends_before_skipping
wait_for_downstream dag params default_args priority_weight weight_rule queue pool pool_slots sla execution_timeout
on_execute_callback on_failure_callback on_success_callback on_retry_callback on_skipped_callback pre_execute
post_execute trigger_rule resources run_as_user task_concurrency map_index_template max_active_tis_per_dag
max_active_tis_per_dagrun executor executor_config do_xcom_push multiple_outputs inlets outlets task_group doc doc_md
doc_json doc_yaml doc_rst task_display_name logger_name allow_nested_operators render_template_as_native_obj
schedule_interval adhoc
"""
BASE = frozenset(_BASE.split())
"""Parameters of BaseOperator, old ones included."""

_SENSOR = "poke_interval timeout soft_fail mode exponential_backoff max_wait silent_fail never_fail"
_LINE = re.compile(r"(\w+)\((\w+)\): ([^|]*)(?:\|(.*))?$")


@dataclass(frozen=True, slots=True)
class Facts:
    """`parameters` without those of BaseOperator (None: anything); `fields`: template fields (None: all); `required`:
    parameters without a default."""

    base: str
    parameters: frozenset[str] | None
    fields: tuple[str, ...] | None
    required: frozenset[str] = frozenset()


@cache
def _table() -> dict[str, tuple[str, str, str | None]]:
    text = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
    lines = (_LINE.match(line) for line in text.splitlines())
    return {m[1]: (m[2], m[3], m[4]) for m in lines if m}


@cache
def facts(name: str) -> Facts:
    """What is known of an operator class by its final name."""
    if name == "BaseOperator":
        return Facts("", frozenset(), ())
    if name == "BaseSensorOperator":
        return Facts("BaseOperator", frozenset(_SENSOR.split()), ())
    row = _table().get(name)
    if row is None:
        return Facts("BaseSensorOperator" if "Sensor" in name else "BaseOperator", None, None)
    base, own, fields = row
    above = facts(base)
    names = frozenset(word.rstrip("!") for word in own.split())
    parameters = None if own.strip() == "*" or above.parameters is None else above.parameters | names
    required = above.required | frozenset(word[:-1] for word in own.split() if word.endswith("!"))
    return Facts(base, parameters, above.fields if fields is None else tuple(fields.split()), required)


def known(name: str) -> bool:
    """Whether the table lists the class."""
    return name in _table() or name in ("BaseOperator", "BaseSensorOperator")
