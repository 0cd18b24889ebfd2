import digdag
class Keeper:
    def __init__(self, client_name):
        self.name = client_name
    def run(self, bucket):
        digdag.env.store({"last_client": self.name + "@" + bucket})
def keep(client_name, bucket):
    Keeper(client_name).run(bucket)
