import digdag
def store(v): digdag.env.store(v)
