import digdag
def store(): digdag.env.store({"hi": 4, "list": ["x", "y"], "map": {"k1": 1, "k2": [2, 3]}})
