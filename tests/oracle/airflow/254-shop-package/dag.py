"""The project's package: relative imports, a decorator with wraps, dataclass and enum settings, methods and class methods as callables."""
from datetime import datetime

from airflow import DAG
from airflow.decorators import task
from airflow.operators.python import PythonOperator

from shop import Settings
from shop.settings import Mode
from shop.steps import load as loading
from shop.steps.load import Loader

CONFIGS = [Settings("orders"), Settings.parse("items"), Settings("users", Mode.FULL, ("u",), {"k": 1})]


class Special(Loader):
    retries = 5

    @classmethod
    def build(cls, name, **context):
        print(f"@@ build={cls.__name__} {cls.retries} {name} {context['ds']}")
        return cls(Settings(name)).settings.tables


with DAG("shop_package", schedule=None, start_date=datetime(2024, 1, 1)) as dag:
    previous = None
    for config in CONFIGS:
        load = PythonOperator(task_id=f"load_{config.name}", python_callable=loading.load, op_kwargs={"settings": config, "limit": len(config.tables)})
        run = PythonOperator(task_id=f"run_{config.name}", python_callable=Special(config).run if config.extra else Loader(config).run)
        load >> run
        if previous:
            previous >> load
        previous = run
    built = PythonOperator(task_id="built", python_callable=Special.build, op_args=["x"])

    @task
    def check(values, config=CONFIGS[2]):
        print(f"@@ check={values} {config.mode} {config.extra} {config == CONFIGS[-1]} {isinstance(config, Settings)}")

    previous >> built
    check([built.output, previous.output])
