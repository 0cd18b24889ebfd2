import digdag


def count():
    digdag.env.store({"rounds": 105})
