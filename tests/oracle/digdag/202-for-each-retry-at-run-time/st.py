import digdag


def names():
    digdag.env.store({"names": ["a", "b", "c", "d", "e", "f", "g"]})
