"""The join rules themselves, over upstream states: what `verify` holds the output against.

Written from the rules' definition (`ti_deps/deps/trigger_rule_dep.py` of Airflow 2.11 and 3.1), not from `rules.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

RUN, SKIP, LOST = "run", "skipped", "upstream_failed"
STATES = ("success", "failed", "upstream_failed", "skipped")


def expected(rule: str, states: Sequence[str], setups: Sequence[bool] = ()) -> str:
    """`run`, `skipped` or `upstream_failed` for a task whose direct upstreams ended in these states.

    setups: which of the upstreams are setups (only for `all_done_setup_success`).
    """
    ok, failed = states.count("success"), states.count("failed")
    bad, skipped = failed + states.count("upstream_failed"), states.count("skipped")
    everything = len(states)
    if not everything or rule in ("all_done", "always"):
        return RUN
    if rule == "all_success":
        return LOST if bad else SKIP if skipped else RUN
    if rule == "none_failed":
        return LOST if bad else RUN
    if rule == "none_failed_min_one_success":
        return LOST if bad else SKIP if skipped == everything else RUN
    if rule == "one_success":
        return RUN if ok else SKIP if skipped == everything else LOST
    if rule == "all_done_min_one_success":
        return SKIP if skipped else RUN if ok else LOST
    if rule == "all_done_setup_success":
        return _teardown([s for s, is_setup in zip(states, setups, strict=True) if is_setup])
    runs = {
        "all_failed": bad == everything,
        "all_skipped": skipped == everything,
        "one_failed": bad > 0,
        "one_done": ok + failed > 0,
        "none_skipped": skipped == 0,
    }[rule]
    return RUN if runs else SKIP


def _teardown(states: Sequence[str]) -> str:
    if not states or "success" in states:
        return RUN
    return SKIP if all(s == "skipped" for s in states) else LOST
