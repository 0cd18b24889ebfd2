def one(n):
    if n == "n97":
        raise ValueError("no " + n)
