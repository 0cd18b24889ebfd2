from __future__ import annotations

from airflow.models.baseoperator import BaseOperator


def load(n, ti=None, **kwargs):
    print(f"@@ load={n} {kwargs['ds']}")
    return list(range(n))


class AuditMixin:
    prefix = "audit"

    def audit(self, word, value):
        print(f"@@ {self.prefix}={word} {value} {self.task_id}")


class TableOperator(AuditMixin, BaseOperator):
    template_fields = ("table", "schema")
    prefix = "table"

    def __init__(self, table: str, schema: str = "main", *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.table = table
        self.schema = schema

    @property
    def full(self):
        return f"{self.schema}.{self.table}"

    def execute(self, context):
        self.audit("run", f"{self.full} {context['ti'].map_index}")
        return self.full
