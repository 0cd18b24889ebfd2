from . import settings as s


def late(name):
    return [name, s.REGION, s.Mode.FULL.name]
