from state_registry import register_handler


@register_handler("plug")
def plug(value):
    return f"plug {value}"
