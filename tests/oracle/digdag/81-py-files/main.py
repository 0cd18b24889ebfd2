import os
def top():
    print("@@", sorted(n for n in os.listdir(".") if not n.startswith(".") and not n.endswith((".json", "__")) and n != "digdag.status"))
