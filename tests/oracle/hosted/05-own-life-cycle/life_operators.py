import os

from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from airflow.models import BaseOperator


def count(name):
    path = os.path.join(os.environ["OUT"], name)
    with open(path, "a") as f:
        f.write("x")
    return os.path.getsize(path)


class Base(BaseOperator):
    """Announces every step of an operator's life."""

    def pre_execute(self, context):
        print(f"@@ pre={self.task_id}")
        self.prepared = context["ds"]

    def post_execute(self, context, result=None):
        print(f"@@ post={result!r}")


class Note(Base):
    template_fields = ("text", "options", "ignored_if_missing")
    template_ext = (".txt",)
    template_fields_renderers = {"text": "md"}
    ui_color = "#123456"

    def __init__(self, text, options, numbers=(), **kwargs):
        super().__init__(**kwargs)
        self.text = text
        self.options = options
        self.numbers = list(numbers)
        self.ignored_if_missing = None

    def execute(self, context):
        for line in self.text.splitlines():
            print(f"@@ line={line}")
        print(f"@@ options={self.options} {type(self.options).__name__}")
        print(f"@@ prepared={self.prepared} {self.numbers}")
        self.xcom_push(context, "first", self.text[:3]) if hasattr(self, "xcom_push") else context["ti"].xcom_push(
            key="first", value=self.text[:3]
        )
        return {"length": len(self.text), "options": self.options}


class Skips(Base):
    def __init__(self, *, when, **kwargs):
        super().__init__(**kwargs)
        self.when = when

    def execute(self, context):
        if context["params"]["who"].startswith(self.when):
            raise AirflowSkipException("asked to")
        return "ran"


class SkipsEarly(BaseOperator):
    def pre_execute(self, context):
        raise AirflowSkipException("before the work")

    def execute(self, context):
        print("@@ never=1")


class Retries(Base):
    def execute(self, context):
        n = count("life.retries")
        print(f"@@ try={context['ti'].try_number} of {context['ti'].max_tries} {n}")
        if n < 3:
            raise AirflowException("again")
        return n


class GivesUp(BaseOperator):
    def execute(self, context):
        print(f"@@ gives_up={count('life.gives_up')}")
        raise AirflowFailException("no use")


class PostFails(BaseOperator):
    def execute(self, context):
        return "made"

    def post_execute(self, context, result=None):
        raise ValueError(f"not {result}")


class Silent(BaseOperator):
    def execute(self, context):
        print("@@ silent=1")
        return {"big": "value"}
