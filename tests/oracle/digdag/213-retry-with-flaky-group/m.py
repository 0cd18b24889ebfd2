import digdag
def keep():
    digdag.env.store(kept="yes")
