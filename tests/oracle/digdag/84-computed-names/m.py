def show(path):
    print(open(path).read().strip())
