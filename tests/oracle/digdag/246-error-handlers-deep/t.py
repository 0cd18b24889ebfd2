def fail(x):
    if x == 2: raise ValueError("bad {{x}} $$ 'q'")
