"""What is not known at conversion stays symbolic or unknown with its cause; files are read inside the roots only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

import pytest

from migrate.ir import exprs
from parsers.airflow.evaluator.values import Symbolic, Unknown

Evaluate = Callable[..., Any]


def time_of(value: Any) -> exprs.TimeRef:
    assert isinstance(value, Symbolic)
    expr = value.expr
    if isinstance(expr, exprs.Concat):
        (expr,) = expr.parts
    assert isinstance(expr, exprs.TimeRef)
    return expr


def test_the_clock_is_carried_into_the_run(evaluate: Evaluate) -> None:
    program = evaluate(
        "from datetime import datetime, date, timedelta, timezone\n"
        "import pendulum, time\n"
        "a = datetime.now()\n"
        "b = (datetime.utcnow() - timedelta(days=1)).strftime('%Y%m%d')\n"
        "c = f'{datetime.now():%H}'\n"
        "d = str(date.today())\n"
        "e = pendulum.now('Europe/Paris').subtract(days=2).to_date_string()\n"
        "f = pendulum.today('UTC').add(days=-1)\n"
        "g = datetime.now(timezone.utc).isoformat()\n"
        "h = time.time()\n"
        "i = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)\n"
        "j = time.strftime('%Y')\n"
    )
    assert time_of(program["a"]).of == "now"
    assert time_of(program["b"]).shifts == (exprs.TimeShift(days=-1),) and time_of(program["b"]).layout == "%Y%m%d"
    assert time_of(program["c"]).layout == "%H"
    assert time_of(program["d"]).truncate == "day" and time_of(program["d"]).layout == "%Y-%m-%d"
    assert time_of(program["e"]).zone == "Europe/Paris" and time_of(program["e"]).layout == "%Y-%m-%d"
    assert time_of(program["f"]).truncate == "day" and time_of(program["f"]).shifts == (exprs.TimeShift(days=-1),)
    assert time_of(program["g"]).layout == "iso"
    assert isinstance(program["h"], Unknown) and "clock" in program["h"].why
    assert time_of(program["i"]).truncate == "day"
    assert time_of(program["j"]).layout == "%Y"


def test_pendulum_values(evaluate: Evaluate) -> None:
    program = evaluate(
        "import pendulum\n"
        "from datetime import timedelta\n"
        "p = pendulum.datetime(2024, 1, 31, 10, tz='Europe/Paris')\n"
        "a = p.add(months=1).to_date_string(), p.start_of('week').isoformat(), p.end_of('month').day\n"
        "b = p.in_timezone('UTC').hour, p.format('YYYY/MM/DD HH:mm'), p.timezone_name, str(p.subtract(days=1))\n"
        "c = pendulum.parse('2024-03-04T05:06:07Z').to_iso8601_string(), pendulum.parse('20240304').to_date_string()\n"
        "d = pendulum.duration(days=1, hours=2).total_seconds(), pendulum.duration(weeks=1).in_days()\n"
        "e = pendulum.instance(p).day_of_week, pendulum.timezone('UTC').name, pendulum.from_format('2024-02', "
        "'YYYY-MM').month\n"
        "f = (p + timedelta(days=1)).to_datetime_string(), (p - pendulum.datetime(2024, 1, 1, tz='UTC')).in_days()\n"
        "g = pendulum.datetime(2024, 3, 30, 12, tz='Europe/Paris').add(days=1).isoformat()\n"
        "h = p.next(pendulum.MONDAY).to_date_string(), p.int_timestamp, p.quarter, pendulum.from_timestamp(0).year\n"
    )
    assert program["a"] == ("2024-02-29", "2024-01-29T00:00:00+01:00", 31)
    assert program["b"] == (9, "2024/01/31 10:00", "Europe/Paris", "2024-01-30 10:00:00+01:00")
    assert program["c"] == ("2024-03-04T05:06:07Z", "2024-03-04")
    assert program["d"] == (93600.0, 7)
    assert program["e"] == (2, "UTC", 2)
    assert program["f"] == ("2024-02-01 10:00:00", 30)
    assert program["g"] == "2024-03-31T12:00:00+02:00"
    assert program["h"][0] == "2024-02-05" and program["h"][2:] == (1, 1970)


def test_pytz_zones(evaluate: Evaluate) -> None:
    program = evaluate(
        "import pytz\nfrom datetime import datetime\n"
        "z = pytz.timezone('America/New_York')\n"
        "a = z.localize(datetime(2024, 7, 1)).isoformat(), z.zone, pytz.utc.localize(datetime(2024, 1, "
        "1)).isoformat()\n"
        "b = datetime(2024, 1, 1, tzinfo=pytz.UTC).astimezone(z).hour\n"
        "try:\n    pytz.timezone('No/Where')\nexcept pytz.UnknownTimeZoneError:\n    c = 'unknown'\n"
    )
    assert program["a"] == ("2024-07-01T00:00:00-04:00", "America/New_York", "2024-01-01T00:00:00+00:00")
    assert (program["b"], program["c"]) == (19, "unknown")


def test_environment(evaluate: Evaluate) -> None:
    program = evaluate(
        "import os\n"
        "a = os.environ['GIVEN'], os.getenv('GIVEN'), os.environ.get('GIVEN', 'x')\n"
        "b = os.getenv('NOT_GIVEN', 'default'), os.environ.get('NOT_GIVEN', 'd2')\n"
        "c = os.environ['SECRET_PLACE']\n"
        "d = 'pre-' + os.getenv('OPT')\n"
        "os.environ['OWN'] = 'mine'\n"
        "e = os.environ['OWN'], 'GIVEN' in os.environ, os.environ.setdefault('OWN', 'no')\n"
        "f = {**os.environ, 'A': '1'}\n"
        "g = os.path.join(os.environ['ROOT'], 'x', 'y.sql')\n"
        "h = os.path.expandvars('$GIVEN/z')\n"
        "i = os.environ['AIRFLOW_HOME']\n",
        env={"GIVEN": "v"},
    )
    assert program["a"] == ("v", "v", "v")
    assert program["b"] == ("default", "d2")
    symbol = program["c"]
    assert isinstance(symbol, Symbolic) and symbol.expr == exprs.EnvRef(name="SECRET_PLACE")
    assert symbol.unknown.name == "env:SECRET_PLACE"
    parts = program["d"].expr.parts
    assert parts[0] == exprs.Literal(value="pre-") and parts[1].name == "OPT"
    assert program["e"] == ("mine", True, "mine")
    assert isinstance(program["f"], Unknown) or any(isinstance(k, Unknown) for k in program["f"])
    assert [getattr(p, "value", None) or p.name for p in program["g"].expr.parts] == ["ROOT", "/x/y.sql"]
    assert program["h"] == "v/z"
    assert program["i"] == "/opt/airflow"


FILES = {
    "conf/a.yml": "k: [1, 2]\n", "conf/b.yaml": "k: 3\n", "conf/sub/c.json": '{"z": 1}', "t.csv": "h,i\r\n1,2\r\n",
    "q.sql": "select 1\n", "conf/.hidden.yml": "no: 1\n", "latin.txt": "caf\u00e9".encode("latin-1"), "e.toml": "x = 1\n",
    "i.ini": "[s]\nk = v\n",
}  # fmt: skip


def test_files_inside_the_roots(evaluate: Evaluate) -> None:
    program = evaluate(
        "import os, json, yaml, csv, glob, tomllib, configparser\n"
        "from pathlib import Path\n"
        "here = Path(__file__).parent\n"
        "a = yaml.safe_load(open(here / 'conf' / 'a.yml'))\n"
        "with open(os.path.join(os.path.dirname(__file__), 'conf/sub/c.json')) as f:\n    b = json.load(f)\n"
        "c = (here / 'q.sql').read_text().strip(), (here / 'q.sql').exists(), (here / 'nope').is_file()\n"
        "d = sorted(p.name for p in here.glob('conf/*.y*ml')), [p.name for p in sorted((here / 'conf').iterdir())]\n"
        "e = [os.path.basename(p) for p in sorted(glob.glob(str(here) + '/conf/*.y*ml'))]\n"
        "f = [str(p.relative_to(here)) for p in here.rglob('*.json')], glob.glob(f'{here}/**/*.json', recursive=True)\n"
        "g = list(csv.DictReader(open('dags/t.csv')))\n"
        "h = [(os.path.basename(r), ds, fs) for r, ds, fs in os.walk(here / 'conf')]\n"
        "i = os.listdir(here / 'conf'), os.path.exists('/etc/passwd'), os.path.isdir(here)\n"
        "j = open(here / 'latin.txt', encoding='latin-1').read(), open(here / 'q.sql', 'rb').read()\n"
        "k = tomllib.load(open(here / 'e.toml', 'rb')), [e.name for e in os.scandir(here / 'conf') if e.is_dir()]\n"
        "cp = configparser.ConfigParser()\ncp.read(here / 'i.ini')\nl = cp['s']['k']\n"
        "try:\n    open(here / 'missing.yml')\nexcept FileNotFoundError:\n    m = 'missing'\n"
        "n = [line.strip() for line in open(here / 't.csv')]\n"
        "o = open('/etc/passwd').read()\n"
        "p = Path('/usr/local/airflow/dags/q.sql').read_text(), open(here / '..' / '..' / 'outside').read()\n",
        files=FILES,
    )
    assert program["a"] == {"k": [1, 2]} and program["b"] == {"z": 1}
    assert program["c"] == ("select 1", True, False)
    assert program["d"] == ([".hidden.yml", "a.yml", "b.yaml"], [".hidden.yml", "a.yml", "b.yaml", "sub"])
    assert program["e"] == ["a.yml", "b.yaml"]
    assert program["f"] == (["conf/sub/c.json"], ["/opt/airflow/dags/conf/sub/c.json"])
    assert program["g"] == [{"h": "1", "i": "2"}]
    assert program["h"] == [("conf", ["sub"], [".hidden.yml", "a.yml", "b.yaml"]), ("sub", [], ["c.json"])]
    assert program["i"][0] == [".hidden.yml", "a.yml", "b.yaml", "sub"] and program["i"][2] is True
    assert isinstance(program["i"][1], Unknown) and program["i"][1].guess is False
    assert program["j"] == ("caf\u00e9", b"select 1\n")
    assert program["k"] == ({"x": 1}, ["sub"])
    assert program["l"] == "v" and program["m"] == "missing" and program["n"] == ["h,i", "1,2"]
    assert isinstance(program["o"], Unknown) and "outside the given folders" in program["o"].root().why
    assert program["p"][0] == "select 1\n" and isinstance(program["p"][1], Unknown)


def test_paths_are_those_of_the_deployment(evaluate: Evaluate) -> None:
    program = evaluate(
        "from pathlib import Path\nimport os\n"
        "a = Path(__file__).resolve().parent, Path('x').absolute(), os.path.abspath(__file__), Path.cwd(), "
        "os.getcwd()\n"
        "b = os.getuid()\n"
    )
    base = PurePosixPath("/opt/airflow")
    assert program["a"] == (base / "dags", base / "x", "/opt/airflow/dags/dag.py", base, "/opt/airflow")
    assert isinstance(program["b"], Unknown)


def test_what_is_random_or_outside_is_unknown_with_a_reason(evaluate: Evaluate) -> None:
    program = evaluate(
        "import uuid, random, subprocess, socket, requests, tempfile, platform, boto3, secrets\n"
        "a = uuid.uuid4()\nb = random.random()\nc = subprocess.check_output(['ls'])\nd = socket.gethostname()\n"
        "e = requests.get('http://x').json()['k']\nf = tempfile.mkdtemp()\ng = platform.node()\n"
        "h = boto3.client('s3').list_buckets()\ni = secrets.token_hex()\n"
    )
    for name, word in zip(
        "abcdefghi",
        ("different", "seed", "process", "network", "third-party", "machine", "machine", "third-party", "different"),
        strict=True,
    ):
        assert isinstance(program[name], Unknown), name
        assert word in program[name].root().why, (name, program[name].root().why)


def test_modules_by_name(evaluate: Evaluate) -> None:
    program = evaluate(
        "import importlib, importlib.util, pkgutil, inspect, sys, os\n"
        "m = importlib.import_module('helper')\na = m.VALUE, m.f(2)\n"
        "spec = importlib.util.spec_from_file_location('other', os.path.join(os.path.dirname(__file__), "
        "'pkg/one.py'))\n"
        "o = importlib.util.module_from_spec(spec)\nspec.loader.exec_module(o)\nb = o.NAME\n"
        "import pkg\nc = [info.name for info in pkgutil.iter_modules(pkg.__path__)]\n"
        "d = inspect.getfile(m.f), [n for n, v in inspect.getmembers(m, inspect.isfunction)], inspect.isclass(m.C)\n"
        "sys.path.append(os.path.join(os.path.dirname(__file__), 'lib'))\nimport inlib\ne = inlib.X\n"
        "f = list(inspect.signature(m.f).parameters), sys.version_info >= (3, 8), sys.platform\n",
        files={
            "helper.py": "VALUE = 3\ndef f(x):\n    return x + 1\nclass C: pass\n", "pkg/__init__.py": "",
            "pkg/one.py": "NAME = 'one'\n", "pkg/two.py": "", "lib/inlib.py": "X = 'lib'\n",
        },
    )  # fmt: skip
    assert program["a"] == (3, 3) and program["b"] == "one" and program["c"] == ["one", "two"]
    assert program["d"] == ("/opt/airflow/dags/helper.py", ["f"], True)
    assert program["e"] == "lib"
    assert program["f"] == (["x"], True, "linux")


def test_a_dotenv_file_that_refers_to_what_nobody_supplied(evaluate: Evaluate) -> None:
    program = evaluate(
        "import os\nfrom dotenv import load_dotenv\nload_dotenv()\na = os.environ['BASE']\nb = os.environ['PATH_OF']\n",
        files={".env": "BASE=${ROOT}/in\nPATH_OF=${OTHER}/out\n"},
        env={"ROOT": "/data"},
    )
    assert program["a"] == "/data/in"
    assert isinstance(program["b"], Unknown) and "OTHER" in program["b"].why


def test_configuration_libraries(evaluate: Evaluate) -> None:
    program = evaluate(
        "from dotenv import load_dotenv, dotenv_values\nimport os\nload_dotenv()\na = os.getenv('FROM_FILE')\n"
        "from decouple import config, Csv\nb = config('PORT', default=1, cast=int), config('LIST', cast=Csv()), "
        "config('NONE', default='d')\n"
        "from environs import Env\nenv = Env()\nc = env.int('PORT'), env.bool('FLAG', False), env.list('LIST')\n"
        "from box import Box\nfrom munch import munchify\nd = Box({'a': {'b': 1}}).a.b, munchify({'x': [{'y': "
        "2}]}).x[0].y\n"
        "from omegaconf import OmegaConf\ne = OmegaConf.load(os.path.join(os.path.dirname(__file__), 'o.yaml')).k.l\n"
        "from pydantic_settings import BaseSettings\n"
        "class S(BaseSettings):\n    port: int\n    host: str = 'h'\n    key: str\ns = S()\nf = s.port, "
        "s.host\ng = s.key\n",
        files={".env": "FROM_FILE='v w' # c\nexport PORT=99\n", "o.yaml": "k: {l: 5}\n"},
        env={"PORT": "8", "LIST": "a, b"},
    )
    assert program["a"] == "v w"
    assert program["b"] == (8, ["a", "b"], "d") and program["c"] == (8, False, ["a", "b"])
    assert program["d"] == (1, 2) and program["e"] == 5 and program["f"] == (8, "h")
    assert isinstance(program["g"], Symbolic) and program["g"].expr.name == "KEY"


def test_unknown_tags_and_symbolic_templates(evaluate: Evaluate) -> None:
    program = evaluate(
        "import yaml, os, json\nfrom jinja2 import Template\n"
        "a = yaml.safe_load('x: !vault s\\ny: 1')\n"
        "b = Template('v={{ v }}!').render(v=os.environ['V'])\n"
        "c = Template('{% if v %}x{% endif %}').render(v=os.environ['V'])\n"
        "d = json.dumps({'k': os.environ['V']})\n"
        "import string\ne = string.Template('q $v').substitute(v=os.environ['V'])\n"
    )
    assert isinstance(program["a"]["x"], Unknown) and program["a"]["y"] == 1
    assert [p.kind for p in program["b"].expr.parts] == ["literal", "env", "literal"]
    assert isinstance(program["c"], Unknown)
    assert isinstance(program["d"], Symbolic) and isinstance(program["e"], Symbolic)


HOSTILE = [
    "import re\nx = re.match('(a+)+$', 'a' * 60 + 'b')",
    "import re\nx = re.match('(a|a)*$', 'a' * 60 + 'b')",
    "import re\nx = re.search('(x*)*y', 'x' * 1000)",
    "import re\nx = re.match('.*.*.*=.*', 'y' * 90000)",
    (
        "from jinja2 import Template\nx = Template('{% for i in range(99999) %}{% for j in range(99999) %}{% endfor "
        "%}{% endfor %}').render()"
    ),
    "from jinja2 import Template\nx = Template(\"{{ 'a' * 1000000000 }}\").render()",
    "from jinja2 import Template\nx = Template('{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}').render()",
    "from jinja2 import Template\nx = Template('{% set n = namespace(x=\"a\") %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}').render()",
    "from jinja2 import Template\nx = Template(\"{{ '%1000000000d' % 1 }}\").render()",
    "from jinja2 import Template\nx = Template(\"{{ '{:1000000000}'.format(1) }}\").render()",
    "from jinja2 import Template\nx = Template(\"{{ 'a'|center(999999999) }}\").render()",
    "import itertools\nx = len(list(itertools.product(range(1000), repeat=5)))",
    "import itertools\nx = list(itertools.count())",
    "import itertools\nx = list(itertools.permutations(range(30)))",
    "import math\nx = math.factorial(10 ** 9)",
    "import textwrap\nx = '%*d' % (10 ** 9, 1)",
    (
        "import yaml\nx = yaml.safe_load('a: &a [x,x,x,x,x,x,x,x,x]\\n' + ''.join(f'{c}: &{c} "
        "[*{p},*{p},*{p},*{p},*{p},*{p},*{p},*{p},*{p}]\\n' for p, c in zip('abcdefgh', 'bcdefghi')))"
    ),
    (
        "import yaml\nx = yaml.safe_load('a: &a {k: 1}\\n' + ''.join(f'{c}: &{c} {{<<: "
        "[*{p},*{p},*{p},*{p},*{p},*{p},*{p},*{p},*{p}], {c}: 1}}\\n' for p, c in zip('abcdefghijk', 'bcdefghijkl')))"
    ),
    (
        "import configparser\nc = configparser.ConfigParser()\nc.read_string('[s]\\na=' + 'x' * 100 + "
        "''.join(f'\\n{b}=' + f'%({a})s' * 12 for a, b in zip('abcdefgh', 'bcdefghi')))\nx = c.get('s', 'i')"
    ),
]  # fmt: skip


@pytest.mark.parametrize("program", HOSTILE)
def test_hostile_programs_end_soon(program: str, evaluate: Evaluate) -> None:
    import time

    from parsers.airflow.evaluator.budget import Budgets

    start = time.process_time()
    evaluate(program, budgets=Budgets(seconds=5))
    assert time.process_time() - start < 15
