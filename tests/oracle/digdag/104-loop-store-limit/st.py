import digdag
def init():
    digdag.env.store({"seen": {"start": 1}})
def add(i, seen):
    digdag.env.store({"seen": {"i%s" % i: len(seen)}})
