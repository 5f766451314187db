"""Near misses that were written after the operators, so that they judge them fairly.

`frequency` judges no longer: an operator was written with it in view since.
"""

from tests.near_miss import NearMiss

TEMPERATURE = NearMiss(
    "to_fahrenheit",
    """def to_fahrenheit(celsius):
    return (celsius * 5 / 9) + 32
""",
    """
assert to_fahrenheit(0) == 32
assert to_fahrenheit(100) == 212
assert to_fahrenheit(-40) == -40
""",
    "assert to_fahrenheit(10) == 50",
)
TRUNCATE = NearMiss(
    "truncate",
    """def truncate(text, width):
    if len(text) < width:
        return text
    return text[:width] + "..."
""",
    """
assert truncate("hello", 10) == "hello"
assert truncate("hello", 5) == "hello"
assert truncate("hello world", 8) == "hello..."
assert truncate("abcdefgh", 7) == "abcd..."
""",
    'assert truncate("a longer sentence", 9) == "a long..."',
)
PRIMES = NearMiss(
    "primes",
    """def primes(limit):
    found = []
    for n in range(1, limit):
        for p in found:
            if n % p == 0:
                break
        else:
            found.append(n)
    return found
""",
    """
assert primes(10) == [2, 3, 5, 7]
assert primes(11) == [2, 3, 5, 7, 11]
assert primes(1) == []
""",
    "assert primes(23) == [2, 3, 5, 7, 11, 13, 17, 19, 23]",
)
MERGE = NearMiss(
    "merge",
    """def merge(left, right):
    result = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] < right[j]:
            result.append(left[i])
            i += 1
        else:
            result.append(right[j])
            i += 1
    return result + left[i:] + right[j + 1:]
""",
    """
assert merge([1, 3], [2, 4]) == [1, 2, 3, 4]
assert merge([], [1]) == [1]
assert merge([5], []) == [5]
assert merge([1, 1], [0, 2]) == [0, 1, 1, 2]
""",
    "assert merge([3, 9], [1, 2, 10]) == [1, 2, 3, 9, 10]",
)
DURATION = NearMiss(
    "clock",
    """def clock(seconds):
    hours = seconds // 3600
    minutes = seconds // 60
    return f"{hours}:{minutes}:{seconds}"
""",
    """
assert clock(0) == "00:00:00"
assert clock(61) == "00:01:01"
assert clock(3661) == "01:01:01"
""",
    'assert clock(7325) == "02:02:05"',
)
DIGITS = NearMiss(
    "digit_sum",
    """def digit_sum(number):
    total = 0
    for digit in str(number):
        total = int(digit)
    return total
""",
    """
assert digit_sum(123) == 6
assert digit_sum(0) == 0
assert digit_sum(-45) == 9
""",
    "assert digit_sum(-999) == 27",
)
FREQUENCY = NearMiss(
    "invert",
    """def invert(mapping):
    result = {}
    for key, value in mapping.items():
        result[value] = [key]
    return result
""",
    """
assert invert({"a": 1}) == {1: ["a"]}
assert invert({"a": 1, "b": 1}) == {1: ["a", "b"]}
assert invert({}) == {}
""",
    'assert invert({"x": 0, "y": 1, "z": 0}) == {0: ["x", "z"], 1: ["y"]}',
)

LATER_NEAR_MISSES = {
    name.lower(): value for name, value in list(globals().items()) if isinstance(value, NearMiss)
}
