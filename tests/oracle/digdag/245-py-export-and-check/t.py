import digdag
def f():
    digdag.env.export({"ex": 1}); digdag.env.store({"st": 2})
