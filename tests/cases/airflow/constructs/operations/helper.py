LIMIT = 10


def tell(context):
    print(context["run_id"])
