import digdag
def f(task_name): print("@@ " + task_name, sorted(k for k in digdag.env.params if "task" in k or "round" in k))
def store(task_name): digdag.env.store({"got": task_name})
