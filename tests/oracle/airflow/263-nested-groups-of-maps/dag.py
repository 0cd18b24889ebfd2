"""A mapped group with a nested group, a branch and a join inside, default args, results by key; the outside reads results by map index and reduces."""
from datetime import datetime, timedelta

from airflow.decorators import dag, task, task_group
from airflow.exceptions import AirflowSkipException
from airflow.operators.bash import BashOperator


@dag(schedule=None, start_date=datetime(2024, 1, 1), default_args={"retries": 0})
def nested_groups_of_maps():
    @task
    def regions():
        return [{"name": "eu", "n": 2.0}, {"name": "us", "n": 0.0}, {"name": "{{ ap }}", "n": 5.0}]

    @task_group(default_args={"retries": 1, "retry_delay": timedelta(seconds=1)})
    def region(cfg):
        @task
        def load(cfg, ti=None):
            ti.xcom_push(key="rows", value={"n": cfg["n"], "name": cfg["name"]})
            if cfg["name"] == "eu" and ti.try_number == 1:
                raise ValueError("first")
            return cfg["n"]

        @task_group
        def checks(n):
            @task.branch
            def size(n):
                return "region.checks.big" if n > 1 else "region.checks.small"

            @task
            def big(n):
                if n > 4:
                    raise AirflowSkipException("too big")
                return f"big {n}"

            @task
            def small():
                return "small"

            s = size(n)
            b, sm = big(n), small()
            s >> [b, sm]
            return b, sm

        @task(trigger_rule="none_failed_min_one_success")
        def join(cfg, ti=None):
            print(f"@@ join={cfg['name']} {ti.map_index} {ti.xcom_pull(task_ids='region.load', key='rows', map_indexes=ti.map_index)['n']!r}")
            return cfg["name"]

        n = load(cfg)
        found = checks(n)
        j = join(cfg)
        list(found) >> j
        j >> BashOperator(task_id="sh", bash_command="echo '@@ sh={{ ti.map_index }} {{ ti.xcom_pull(task_ids=\"region.load\", map_indexes=ti.map_index) }}'")
        return j

    @task(trigger_rule="all_done")
    def total(names, ti=None):
        print(f"@@ names={list(names)}")
        print(f"@@ loads={list(ti.xcom_pull(task_ids='region.load'))} {[r['n'] for r in ti.xcom_pull(task_ids='region.load', key='rows')]}")

    total(region.expand(cfg=regions()))


nested_groups_of_maps()
