import digdag
def make(limit, date, mode):
    print("@@ plan", limit, date, mode)
    digdag.env.store({"chunks": int(limit) // 4})
