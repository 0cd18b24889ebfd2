import functools


def timed(label):
    def outer(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            print(f"@@ begin={label}")
            try:
                return function(*args, **kwargs)
            finally:
                print(f"@@ finish={label}")

        return inner

    return outer
