import os
def show(plain):
    print("@@", os.environ["KEY"], os.environ["DAY"], plain, os.environ.get("plain"))
