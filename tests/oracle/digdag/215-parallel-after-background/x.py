def fail():
    print("@@ trying")
    raise ValueError("no luck")
