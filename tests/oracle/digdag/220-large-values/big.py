import digdag
def make():
    digdag.env.store(blob="y" * 200000)
def size(blob):
    print("@@", len(blob))
