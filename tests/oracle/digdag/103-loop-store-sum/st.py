import digdag
def init():
    digdag.env.store({"sum": 0})
def add(sum, n):
    digdag.env.store({"sum": int(sum) + int(n)})
