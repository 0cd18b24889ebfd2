from airflow.hooks.base import BaseHook


class LedgerHook(BaseHook):
    def __init__(self, ledger_conn_id):
        super().__init__()
        self.ledger_conn_id = ledger_conn_id

    def address(self):
        c = self.get_connection(self.ledger_conn_id)
        secret = "".join("*" if x.isalnum() else x for x in c.password)
        return f"{c.conn_type}://{c.login}:{secret}@{c.host}:{c.port}/{c.schema} {c.extra_dejson}"
