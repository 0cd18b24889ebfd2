import os


def one(n):
    mark = os.path.join(os.environ["OUT"], "tried")
    print("@@ one " + n)
    if n == "e" and not os.path.exists(mark):
        open(mark, "w").close()
        raise ValueError("once")
