"""An operator of the team's own with template fields, renderers and .sql files; templates_exts, includes, imported macros and loops in SQL."""
from __future__ import annotations

from datetime import datetime
from typing import Sequence

from airflow import DAG
from airflow.models import BaseOperator
from airflow.operators.python import PythonOperator


class PrintSql(BaseOperator):
    template_fields: Sequence[str] = ("sql", "parameters")
    template_ext: Sequence[str] = (".sql", ".ddl")
    template_fields_renderers = {"sql": "sql"}

    def __init__(self, *, sql: str | list[str], parameters: dict | None = None, schema: str = "public", **kwargs):
        super().__init__(**kwargs)
        self.sql = sql
        self.parameters = parameters
        self.schema = schema

    def execute(self, context):
        statements = [self.sql] if isinstance(self.sql, str) else self.sql
        for number, statement in enumerate(statements):
            for line in statement.strip().splitlines():
                print(f"@@ {number}={self.schema}: {line.rstrip()}")
        print(f"@@ parameters={self.parameters}")
        return len(statements)


def use(templates_dict, **context):
    print(f"@@ query={' '.join(templates_dict['query'].split())}")
    print(f"@@ other={templates_dict['other']}")


with DAG(
    "warehouse_sql",
    schedule=None,
    start_date=datetime(2024, 1, 1),
    template_searchpath=[],
    user_defined_macros={"tables": ["orders", "items"], "quoted": lambda name: '"' + name + '"'},
    user_defined_filters={"literal": lambda v: "'" + str(v).replace("'", "''") + "'"},
    params={"owner": "O'Neil"},
) as dag:
    one = PrintSql(task_id="one", sql="sql/merge.sql", parameters={"day": "{{ ds }}", "n": 3})
    many = PrintSql(task_id="many", sql=["sql/tables.ddl", "select {{ params.owner | literal }}", "{{ quoted('a b') }}"], schema="mart")
    texts = PythonOperator(
        task_id="texts",
        python_callable=use,
        templates_dict={"query": "sql/merge.sql", "other": "{{ ti.xcom_pull(task_ids=['one', 'many']) }}"},
        templates_exts=[".sql"],
    )
    [one, many] >> texts
