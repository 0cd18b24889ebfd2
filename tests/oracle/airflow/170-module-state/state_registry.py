HANDLERS = {}


def register_handler(name):
    def wrap(function):
        HANDLERS[name] = function
        return function

    return wrap


def handle(name, value):
    return HANDLERS[name](value)
