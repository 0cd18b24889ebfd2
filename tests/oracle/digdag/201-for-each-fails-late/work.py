def one(n):
    if n == "n20":
        raise ValueError("no " + n)
