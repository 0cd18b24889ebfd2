"""Small checks on batches of records; standard library only."""


def split_valid(records, required):
    """Records that have all required fields, and the others."""
    good, bad = [], []
    for record in records:
        (good if all(record.get(field) not in (None, "") for field in required) else bad).append(record)
    return good, bad


def share(part, whole):
    """A ratio that is 0 for an empty whole."""
    return round(part / whole, 4) if whole else 0.0
