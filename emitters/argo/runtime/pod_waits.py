"""Waiting for a moment."""

from __future__ import annotations

import pod_modes
import pod_time


def wait_time(runner, _function):
    """Waits until `spec.until` (a moment, encoded), until `time_of_day` of the present day in `zone`, or `seconds`."""
    spec, run = runner.spec, runner.run
    if "until" in spec:
        until = pod_time.parse(runner.resolver.value(spec["until"]), spec.get("zone") or "UTC")
    elif "time_of_day" in spec:
        clock = pod_time.clock(spec["time_of_day"])
        today = pod_time.now(spec.get("zone") or "UTC")
        until = today.replace(hour=clock.hour, minute=clock.minute, second=clock.second, microsecond=0)
    else:
        until = pod_time.now().add(seconds=float(runner.resolver.value(spec["seconds"])))
    settings = spec.setdefault("poll", {})
    left = (until - pod_time.now()).total_seconds()
    settings["interval"] = min(float(settings.get("interval", 60)), max(left, 0.05))
    print(f"waiting until {until} ({run.task_id})", flush=True)
    pod_modes.poll(runner, lambda: (pod_time.now() >= until, None))
