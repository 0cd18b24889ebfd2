"""Chat messages with marks of several template languages: by key, from a mapped task, into environments, branches and mapped Bash tasks."""
from datetime import datetime

from airflow.decorators import dag, task
from airflow.operators.bash import BashOperator
from airflow.operators.python import get_current_context

MESSAGES = [
    "{{ workflow.name }} and {{inputs.parameters.x}}",
    "{{= 1 + 1 }} ${HOME} $(hostname)",
    "100 %\n{% if x %}",
    "back\\slash 'single' \"double\" `tick`",
    "}} {{",
]


@dag(schedule=None, start_date=datetime(2024, 1, 1), tags=["chat"])
def messages_fan_out():
    @task
    def fetch():
        ti = get_current_context()["ti"]
        ti.xcom_push(key="first", value=MESSAGES[0])
        ti.xcom_push(key="all", value={"rows": MESSAGES, "next": None})
        return MESSAGES

    @task
    def wrap(text: str):
        return {"TEXT": text, "LEN": str(len(text))}

    @task.branch
    def route(first):
        return "braces" if first.startswith("{{ workflow") else "plain"

    @task
    def plain():
        return "never"

    @task
    def braces(ti=None):
        value = ti.xcom_pull(task_ids="fetch", key="all")
        print(f"@@ all={sorted(value)} {value['rows']!r}")
        print(f"@@ several={[sorted(v.items()) if isinstance(v, dict) else v for v in ti.xcom_pull(task_ids=['fetch', 'wrap'])]!r}")

    @task
    def count(lines):
        print(f"@@ n={len(list(lines))} {sorted(lines)[0]!r}")

    rows = fetch()
    wrapped = wrap.expand(text=rows)
    say = BashOperator.partial(task_id="say", bash_command="printf '@@ say=%s\\n' \"$(echo \"$TEXT\" | head -1)\"; echo \"$LEN\"", append_env=True).expand(env=wrapped)
    by_key = BashOperator(
        task_id="by_key",
        bash_command="echo \"@@ first=$FIRST\"; echo \"$FIRST\"",
        env={"FIRST": "{{ ti.xcom_pull(task_ids='fetch', key='first') }}", "N": "{{ ti.xcom_pull(task_ids='wrap') | length }}"},
    )
    r = route(rows[0] if False else fetch_first(rows))
    r >> [plain(), braces()]
    say >> count(say.output)
    wrapped >> by_key


@task
def fetch_first(rows):
    return rows[0]


messages_fan_out()
