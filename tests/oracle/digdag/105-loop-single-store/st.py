import digdag
def init():
    digdag.env.store({"n": 0})
def add(n):
    digdag.env.store({"n": int(n) + 1})
def mark(m, params=None, **kw):
    digdag.env.store({"mark": kw.get("mark", "") + m})
