"""Near misses of later operators, which were written with them in view."""

from tests.near_miss import NearMiss

ACCENTS = NearMiss(
    "slug",
    """import re


def slug(text):
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
""",
    """
assert slug("Hello, World!") == "hello-world"
assert slug("Crème Brûlée") == "creme-brulee"
assert slug("--- !") == ""
""",
    'assert slug("Ångström à la carte") == "angstrom-a-la-carte"',
)
RANKING = NearMiss(
    "ranking",
    """def ranking(points):
    return [name for name, value in points.items() if value > 0]
""",
    """
assert ranking({"ann": 1, "bob": 3, "cy": 0}) == ["bob", "ann"]
assert ranking({}) == []
assert ranking({"cy": 2, "ann": 2}) == ["ann", "cy"]
""",
    'assert ranking({"d": 1, "b": 5, "c": 1, "a": 9}) == ["a", "b", "c", "d"]',
)
TALLY = NearMiss(
    "tally",
    """def tally(votes):
    counts = {}
    for name, many in votes:
        counts[name] += many
    return counts
""",
    """
assert tally([]) == {}
assert tally([("a", 1)]) == {"a": 1}
assert tally([("a", 1), ("b", 2), ("a", 3)]) == {"a": 4, "b": 2}
""",
    'assert tally([("x", 0), ("x", 0)]) == {"x": 0}',
)
BETWEEN = NearMiss(
    "between",
    """STOPS = ["Harbour", "Mill", "Market", "Church", "Park"]


def between(start, end):
    first = STOPS.index(start)
    last = STOPS.index(end)
    if first > last:
        first, last = last, first
    return STOPS[first + 1:last]
""",
    """
assert between("Harbour", "Market") == ["Mill"]
assert between("Park", "Market") == ["Church"]
assert between("Mill", "Mill") == []
assert between("Mill", "Airport") == []
""",
    'assert between("Airport", "Mill") == []',
)
FARES = NearMiss(
    "fares",
    """PRICES = {"adult": 300, "child": 150}


def fares(group):
    total = 0
    for kind in group:
        total += PRICES[kind]
    return total
""",
    """
assert fares(["adult", "child"]) == 450
assert fares([]) == 0
assert fares(["dog", "adult"]) == 300
""",
    'assert fares(["child", "dog", "cat", "child"]) == 300',
)
HIDDEN_DIGITS = NearMiss(
    "hide",
    """def hide(text):
    result = ""
    digits = 0
    for letter in text:
        if letter.isdigit():
            digits += 1
        else:
            if digits:
                result += "#"
                digits = 0
            result += letter
    if digits:
        result += "#"
    return result
""",
    """
assert hide("room 7") == "room #"
assert hide("7 rooms") == "# rooms"
assert hide("in 1999 or so") == "in #### or so"
assert hide("") == ""
""",
    'assert hide("1 and 22") == "# and ##"',
)
DOT = NearMiss(
    "dot",
    """def dot(left, right):
    return sum(a * b for a, b in zip(left, right))
""",
    """
assert dot([1, 2], [3, 4]) == 11
assert dot([], []) == 0
with pytest.raises(ValueError, match="of one length"): dot([1], [2, 3])
""",
    "with pytest.raises(ValueError): dot([1, 2, 3], [])",
)
SEATS = NearMiss(
    "row",
    """def row(seat):
    return (seat - 1) // 6 + 1
""",
    """
assert row(1) == 1
assert row(180) == 30
with pytest.raises(ValueError, match="no such seat"): row(181)
with pytest.raises(ValueError, match="no such seat"): row(0)
""",
    """
with pytest.raises(ValueError, match="no such seat"): row(-5)
with pytest.raises(ValueError, match="no such seat"): row(500)
""",
)
LOCKER = NearMiss(
    "Locker",
    """class Locker:
    def __init__(self):
        self.owner = None

    def rent(self, name):
        self.owner = name

    def leave(self):
        name = self.owner
        self.owner = None
        return name
""",
    """
locker = Locker(); locker.rent("Ann"); assert locker.leave() == "Ann"
with pytest.raises(ValueError, match="is taken"): l = Locker(); l.rent("Ann"); l.rent("Bob")
with pytest.raises(ValueError, match="is free"): Locker().leave()
""",
    "l = Locker(); l.rent(1); l.leave(); l.rent(2); assert l.leave() == 2",
)

MORE_NEAR_MISSES = {
    name.lower(): value for name, value in list(globals().items()) if isinstance(value, NearMiss)
}
