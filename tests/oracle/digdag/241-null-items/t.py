def f(v=7): print("@@ %r" % (v,))
