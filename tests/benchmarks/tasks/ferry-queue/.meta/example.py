def load(lanes, vehicles):
    return _drive(lanes, vehicles)[0]


def ashore(lanes, vehicles):
    return _drive(lanes, vehicles)[1]


def _drive(lanes, vehicles):
    if any(length <= 0 for length in vehicles):
        raise ValueError("a vehicle has a length")
    room, aboard, left = list(lanes), [[] for _ in lanes], []
    for length in vehicles:
        lane = max(range(len(room)), key=lambda number: room[number], default=None)
        if lane is None or room[lane] < length:
            left.append(length)
        else:
            room[lane] -= length
            aboard[lane].append(length)
    return aboard, left
