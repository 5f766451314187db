import heapq

_STEPS = [(-1, 0), (0, 1), (1, 0), (0, -1)]
_ARROWS = "^>v<"


def seconds(plan):
    found = _fastest(plan)
    return found and found[0]


def orders(plan):
    found = _fastest(plan)
    return found and found[1]


def _fastest(plan):
    fields = _fields(plan)
    start = next(place for place, field in fields.items() if field == "S")
    queue, done = [(0, "", start, 1)], set()
    while queue:
        time, text, place, look = heapq.heappop(queue)
        if fields[place] == "G":
            return time, text
        if (place, look) in done:
            continue
        done.add((place, look))
        heapq.heappush(queue, (time + 3, text + "L", place, (look - 1) % 4))
        heapq.heappush(queue, (time + 3, text + "R", place, (look + 1) % 4))
        ahead = (place[0] + _STEPS[look][0], place[1] + _STEPS[look][1])
        one_way = fields[place] in _ARROWS and fields[place] != _ARROWS[look]
        if not one_way and fields.get(ahead, "#") != "#":
            heapq.heappush(queue, (time + 2, text + "F", ahead, look))
    return None


def _fields(plan):
    fields = {}
    for row, line in enumerate(plan.splitlines()):
        for column, field in enumerate(line):
            if field not in ".#SG" + _ARROWS:
                raise ValueError(f"line {row + 1}: what is {field}?")
            fields[row, column] = field
    for needed in "SG":
        if list(fields.values()).count(needed) != 1:
            raise ValueError(f"one {needed} is needed")
    return fields
