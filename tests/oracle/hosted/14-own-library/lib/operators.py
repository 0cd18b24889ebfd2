"""Operators of the project, in a package of its own."""

from __future__ import annotations

import os
import signal
import time
from datetime import timedelta

from airflow.exceptions import AirflowSkipException
from airflow.models import BaseOperator
from airflow.notifications.basenotifier import BaseNotifier
from airflow.operators.python import PythonOperator, get_current_context

from lib.hooks import LedgerHook


class Render(BaseOperator):
    """Runs a script of the repository as a template."""

    template_fields = ("script", "options")
    template_ext = (".job", ".sql")

    def __init__(self, *, script: str, options: dict | None = None, ledger_conn_id: str = "hosted_ledger", **kwargs) -> None:
        super().__init__(**kwargs)
        self.script = script
        self.options = options or {}
        self.ledger_conn_id = ledger_conn_id

    def execute(self, context):
        for line in self.script.strip().splitlines():
            print(f"@@ script={line}")
        print(f"@@ options={self.options}")
        print(f"@@ ledger={LedgerHook(self.ledger_conn_id).address()}")
        return len(self.script.strip().splitlines())


class Slow(BaseOperator):
    """Takes longer than it may."""

    def execute(self, context):
        time.sleep(60)

    def on_kill(self):
        with open(os.path.join(os.environ["OUT"], "library.killed"), "a") as f:
            f.write("killed\n")


class SkipsSome(BaseOperator):
    template_fields = ("rows",)

    def __init__(self, rows, **kwargs):
        super().__init__(**kwargs)
        self.rows = rows

    def execute(self, context):
        if len(self.rows) < 3:
            raise AirflowSkipException(f"only {len(self.rows)}")
        return self.rows[-1]


class Templated(PythonOperator):
    """Runs the function between two lines."""

    def execute(self, context):
        print(f"@@ before={self.templates_dict['day']}")
        value = super().execute(context)
        print(f"@@ after={value}")
        return value


class Deep(Render):
    """Two levels below the base class, with defaults of its own."""

    template_fields = (*Render.template_fields, "note")

    def __init__(self, note: str = "by {{ task.task_id }}", **kwargs) -> None:
        kwargs.setdefault("script", "deep {{ ds }}")
        super().__init__(**kwargs)
        self.note = note

    def execute(self, context):
        super().execute(context)
        print(f"@@ note={self.note} {get_current_context()['ti'].task_id}")
        self.inner()
        return {"note": self.note}

    def inner(self):
        print(f"@@ inner={get_current_context()['ds']}")


class Tell(BaseNotifier):
    template_fields = ("message",)

    def __init__(self, message):
        super().__init__()
        self.message = message

    def notify(self, context):
        print(f"@@ told={self.message} {context['ti'].task_id}")
