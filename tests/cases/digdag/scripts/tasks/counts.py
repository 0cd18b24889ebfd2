import digdag


class Counter:
    def __init__(self, table):
        self.table = table

    def run(self, session_date):
        digdag.env.store({"total": len(self.table) + len(session_date)})
