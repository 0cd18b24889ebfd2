"""Runs the chunks of `tests/unit/airflow_objects/field` in real Airflow: are their expected values Airflow's own?

    PYTHON_WITH_AIRFLOW tests/oracle/field_shapes.py [WORD]      chunks whose name contains WORD; exits 1 on a difference

Chunks named `3.x` need Airflow 3, all others Airflow 2.11 with a database (`airflow db migrate`).
"""

import os
import re
import runpy
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "unit" / "airflow_objects" / "field"
HEAD = "from datetime import datetime, timedelta\n"
os.environ.update(AIRFLOW_VAR_TABLES='["t1", "t2"]', PARTS="e1,e2", STAGE="prod")


def edges(dag):
    return sorted(f"{up}>{task.task_id}" for task in dag.tasks for up in task.upstream_task_ids)


def operators(dag):
    return {task.task_id: type(task).__name__ for task in dag.tasks}


def mapped(dag):
    return sorted(
        task.task_id for task in dag.tasks if type(task).__name__ in ("MappedOperator", "DecoratedMappedOperator")
    )


def run(text: str) -> list[str]:
    """The differences of one chunk."""
    wrong = []

    def check(got, wanted):
        if repr(got) != repr(wanted):
            wrong.append(f"{got!r}, expected {wanted!r}")

    main, *rest = re.split(r"^%% ", text, flags=re.M)
    main = re.sub(r"^check\(collected\(\).*$", "", main, flags=re.M)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "dags"
        for name, content in {"main_dag.py": HEAD + main, **dict(p.partition("\n")[::2] for p in rest)}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        known = set(sys.modules)
        sys.path.insert(0, str(root))
        try:
            given = {"check": check, "edges": edges, "operators": operators, "mapped": mapped}
            runpy.run_path(str(root / "main_dag.py"), given)
        except Exception as error:
            wrong.append(f"{type(error).__name__}: {error}")
        sys.path.remove(str(root))
        for name in set(sys.modules) - known:
            if folder in str(getattr(sys.modules[name], "__file__", "")):
                del sys.modules[name]
    return wrong


def main() -> int:
    from airflow import __version__

    if __version__ < "3":  # what newer releases of the provider dropped
        from airflow.providers.http.operators import http

        http.SimpleHttpOperator = http.HttpOperator

    word = sys.argv[1] if len(sys.argv) > 1 else ""
    failed = 0
    for path in sorted(FOLDER.glob("*.txt")):
        for text in re.split(r"^---\n", path.read_text(), flags=re.M):
            name = text.partition("\n")[0].removeprefix("# ")
            if word not in name or ("3.x" in name) != (__version__ >= "3"):
                continue
            wrong = run(text)
            failed += bool(wrong)
            print("ok  " if not wrong else "DIFF", name, *wrong, sep="\n     " if wrong else " ")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
