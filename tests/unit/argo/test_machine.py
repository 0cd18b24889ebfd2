"""What tasks take from the machine on which they used to run is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from emitters.argo.language.shell_text import VALUE, shell_use


@pytest.mark.parametrize(
    ("script", "programs"),
    [
        ("dbt run && cd x; psql -f y | tee z", ["dbt", "cd", "psql", "tee"]),
        ("A=1 B=2 aws s3 ls", ["aws"]),
        ("for f in $(ls *.sql); do load $f; done", ["ls", "load"]),
        ("if [ -f x ]; then one; elif two; then three; else four; fi", ["two", "one", "three", "four"]),
        ("f() { inner; }\nf", ["inner"]),
        ("sudo -u me env A=1 timeout 5 tool x", ["sudo", "env", "timeout", "tool"]),
        ("bash -c 'curl x; jq .'", ["bash", "curl", "jq"]),
        ("cat <<EOF\nnot a command\nEOF", ["cat"]),
        ("echo 'dbt run' # dbt test", ["echo"]),
        ("pip install dbt && dbt run", ["pip"]),
        ('echo "$(date)" `hostname`', ["echo", "date", "hostname"]),
        ("", []),
    ],
)
def test_programs_of_a_script(script: str, programs: list[str]) -> None:
    assert sorted(shell_use(script).programs) == sorted(programs)
    assert not shell_use(script).computed


def test_paths_variables_and_computed_programs() -> None:
    use = shell_use(
        "cd /opt/x && python ~/a.py --out=/data/y <$IN > /srv/z; ssh host ls /there; mkdir -p /w/a; cp q /w/a/b"
    )
    assert sorted(use.paths) == ["/data/y", "/opt/x", "/srv/z", "~/a.py"]
    assert use.variables == ["IN"]
    use = shell_use('X=1; for i in a; do read L; echo $X $i $L "${HOME_OF_IT:-x}"; done')
    assert use.variables == []
    assert shell_use(f"{VALUE} x").computed
    assert shell_use("$CMD x").computed


@pytest.fixture
def findings(tmp_path: Path) -> Any:
    """`findings(body of the DAG, configuration)` -> the OPS01x findings as (task, code, message)."""
    from click.testing import CliRunner

    from migrate.cli import cli

    def of(body: str, config: str = "") -> list[tuple[str, str, str]]:
        import json

        head = "from datetime import datetime\nfrom airflow import DAG\n"
        head += "from airflow.operators.bash import BashOperator\nfrom airflow.operators.python import PythonOperator\n"
        (tmp_path / "dags").mkdir(exist_ok=True)
        text = f"{head}with DAG('d', start_date=datetime(2024, 1, 1), schedule=None):\n{body}"
        (tmp_path / "dags" / "d.py").write_text(text)
        (tmp_path / "migrate.toml").write_text(config)
        args = ["airflow", str(tmp_path / "dags"), "-o", str(tmp_path / "out"), "--config"]
        done = CliRunner().invoke(cli, [*args, str(tmp_path / "migrate.toml"), "--force"])
        assert (tmp_path / "out" / "report.json").is_file(), done.output
        report = json.loads((tmp_path / "out" / "report.json").read_text())
        codes = ("OPS010", "OPS012", "OPS013", "OPS014")
        return [(f["task"], f["code"], f["message"]) for f in report["findings"] if f["code"] in codes]

    return of


def test_a_program_that_the_default_image_lacks(findings: Any) -> None:
    body = "    BashOperator(task_id='t', bash_command='dbt run && echo x | sort')\n"
    assert findings(body) == [("t", "OPS010", "the image `bash:5.2` does not hold what the command calls: `dbt`")]
    assert findings(body, 'task_images = {"d.*" = "dbt:1"}\n') == []
    assert findings("    BashOperator(task_id='t', bash_command='echo {{ ds }} | sort; exit 0')\n") == []


def test_files_and_variables_of_the_worker(findings: Any) -> None:
    body = "    BashOperator(task_id='t', bash_command='cat /opt/data/$REGION.csv', env={'A': 'b'}, append_env=True)\n"
    assert [(task, code) for task, code, _ in findings(body)] == [("t", "OPS012"), ("t", "OPS014")]
    body = "    def f(): return open('/opt/data/x.csv').read()\n    PythonOperator(task_id='p', python_callable=f)\n"
    assert findings(body) == [("p", "OPS012", "names files of the machine on which it used to run: `/opt/data/x.csv`")]


def test_tasks_that_share_a_temporary_file(findings: Any) -> None:
    body = (
        "    def f(): return open('/tmp/x.csv').read()\n"
        "    a = BashOperator(task_id='a', bash_command='date > /tmp/x.csv; cat /tmp/own')\n"
        "    a >> PythonOperator(task_id='b', python_callable=f)\n"
    )
    assert findings(body) == [
        ("a", "OPS013", "names `/tmp/x.csv`, as `b` does: pods do not share their files"),
        ("b", "OPS013", "names `/tmp/x.csv`, as `a` does: pods do not share their files"),
    ]


def test_programs_that_python_code_starts(findings: Any) -> None:
    body = (
        "    def f():\n        import os, subprocess\n        subprocess.check_call('gsutil ls | sort', shell=True)\n"
        "        subprocess.run(['aws', 's3'])\n        os.system('date')\n"
        "    PythonOperator(task_id='p', python_callable=f)\n"
    )
    wanted = "the image `python:3.12-slim` does not hold what the command calls: `gsutil`, `aws`"
    assert findings(body) == [("p", "OPS010", wanted)]
