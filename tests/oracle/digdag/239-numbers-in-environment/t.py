import digdag
def f(f1, f2, f4, i, n, l): print("@@", f1, f2, f4, i, n, l); digdag.env.store({"st": {"f": 1.0, "big": 10**20, "t": [1, 2.50, None]}})
