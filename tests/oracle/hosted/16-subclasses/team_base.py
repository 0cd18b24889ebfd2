"""What the team's operators share."""

from contextlib import contextmanager

from airflow.exceptions import AirflowException
from airflow.models import BaseOperator


class TeamError(AirflowException):
    """Ours."""


class Timed:
    """Mixed in: prints around `execute`."""

    label = "timed"

    def execute(self, context):
        print(f"@@ begin={self.label} {self.task_id}")
        try:
            return super().execute(context)
        finally:
            print(f"@@ end={self.label}")


class TeamBase(BaseOperator):
    """Steps with defaults that come from class attributes."""

    template_fields = ("settings", "sql")
    template_ext = (".sql",)
    template_fields_renderers = {"sql": "sql"}
    ui_color = "#fff"
    default_size = 3

    def __init__(self, *, settings=None, sql=None, size=None, **kwargs):
        kwargs.setdefault("retries", 0)
        super().__init__(**kwargs)
        self.settings = settings or {}
        self.sql = sql
        self.size = size if size is not None else self.default_size

    @contextmanager
    def step(self, name):
        print(f"@@ step={name}")
        yield name.upper()
        print(f"@@ left={name}")

    def execute(self, context):
        with self.step("work") as word:
            print(f"@@ word={word} {self.size} {self.retries}")
            return self.run(context)

    def run(self, context):
        raise NotImplementedError
