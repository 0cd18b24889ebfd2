import digdag
def put(i, seen=''):
    digdag.env.store({"seen": seen + "x", "last": i})
