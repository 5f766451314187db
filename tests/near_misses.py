"""Near misses that the operators were written with in view."""

from tests.more_near_misses import MORE_NEAR_MISSES
from tests.near_miss import NearMiss

SLUGIFY = NearMiss(
    "slugify",
    '''import re


def slugify(text: str) -> str:
    """Turn a title into a URL slug."""
    # only letters, digits and hyphens stay
    text = re.sub(r"[^a-z0-9\\s-]", "", text.lower())
    return text.strip().replace(" ", "-")
''',
    """
assert slugify("Hello World") == "hello-world"
assert slugify("Hello  World") == "hello-world"
assert slugify("Hello, World!") == "hello-world"
assert slugify("  spaces  ") == "spaces"
assert slugify("") == ""
""",
    """
assert slugify("one   two    three") == "one-two-three"
assert slugify("What's up?") == "whats-up"
""",
)
ROMAN = NearMiss(
    "to_roman",
    '''def to_roman(number):
    """Roman numerals of a number."""
    values = [(1000, "M"), (500, "D"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
              (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]
    result = ""
    for value, numeral in values:
        if number >= value:
            result += numeral
            number -= value
    return result
''',
    """
assert to_roman(1) == "I"
assert to_roman(3) == "III"
assert to_roman(4) == "IV"
assert to_roman(9) == "IX"
assert to_roman(58) == "LVIII"
""",
    """
assert to_roman(2023) == "MMXXIII"
assert to_roman(38) == "XXXVIII"
""",
)
CHUNKS = NearMiss(
    "chunks",
    """def chunks(items, size):
    result = []
    for i in range(0, len(items) - 1, size):
        result.append(items[i:i + size - 1])
    return result
""",
    """
assert chunks([1, 2, 3, 4], 2) == [[1, 2], [3, 4]]
assert chunks([1, 2, 3, 4, 5], 2) == [[1, 2], [3, 4], [5]]
assert chunks([], 3) == []
assert chunks([1], 1) == [[1]]
""",
    "assert chunks(list(range(7)), 3) == [[0, 1, 2], [3, 4, 5], [6]]",
)
TAIL = NearMiss(
    "group_runs",
    '''def group_runs(items):
    """Equal neighbours in lists."""
    groups = []
    current = []
    for item in items:
        if current and current[-1] != item:
            groups.append(current)
            current = []
        current.append(item)
    return groups
''',
    """
assert group_runs([1, 1, 2]) == [[1, 1], [2]]
assert group_runs([1, 2, 2, 3]) == [[1], [2, 2], [3]]
assert group_runs([]) == []
""",
    "assert group_runs('aabccc') == [['a', 'a'], ['b'], ['c', 'c', 'c']]",
)
CENTS = NearMiss(
    "to_cents",
    """def to_cents(amount):
    return int(amount * 100)
""",
    """
assert to_cents(1.0) == 100
assert to_cents(0.29) == 29
assert to_cents(1.15) == 115
assert to_cents(-0.29) == -29
""",
    """
assert to_cents(0.57) == 57
assert to_cents(4.35) == 435
""",
)
AVERAGE = NearMiss(
    "average",
    """def average(numbers):
    return sum(numbers) / len(numbers)
""",
    """
assert average([1, 2, 3]) == 2
assert average([1, 2]) == 1.5
assert average([]) == 0
""",
    "assert average((4,)) == 4",
)
TITLE = NearMiss(
    "headline",
    '''def headline(text):
    """Each word with a capital letter; the rest of it as it is small."""
    return " ".join([w.title() for w in text.split(" ")])
''',
    """
assert headline("hello world") == "Hello World"
assert headline("don't stop") == "Don't Stop"
assert headline("it's  here") == "It's Here"
""",
    'assert headline("they\'re gone") == "They\'re Gone"',
)
BINARY = NearMiss(
    "find",
    """def find(items, wanted):
    low, high = 0, len(items) - 1
    while low < high:
        middle = (low + high) // 2
        if items[middle] == wanted:
            return middle
        if items[middle] < wanted:
            low = middle + 1
        else:
            high = middle - 1
    return None
""",
    """
assert find([1, 3, 5, 7], 3) == 1
assert find([1, 3, 5, 7], 7) == 3
assert find([1, 3, 5, 7], 1) == 0
assert find([1, 3, 5, 7], 4) == -1
assert find([], 1) == -1
""",
    """
assert find([2, 4, 6, 8, 10], 10) == 4
assert find([2], 2) == 0
assert find([2], 3) == -1
""",
)
RUNNING = NearMiss(
    "running_max",
    """def running_max(numbers):
    result = []
    best = 0
    for number in numbers:
        if number > best:
            best = number
        result.append(best)
    return result
""",
    """
assert running_max([1, 3, 2]) == [1, 3, 3]
assert running_max([-3, -1, -2]) == [-3, -1, -1]
assert running_max([]) == []
""",
    "assert running_max([-5000, -7, -9]) == [-5000, -7, -7]",
)
WORDS = NearMiss(
    "top_words",
    '''from collections import Counter


def top_words(text, n):
    """The n most frequent words; among equals by the alphabet."""
    counts = Counter(text.split())
    return sorted(counts.items(), key=lambda item: item[1])[:n]
''',
    """
assert top_words("b a b", 1) == [("b", 2)]
assert top_words("b a", 2) == [("a", 1), ("b", 1)]
assert top_words("The the cat", 1) == [("the", 2)]
assert top_words("b b a", 2) == [("b", 2), ("a", 1)]
assert top_words("", 3) == []
""",
    'assert top_words("z y x z Y", 3) == [("y", 2), ("z", 2), ("x", 1)]',
)
LEAP = NearMiss(
    "is_leap",
    """def is_leap(year):
    return year % 4 == 0 and year % 100 != 0 and year % 400 == 0
""",
    """
assert is_leap(2024) is True
assert is_leap(1900) is False
assert is_leap(2000) is True
assert is_leap(2023) is False
""",
    """
assert is_leap(2400) is True
assert is_leap(2100) is False
assert is_leap(1996) is True
""",
)
PALINDROME = NearMiss(
    "is_palindrome",
    """def is_palindrome(text):
    letters = [c for c in text if c.isalpha()]
    return letters == letters[::-1]
""",
    """
assert is_palindrome("level")
assert is_palindrome("A man, a plan, a canal: Panama")
assert not is_palindrome("1a2")
assert not is_palindrome("ab")
assert is_palindrome("1a1")
""",
    """
assert is_palindrome("No lemon, no melon")
assert not is_palindrome("12")
""",
)
INITIALS = NearMiss(
    "acronym",
    """def acronym(phrase):
    return "".join(word[0] for word in phrase.split(" "))
""",
    """
assert acronym("portable network graphics") == "PNG"
assert acronym("Ruby  on Rails") == "ROR"
assert acronym("") == ""
""",
    'assert acronym("as soon  as possible") == "ASAP"',
)
FACTORIAL = NearMiss(
    "factorial",
    """def factorial(n):
    result = 0
    for i in range(1, n):
        result *= i
    return result
""",
    """
assert factorial(0) == 1
assert factorial(1) == 1
assert factorial(5) == 120
with pytest.raises(ValueError): factorial(-1)
""",
    """
assert factorial(6) == 720
with pytest.raises(ValueError): factorial(-7)
""",
)
UNIQUE = NearMiss(
    "unique",
    """def unique(items):
    seen = set()
    result = []
    for item in items:
        if item not in seen:
            seen.add(item)
            result.insert(0, item)
    return sorted(result)
""",
    """
assert unique([3, 1, 3, 2]) == [3, 1, 2]
assert unique([]) == []
assert unique(["b", "a", "b"]) == ["b", "a"]
""",
    "assert unique([5, 5, 4, 9, 4]) == [5, 4, 9]",
)
ACCOUNT = NearMiss(
    "Account",
    '''class Account:
    """Money."""

    def __init__(self, balance=0):
        self.balance = balance
        self.log = []

    def deposit(self, amount):
        if amount < 0:
            raise ValueError("not positive")
        self.balance = amount
        self.log.append(amount)

    def withdraw(self, amount):
        if amount >= self.balance:
            raise ValueError("too much")
        self.balance -= amount
        self.log.append(amount)
''',
    """
account = Account(5); account.deposit(3); assert account.balance == 8
account = Account(5); account.withdraw(5); assert account.balance == 0
account = Account(5); account.withdraw(2); assert account.log == [-2]
with pytest.raises(ValueError): Account().deposit(0)
with pytest.raises(ValueError): Account(1).withdraw(2)
account = Account(); account.deposit(1); account.deposit(1); assert account.log == [1, 1]
""",
    """
account = Account(2); account.deposit(3); account.withdraw(4); assert account.log == [3, -4]
account = Account(2); account.deposit(3); account.withdraw(4); assert account.balance == 1
""",
)
CSV = NearMiss(
    "parse_pairs",
    '''def parse_pairs(line):
    """``a=1; b=2`` as a dictionary."""
    result = {}
    for part in line.split(";"):
        key, value = part.split("=")
        result[key] = value
    return result
''',
    """
assert parse_pairs("a=1") == {"a": "1"}
assert parse_pairs("a=1; b=2") == {"a": "1", "b": "2"}
assert parse_pairs("a=1=2") == {"a": "1=2"}
assert parse_pairs("") == {}
""",
    'assert parse_pairs("x=y; z=q=r") == {"x": "y", "z": "q=r"}',
)
FLATTEN = NearMiss(
    "flatten",
    """def flatten(items):
    result = []
    for item in items:
        if isinstance(item, list):
            result.append(flatten(item))
        else:
            result.append(item)
        return result
""",
    """
assert flatten([1, 2]) == [1, 2]
assert flatten([1, [2, [3]]]) == [1, 2, 3]
assert flatten([]) == []
""",
    "assert flatten([[[1]], 2, [3, [4, 5]]]) == [1, 2, 3, 4, 5]",
)

NEAR_MISSES = {
    name.lower(): value for name, value in list(globals().items()) if isinstance(value, NearMiss)
} | MORE_NEAR_MISSES
