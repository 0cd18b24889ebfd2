def show(multi, tab, back, uni, empty, num, big, neg, bool, text, yes_, octal, date, time):
    for x in (multi, tab, back, uni, empty, num, big, neg, bool, text, yes_, octal, date, time): print("@@ " + repr(x))
