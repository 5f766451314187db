import re

_LINE = re.compile(r"([01]\d|2[0-3]):([0-5]\d) (high|low) (\d+(?:\.\d+)?)")


def read(text):
    tides = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise ValueError(f"line {number} is no tide")
        tides.append((60 * int(match[1]) + int(match[2]), match[3], float(match[4])))
    return sorted(tides)


def height_at(text, time):
    tides = read(text)
    if not tides:
        raise ValueError("no tides")
    hours, minutes = time.split(":")
    now = 60 * int(hours) + int(minutes)
    if now <= tides[0][0]:
        return tides[0][2]
    for (start, _, low), (end, _, high) in zip(tides, tides[1:]):
        if now <= end:
            return round(low + (high - low) * (now - start) / (end - start), 2)
    return tides[-1][2]
