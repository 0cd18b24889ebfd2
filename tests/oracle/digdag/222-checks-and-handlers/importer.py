import digdag
def run():
    digdag.env.store(rows=3)
def check(rows, expected):
    print("@@ check", rows, expected)
    if int(rows) != int(expected):
        raise SystemExit(2)
def keep(rows):
    print("@@ keep", rows)
