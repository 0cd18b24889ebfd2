import digdag
def n():
    digdag.env.store(rounds=4, total=100)
def add(i, total):
    digdag.env.store(total=int(total) + int(i))
