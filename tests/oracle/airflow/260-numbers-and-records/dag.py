"""Results of mapped tasks and groups with floats that are whole, big numbers, dates, tuples and None in dicts and lists; sums over them; mapped again."""
from datetime import date, datetime, timedelta

from airflow.decorators import dag, task, task_group


@dag(schedule=None, start_date=datetime(2024, 1, 1))
def numbers_and_records():
    @task
    def orders():
        return [{"id": 2**60 + 1, "total": 10.0}, {"id": 7, "total": 2.5}, {"id": 8, "total": 4.0}]

    @task
    def priced(order, rate: float = 2.0):
        return {"id": order["id"], "price": order["total"] * rate, "day": date(2024, 1, 31), "pair": (1, 2.0), "none": None}

    @task
    def listed(order):
        return [order["price"], {"when": datetime(2024, 1, 1, 12) + timedelta(hours=1)}, "{{ x }}", 100.0]

    @task_group
    def step(order):
        @task
        def inner(order):
            return {"half": order["total"] / 2, "text": "$(a) {{ b }}"}

        @task
        def outer(value, order):
            return [value["half"], float(order["id"] % 10)]

        return outer(inner(order), order)

    @task
    def show(priced, lists, groups, ti=None):
        for p in priced:
            print(f"@@ p={p['id']!r} {p['price']!r} {p['day']!r} {p['pair'][1]!r} {p['none']}")
        for l in lists:
            print(f"@@ l={l[0]!r} {l[1]['when']} {l[2]} {l[3]!r}")
        print(f"@@ g={list(groups)!r}")
        print(f"@@ inner={[sorted(v.items()) for v in ti.xcom_pull(task_ids='step.inner')]!r}")
        print(f"@@ one={ti.xcom_pull(task_ids='priced', map_indexes=1)['price']!r} {ti.xcom_pull(task_ids='priced', map_indexes=[0, 2])[1]['price']!r}")

    o = orders()
    p = priced.expand(order=o)
    l = listed.expand(order=p)
    g = step.expand(order=o)
    show(p, l, g)


numbers_and_records()
