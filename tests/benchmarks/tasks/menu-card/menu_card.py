def render(dishes, width):
    pass
