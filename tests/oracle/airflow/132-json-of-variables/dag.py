"""Texts that the file builds with json.dumps, repr and str around Variables that are read while it is loaded."""
import json
from datetime import datetime

from airflow import DAG
from airflow.models import Variable
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator

QUOTED = Variable.get("quoted")
DATA = Variable.get("data", deserialize_json=True)


def show(text):
    print("@@ text=" + json.dumps(text))


with DAG("json_of_variables", start_date=datetime(2024, 1, 1), schedule=None) as dag:
    texts = {
        "dumps": json.dumps({"v": QUOTED, "n": [QUOTED, "é"]}),
        "unicode": json.dumps({"v": QUOTED, "w": "é"}, ensure_ascii=False),
        "indent": json.dumps({"v": f"x{QUOTED}y"}, indent=1, sort_keys=True),
        "alone": json.dumps(QUOTED),
        "data": json.dumps(DATA),
        "inside": json.dumps({"d": DATA, "ds": "{{ ds }}"}),
        "repr": repr(QUOTED),
        "str": str({"v": QUOTED}),
        "f": f"<{QUOTED!r}> {QUOTED}",
        "percent": "%s|%r" % (QUOTED, QUOTED),
    }
    for name, text in texts.items():
        PythonOperator(task_id=name, python_callable=show, op_args=[text])
    BashOperator(task_id="bash", bash_command="cat <<'EOF'\n@@ p=" + json.dumps({"v": QUOTED}) + "\nEOF")

    def closure():
        show(texts["dumps"])
        show(texts["repr"])

    PythonOperator(task_id="closure", python_callable=closure)
