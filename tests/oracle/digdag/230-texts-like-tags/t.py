import digdag
def show(a, b, c, p, m, own):
    for x in (a, b, c, p, own): print("@@ " + x)
    print("@@", sorted(m.items()))
def store():
    digdag.env.store({"s": {"text": "{{=1+1}} $(x) $$ ${a}", "{{k}}": "{{workflow.uid}}"}})
