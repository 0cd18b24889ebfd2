import digdag
class Job:
    def __init__(self, greeting, name="x"):
        self.text = greeting + " " + name
    @staticmethod
    def static_one(greeting):
        print("@@ static", greeting)
    @staticmethod
    def static_none():
        print("@@ static")
    @classmethod
    def class_one(cls, greeting):
        print("@@ class", cls.__name__, greeting)
    def work(self, name, task_name):
        print("@@", self.text, name, task_name)
        digdag.env.store({"done." + name: True})
    def run(self):
        print("@@ run", self.text)
def many(greeting, *args, **kw):
    print("@@", greeting, args, kw["extra"], "session_date" in kw)
def need(nothing):
    pass
