import digdag
def put():
    digdag.env.store({"app": {"db": {"host": "stored", "user": "u"}}})
