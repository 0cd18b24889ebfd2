import digdag


def names():
    digdag.env.store({"names": ["n%d" % i for i in range(30)]})
