"""TaskFlow: readings of weather stations, summarised per region."""

from __future__ import annotations

import pendulum
from airflow.decorators import dag, task, task_group

STATIONS = {"north": ["oslo", "bergen"], "south": ["rome", "athens", "malaga"]}


@dag(
    schedule="@daily",
    start_date=pendulum.datetime(2024, 1, 1, tz="Europe/Berlin"),
    catchup=False,
    params={"unit": "celsius"},
    default_args={"retries": 1},
)
def weather_taskflow():
    """### Weather

    One group per region; the regions are known when the file is read, the readings are not.
    """

    @task
    def fetch(station: str, ds: str = "") -> list[float]:
        """Invented readings that depend on the day only."""
        seed = sum(ord(c) for c in station + ds)
        return [round(10 + (seed * k) % 17 / 2, 1) for k in range(1, 9)]

    @task(multiple_outputs=True)
    def summarise(readings: list[list[float]]) -> dict[str, float]:
        flat = [value for station in readings for value in station]
        return {"low": min(flat), "high": max(flat), "mean": round(sum(flat) / len(flat), 2)}

    @task.short_circuit
    def notable(high: float) -> bool:
        return high > 15

    @task
    def announce(region: str, low: float, high: float, params: dict | None = None):
        print(f"{region}: {low} to {high} degrees {params['unit']}")

    for region, stations in STATIONS.items():

        @task_group(group_id=region)
        def per_region(region=region, stations=stations):
            readings = fetch.expand(station=stations)
            summary = summarise(readings)
            notable(summary["high"]) >> announce(region, summary["low"], summary["high"])

        per_region()


weather_taskflow()
