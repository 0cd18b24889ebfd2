"""State that the file sets up at module level, and that callables find when they run."""
import decimal
import functools
import json
import locale
import logging
import os
import random
import socket
import string
import sys
import warnings
from datetime import datetime

from airflow import DAG
from airflow.operators.python import PythonOperator

import state_settings
import state_registry as registry
from state_registry import HANDLERS, register_handler
import state_plugins  # noqa: F401

STEPS = {}
ORDER = []


def step(name):
    def wrap(function):
        STEPS[name] = function
        ORDER.append(name)
        return function

    return wrap


@step("load")
def load_rows():
    return "loaded"


@step("clean")
def clean_rows():
    return "cleaned " + load_rows()


def run_steps():
    print("@@ steps=" + ",".join(f"{name}:{STEPS[name]()}" for name in ORDER))
    return ORDER


class Table:
    known = []
    prefix = "raw"

    def __init__(self, name):
        self.name = name
        Table.known.append(name)


Table("orders")
Table("users")
Table.prefix = "core"
Table.suffix = lambda self: "_v2"


def use_class():
    print("@@ tables=" + ",".join(f"{Table.prefix}.{n}" for n in Table.known) + Table.suffix(None))


class Plugin:
    plugins = []

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        Plugin.plugins.append(cls)


class First(Plugin):
    key = "first"


class Second(Plugin):
    key = "second"


def use_plugins():
    print("@@ plugins=" + ",".join(p.key for p in Plugin.plugins))


def counted():
    counted.calls += 1
    print(f"@@ calls={counted.calls} {counted.label}")


counted.calls = 5
counted.label = "five"

COUNT = 0


def bump(by=1):
    global COUNT
    COUNT += by
    return COUNT


bump()
bump(3)


def use_count():
    print(f"@@ count={bump()}")


CONFIG = None


def init_config():
    global CONFIG
    CONFIG = {"env": "test", "tables": ["a"]}


init_config()
CONFIG["tables"] += ["b"]


def use_config():
    print("@@ config=" + json.dumps(CONFIG))


state_settings.LIMIT = 50
state_settings.TABLES.append("late")
state_settings.Options.level = "high"
setattr(state_settings, "EXTRA", "set")


def use_settings():
    print(f"@@ settings={state_settings.describe()} {state_settings.EXTRA}")


@register_handler("mine")
def my_handler(value):
    return f"mine {value}"


def use_handlers():
    print("@@ handlers=" + ",".join(sorted(HANDLERS)) + " " + registry.handle("mine", 4) + " " + registry.handle("plug", 1))


socket.setdefaulttimeout(17)
os.environ["STATE_MODE"] = "fast"
os.environ.setdefault("STATE_OTHER", "slow")
decimal.getcontext().prec = 5
random.seed(12)
sys.setrecursionlimit(4321)
warnings.filterwarnings("error", message="state.*")
string.ascii_lowercase = "xyz"
locale.setlocale(locale.LC_ALL, "C")


def use_process():
    print(f"@@ timeout={socket.getdefaulttimeout()} mode={os.environ['STATE_MODE']} {os.getenv('STATE_OTHER')}")
    print(f"@@ decimal={decimal.Decimal(1) / decimal.Decimal(7)}")
    print(f"@@ limit={sys.getrecursionlimit()} {string.ascii_lowercase}")
    try:
        warnings.warn("state is bad")
        print("@@ warned=no")
    except UserWarning as error:
        print(f"@@ warned={error}")


def use_random():
    random.seed(12)
    print(f"@@ random={random.randint(1, 1000)}")


@functools.singledispatch
def shown(value):
    return f"object {value}"


@shown.register(int)
def _(value):
    return f"int {value}"


@shown.register(list)
def _(value):
    return "list " + " ".join(map(shown, value))


def use_dispatch():
    print("@@ dispatch=" + shown([1, "a", 2]))


def original():
    return "original"


def patched():
    return "patched"


keep = original
original = patched


def use_patched():
    print(f"@@ patched={original()} {keep()}")


log = logging.getLogger("state.log")
log.setLevel(logging.ERROR)


class Counting(logging.Handler):
    seen = []

    def emit(self, record):
        Counting.seen.append(record.getMessage())


log.addHandler(Counting())


def use_log():
    log.info("lost")
    log.error("kept")
    print("@@ log=" + ",".join(Counting.seen))


PARTS = []
for number in range(3):
    PARTS.append(lambda number=number: number * 10)

MATRIX = [[0] * 2 for _ in range(2)]
MATRIX[1][0] = 7
ALIAS = MATRIX
ALIAS.append([9])


def use_parts():
    print("@@ parts=" + ",".join(str(part()) for part in PARTS) + " " + json.dumps(MATRIX, separators=(",", ":")))


with DAG("module_state", start_date=datetime(2024, 1, 1), schedule=None) as dag:
    for function in (
        run_steps, use_class, use_plugins, counted, use_count, use_config, use_settings, use_handlers, use_process,
        use_random, use_dispatch, use_patched, use_log, use_parts,
    ):
        PythonOperator(task_id=function.__name__, python_callable=function)
