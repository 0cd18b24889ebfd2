"""Sources with something wrong in them end in findings, never in errors of this program: recorded cases, changed at
random places with a fixed seed. `MUTANTS=2000 pytest ...` tries more."""

from __future__ import annotations

import json
import os
import random
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from migrate.cli import cli

CASES = Path(__file__).resolve().parents[2] / "oracle"
MUTANTS = int(os.environ.get("MUTANTS", "120"))
VALUES = {
    ".py": "None|True|0|1.5|'x'|[]|{}|lambda: 1|(1,)|-1|10**9|'{{ ds }}'|[None]|{1: 2}|set()|b'x'|...|dag|DAG|object()|not_defined",
    ".dig": "null|true|0|1.5|x|[]|{}|-1|'${x}'|[null]|{a: 1}|${moment()}|2024-01-01|0x10|~|'{{ ds }}'|*x|!t x",
}
LINES = {
    ".py": "pass|raise ValueError()|dag = None|del dag|yield 1|with DAG('z') as dag: pass|import nothing",
    ".dig": "x: 1|+t:|_after: 1",
}
VALUE = {".py": re.compile(r"=\s*([^,=()\n]+)(?=[,)\n]|$)"), ".dig": re.compile(r":\s+(\S.*)$")}


def mutant(text: str, kind: str, chance: random.Random) -> str:
    lines = text.split("\n")
    for _ in range(chance.randint(1, 3)):
        place, action = chance.randrange(len(lines)), chance.random()
        found = VALUE[kind].search(lines[place])
        if found and action < 0.7:
            value = chance.choice(VALUES[kind].split("|"))
            lines[place] = lines[place][: found.start(1)] + value + lines[place][found.end(1) :]
        elif action < 0.8:
            del lines[place : place + 1]
        elif action < 0.9:
            other = chance.randrange(len(lines))
            lines[place], lines[other] = lines[other], lines[place]
        else:
            indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
            lines.insert(place, indent + chance.choice(LINES[kind].split("|")))
        lines = lines or [""]
    return "\n".join(lines)


@pytest.mark.parametrize(("system", "kind"), [("airflow", ".py"), ("digdag", ".dig")])
def test_no_internal_error(system: str, kind: str, tmp_path: Path) -> None:
    chance = random.Random(MUTANTS)
    sources = [f.read_text(encoding="utf-8") for f in sorted((CASES / system).glob(f"*/*{kind}"))]
    assert len(sources) > 50
    for number in range(MUTANTS):
        folder = tmp_path / "in" / (f"p{number}" if system == "digdag" else "")
        folder.mkdir(parents=True, exist_ok=True)
        text = mutant(chance.choice(sources), kind, chance)
        (folder / f"f{number}{kind}").write_text(text, encoding="utf-8")
    command = [system, str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--fail-on", "never", "-q"]
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 0, done.output
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert len(report["findings"]) > MUTANTS // 4
    internal = [(f["code"], f["file"], f["message"]) for f in report["findings"] if f["code"].startswith("INT")]
    assert internal == [], [(tmp_path / "in" / file).read_text() for _, file, _ in internal[:2]]
