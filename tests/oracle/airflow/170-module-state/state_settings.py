LIMIT = 10
TABLES = ["early"]


class Options:
    level = "low"


def describe():
    return f"{LIMIT} {','.join(TABLES)} {Options.level}"
