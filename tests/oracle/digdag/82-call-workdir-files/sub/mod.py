def f():
    print("@@ sub mod", open("note.txt").read().strip())
