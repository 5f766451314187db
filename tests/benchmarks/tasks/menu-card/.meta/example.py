def render(dishes, width):
    if width < 20:
        raise ValueError("the card is too narrow")
    sections = {}
    for section, name, cents in dishes:
        sections.setdefault(section, []).append(_line(name, f"{cents // 100}.{cents % 100:02}", width))
    return "\n\n".join("\n".join([_title(name, width), *lines]) for name, lines in sections.items())


def _title(section, width):
    return " " * ((width - len(section)) // 2) + section.upper()


def _line(name, price, width):
    room = width - len(price) - 5
    if len(name) > room:
        name = name[: room - 2].rstrip() + ".."
    dots = "." * (width - len(name) - len(price) - 2)
    return f"{name} {dots} {price}"
