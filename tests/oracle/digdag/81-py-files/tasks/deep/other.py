import pkgutil
VALUE = pkgutil.get_data("tasks.deep", "data.txt").decode().strip()
