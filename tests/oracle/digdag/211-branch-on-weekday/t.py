import digdag
def flag():
    digdag.env.store(mode="weekend")
