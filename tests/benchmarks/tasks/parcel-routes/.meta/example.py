import heapq
import re

_ROAD = re.compile(r"(.+) - (.+): (\d+) km, (\d+) kg")


class Network:
    def __init__(self, roads):
        self._roads = {}
        for start, end, length, weight in roads:
            self._roads.setdefault(start, []).append((end, length, weight))
            self._roads.setdefault(end, []).append((start, length, weight))

    def depots(self):
        return sorted(self._roads)

    def shortest(self, start, end, weight):
        self._check(start, end)
        queue, done = [(0, 1, [start])], set()
        while queue:
            length, depots, way = heapq.heappop(queue)
            if way[-1] == end:
                return length, way
            if way[-1] in done:
                continue
            done.add(way[-1])
            for other, more, most in self._roads[way[-1]]:
                if weight <= most and other not in done:
                    heapq.heappush(queue, (length + more, depots + 1, [*way, other]))
        return None

    def heaviest(self, start, end):
        self._check(start, end)
        if start == end:
            return None
        weights = {most for roads in self._roads.values() for _, _, most in roads}
        fitting = [weight for weight in weights if self.shortest(start, end, weight)]
        return max(fitting, default=0)

    def _check(self, *depots):
        for depot in depots:
            if depot not in self._roads:
                raise KeyError(depot)


def parse(text):
    roads = []
    for line in text.splitlines():
        if not line.strip():
            continue
        match = _ROAD.fullmatch(line)
        if match is None:
            raise ValueError(f"not a road: {line}")
        roads.append((match[1], match[2], int(match[3]), int(match[4])))
    return Network(roads)
