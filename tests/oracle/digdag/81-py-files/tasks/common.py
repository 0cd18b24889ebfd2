def read(base, name):
    return (base / "{}.sql".format(name)).read_text().strip()
