"""What shell commands use."""

from __future__ import annotations

import pytest

from emitters.argo.language.shell_text import shell_use


@pytest.mark.parametrize(
    ("script", "programs"),
    [
        ("timeout -s KILL 10 dbt run", ["timeout", "dbt"]),
        ("timeout --signal=INT -k 5 10m dbt run", ["timeout", "dbt"]),
        ("env -u HOME A=1 spark-submit x", ["env", "spark-submit"]),
        ("find . -name '*.gz' -exec gunzip {} \\;", ["find", "gunzip"]),
        ("find . -type f -exec sh -c 'jq . \"$1\"' _ {} +", ["find", "sh", "jq"]),
        ("pip install dbt-core==1.7 && dbt run && terraform apply", ["pip", "terraform"]),
        ("apt-get install -y postgresql-client\npsql -c x\naws s3 ls", ["apt-get", "aws"]),
        ("pip install -r requirements.txt\nanything", ["pip"]),
    ],
)
def test_programs(script: str, programs: list[str]) -> None:
    assert shell_use(script).programs == programs


def test_a_folder_that_is_made_hides_what_is_in_it_only() -> None:
    assert shell_use("mkdir -p /data/a\ncat /data/a/x /data/ab").paths == ["/data/ab"]


def test_a_variable_with_a_default_needs_no_supply() -> None:
    assert shell_use("echo ${X:-d} ${Y} ${Z:?no}").variables == ["Y", "Z"]
