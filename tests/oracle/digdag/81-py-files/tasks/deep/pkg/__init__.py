from ..other import VALUE
def go():
    print("@@", VALUE)
