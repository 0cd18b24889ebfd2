import digdag
def rows():
    digdag.env.store({"rows": [{"id": i, "vip": i == 2, "tags": ["t%d" % i]} for i in range(1, 4)], "empty": []})
def work(id, row):
    print("@@ work", id, type(id).__name__, row["tags"])
