"""A run for a past week, made by hand at its tick: weekly cron in a zone with a clock change, conf says what to do again."""
import pendulum

from airflow.decorators import dag, task


@dag(
    dag_id="backfill_weekly_zone",
    start_date=pendulum.datetime(2023, 1, 1, tz="Europe/Berlin"),
    schedule="30 2 * * 1",
    catchup=False,
    params={"tables": ["a", "b"], "force": False},
)
def build():
    @task
    def plan(params=None, dag_run=None, data_interval_start=None, data_interval_end=None):
        print(f"@@ force={params['force']} conf={sorted(dag_run.conf)}")
        print(f"@@ local={data_interval_start.in_timezone('Europe/Berlin').isoformat()}")
        print(f"@@ days={(data_interval_end - data_interval_start).total_seconds() / 86400}")
        return [{"table": t, "week": data_interval_start.week_of_year} for t in params["tables"]]

    @task
    def load(table, week, ds=None):
        print(f"@@ load={table} {week} {ds}")
        return f"{table}-{week}"

    @task.bash
    def done(names):
        return "echo '@@ done=" + ",".join(names) + " {{ logical_date.strftime('%G-W%V') }}'"

    done(load.expand_kwargs(plan()))


build()
