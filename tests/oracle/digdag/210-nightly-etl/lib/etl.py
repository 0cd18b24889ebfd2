import digdag
def prepare(table_count, target_date, session_uuid):
    print("@@ prepare", table_count, type(table_count).__name__, target_date)
    digdag.env.store({"run": {"started": target_date}})
def check(table, rows_min, run):
    print("@@ check", table, rows_min, run["started"])
def merge(tables, run, env="dev"):
    print("@@ merge", env, ",".join(tables))
    digdag.env.store({"merged": {"total": len(tables), "tables": sorted(tables)}})
