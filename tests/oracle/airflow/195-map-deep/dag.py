"""Maps: zip, concat, map, filter by result, dicts, None items, nested results, empty in a group, branch in a mapped group, one map over another's partial results."""
from datetime import datetime

from airflow.decorators import dag, task, task_group
from airflow.exceptions import AirflowSkipException


def double(x):
    if x is None:
        raise AirflowSkipException("none")
    return x * 2


@dag(dag_id="map_deep", start_date=datetime(2024, 1, 1), schedule=None)
def build():
    @task
    def listed(values):
        return values

    @task
    def show(a=None, b=None, ti=None):
        print(f"@@ {ti.task_id.split('.')[-1]}{ti.map_index}={a!r} {b!r}")
        return [a, b]

    nums = listed.override(task_id="nums")([1, None, 3])
    words = listed.override(task_id="words")(["x'y", "{{ ds }}", "ü", "$(z)"])
    show.override(task_id="mapped").expand(a=nums.map(double))
    z = show.override(task_id="zipped").expand_kwargs(nums.zip(words, fillvalue="fill").map(lambda p: {"a": p[0], "b": p[1]}))
    show.override(task_id="chained").expand(a=nums.concat(words).map(lambda v: [v]))
    show.override(task_id="cross").partial().expand(a=listed.override(task_id="two")([{"k": 1}, [2]]), b=["l1", None])
    show.override(task_id="partial").partial(b=words).expand(a=[True, 1.0, "1"])

    @task
    def mapping():
        return {"k1": 1, "k2": [2]}

    show.override(task_id="of_dict").expand(a=mapping())
    show.override(task_id="literal_dict").expand(a={"q": None, "r": "s"})

    @task(trigger_rule="all_done")
    def total(values):
        print(f"@@ total={[v for v in values]} {len(list(values))}")

    total(z)

    @task_group
    def lane(item):
        @task.branch
        def pick(item):
            return f"lane.{'odd' if item % 2 else 'even'}"

        @task
        def odd(item):
            print(f"@@ odd={item}")
            return item

        @task
        def even(item):
            print(f"@@ even={item}")

        @task(trigger_rule="none_failed_min_one_success")
        def join(item, ti=None):
            print(f"@@ join={item} {ti.map_index}")
            return item * 100

        o, e = odd(item), even(item)
        pick(item) >> [o, e]
        j = join(item)
        [o, e] >> j
        return j

    lanes = lane.expand(item=listed.override(task_id="items")([1, 2, 3]))
    total.override(task_id="lanes_total")(lanes)

    none = lane.override(group_id="empty_lane").expand(item=listed.override(task_id="no_items")([]))

    @task(trigger_rule="none_failed")
    def after_empty():
        print("@@ after_empty=1")

    @task
    def needs_empty():
        print("@@ needs_empty=1")

    none >> [after_empty(), needs_empty()]

    @task
    def spread(n):
        return list(range(n))

    s = spread.expand(n=[2, 0, 1])

    @task
    def flat(parts):
        out = [x for part in parts for x in part]
        print(f"@@ flat={out}")
        return out

    show.override(task_id="again").expand(a=flat(s))


build()
