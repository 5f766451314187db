"""Near misses in JavaScript, as small models write them: code that fails tests by a detail."""

from tests.script_miss import ScriptMiss

SLUGIFY = ScriptMiss(
    "slugify",
    """/** Turn a title into a URL slug. */
export function slugify(text) {
  // only letters, digits and hyphens stay
  const kept = text.toLowerCase().replace(/[^a-z0-9\\s-]/g, "");
  return kept.trim().replace(" ", "-");
}
""",
    (
        ('slugify("Hello World")', '"hello-world"'),
        ('slugify("Hello  World")', '"hello-world"'),
        ('slugify("Hello, World!")', '"hello-world"'),
        ('slugify("one two three")', '"one-two-three"'),
        ('slugify("")', '""'),
    ),
    (('slugify("a   b c")', '"a-b-c"'),),
)
ROMAN = ScriptMiss(
    "toRoman",
    """const VALUES = [[1000, "M"], [500, "D"], [100, "C"], [90, "XC"], [50, "L"], [40, "XL"],
  [10, "X"], [9, "IX"], [5, "V"], [4, "IV"], [1, "I"]];

export function toRoman(number) {
  let result = "";
  for (const [value, numeral] of VALUES) {
    if (number >= value) {
      result += numeral;
      number -= value;
    }
  }
  return result;
}
""",
    (
        ("toRoman(1)", '"I"'),
        ("toRoman(3)", '"III"'),
        ("toRoman(9)", '"IX"'),
        ("toRoman(58)", '"LVIII"'),
    ),
    (("toRoman(2023)", '"MMXXIII"'),),
)
CHUNKS = ScriptMiss(
    "chunks",
    """export function chunks(items, size) {
  const result = [];
  for (let i = 0; i < items.length - 1; i += size) {
    result.push(items.slice(i, i + size - 1));
  }
  return result;
}
""",
    (
        ("chunks([1, 2, 3, 4], 2)", "[[1, 2], [3, 4]]"),
        ("chunks([1, 2, 3, 4, 5], 2)", "[[1, 2], [3, 4], [5]]"),
        ("chunks([], 3)", "[]"),
        ("chunks([1], 1)", "[[1]]"),
    ),
    (("chunks([1, 2, 3, 4, 5, 6, 7], 3)", "[[1, 2, 3], [4, 5, 6], [7]]"),),
)
TAIL = ScriptMiss(
    "groupRuns",
    """export function groupRuns(items) {
  const groups = [];
  let current = [];
  for (const item of items) {
    if (current.length && current[current.length - 1] !== item) {
      groups.push(current);
      current = [];
    }
    current.push(item);
  }
  return groups;
}
""",
    (
        ("groupRuns([1, 1, 2])", "[[1, 1], [2]]"),
        ("groupRuns([1, 2, 2, 3])", "[[1], [2, 2], [3]]"),
        ("groupRuns([])", "[]"),
    ),
    (('groupRuns([..."aabccc"])', '[["a", "a"], ["b"], ["c", "c", "c"]]'),),
)
CENTS = ScriptMiss(
    "toCents",
    "export const toCents = (amount) => Math.floor(amount * 100);\n",
    (
        ("toCents(1)", "100"),
        ("toCents(0.29)", "29"),
        ("toCents(1.15)", "115"),
        ("toCents(-0.29)", "-29"),
    ),
    (("toCents(0.57)", "57"), ("toCents(4.35)", "435")),
)
AVERAGE = ScriptMiss(
    "average",
    """export function average(numbers) {
  return numbers.reduce((sum, each) => sum + each) / numbers.length;
}
""",
    (("average([1, 2, 3])", "2"), ("average([1, 2])", "1.5"), ("average([])", "0")),
    (("average([4])", "4"),),
)
TITLE = ScriptMiss(
    "headline",
    """/** Each word with a capital letter; the rest of it is small. */
export function headline(text) {
  return text
    .split(" ")
    .map((word) => word[0].toUpperCase() + word.slice(1))
    .join(" ");
}
""",
    (
        ('headline("hello world")', '"Hello World"'),
        ('headline("DON\\\'T stop")', '"Don\\\'t Stop"'),
        ('headline("it  is")', '"It Is"'),
    ),
    (('headline("oNE   two")', '"One Two"'),),
)
BINARY = ScriptMiss(
    "search",
    """export function search(items, wanted) {
  let low = 0;
  let high = items.length - 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (items[middle] === wanted) return middle;
    if (items[middle] < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return null;
}
""",
    (
        ("search([1, 3, 5], 3)", "1"),
        ("search([1, 3, 5], 1)", "0"),
        ("search([1, 3, 5], 5)", "2"),
        ("search([], 1)", "-1"),
        ("search([1, 3], 2)", "-1"),
    ),
    (("search([1, 2, 3, 4, 5, 6], 6)", "5"),),
)
WORDS = ScriptMiss(
    "countWords",
    """export function countWords(text) {
  const counts = {};
  for (const word of text.split(" ")) {
    counts[word] = (counts[word] || 0) + 1;
  }
  return Object.entries(counts).sort((a, b) => a[1] - b[1]);
}
""",
    (
        ('countWords("b a b")', '[["b", 2], ["a", 1]]'),
        ('countWords("b a")', '[["a", 1], ["b", 1]]'),
        ('countWords("B a  b")', '[["b", 2], ["a", 1]]'),
    ),
    (('countWords("z y x z")', '[["z", 2], ["x", 1], ["y", 1]]'),),
)
LEAP = ScriptMiss(
    "isLeap",
    """export function isLeap(year) {
  return year % 4 === 0 && year % 100 !== 0 && year % 400 === 0;
}
""",
    (
        ("isLeap(2024)", "true"),
        ("isLeap(2023)", "false"),
        ("isLeap(1900)", "false"),
        ("isLeap(2000)", "true"),
    ),
    (("isLeap(2100)", "false"),),
)
ACCOUNT = ScriptMiss(
    "Account",
    """export class Account {
  constructor() {
    this.balance = 0;
  }

  deposit(amount) {
    if (amount < 0) throw new RangeError("amount");
    this.balance = amount;
    return this;
  }

  withdraw(amount) {
    if (amount >= this.balance) throw new RangeError("balance");
    this.balance -= amount;
    return this;
  }
}
""",
    (
        ("new Account().deposit(5).balance", "5"),
        ("new Account().deposit(5).deposit(2).balance", "7"),
        ("new Account().deposit(5).withdraw(5).balance", "0"),
        ("new Account().deposit(5).withdraw(6)", "RangeError"),
        ("new Account().deposit(0)", "RangeError"),
    ),
    (("new Account().deposit(9).withdraw(2).deposit(1).balance", "8"),),
)
FACTORIAL = ScriptMiss(
    "factorial",
    """export function factorial(n) {
  let result = 0;
  for (let i = 1; i < n; i++) result *= i;
  return result;
}
""",
    (
        ("factorial(0)", "1"),
        ("factorial(1)", "1"),
        ("factorial(5)", "120"),
        ("factorial(-1)", "RangeError"),
    ),
    (("factorial(6)", "720"),),
)
# Written after the operators, and not used to write them.
RANGES = ScriptMiss(
    "ranges",
    """export function ranges(numbers) {
  const parts = [];
  let start = numbers[0];
  for (let i = 1; i < numbers.length; i++) {
    if (numbers[i] !== numbers[i - 1] + 1) {
      parts.push(start === numbers[i] ? `${start}` : `${start}-${numbers[i - 1]}`);
      start = numbers[i];
    }
  }
  return parts.join(",");
}
""",
    (
        ("ranges([1, 2, 3])", '"1-3"'),
        ("ranges([1, 2, 4, 5])", '"1-2,4-5"'),
        ("ranges([1, 3, 4])", '"1,3-4"'),
    ),
    (("ranges([7])", '"7"'),),
)
DURATION = ScriptMiss(
    "duration",
    """export function duration(seconds) {
  const minutes = Math.round(seconds / 60);
  const rest = seconds % 60;
  return `${minutes}:${String(rest).padEnd(2, "0")}`;
}
""",
    (("duration(65)", '"1:05"'), ("duration(100)", '"1:40"'), ("duration(0)", '"0:00"')),
    (("duration(599)", '"9:59"'),),
)
ROTATE = ScriptMiss(
    "rotate",
    """export function rotate(items, steps) {
  const cut = steps % items.length;
  return items.slice(cut).concat(items.slice(0, cut));
}
""",
    (
        ("rotate([1, 2, 3], 1)", "[3, 1, 2]"),
        ("rotate([1, 2, 3], 4)", "[3, 1, 2]"),
        ("rotate([1, 2, 3], 0)", "[1, 2, 3]"),
        ("rotate([1, 2, 3], -1)", "[2, 3, 1]"),
    ),
    (("rotate([1, 2, 3, 4], 2)", "[3, 4, 1, 2]"),),
)
INITIALS = ScriptMiss(
    "initials",
    """export const initials = (name) =>
  name.split(" ").map((part) => part[0]).join("");
""",
    (
        ('initials("ada lovelace")', '"A.L."'),
        ('initials("Grace Brewster Hopper")', '"G.B.H."'),
    ),
    (('initials("x y")', '"X.Y."'),),
)
PARSE = ScriptMiss(
    "parseQuery",
    """export function parseQuery(query) {
  const result = {};
  for (const part of query.split("&")) {
    const [key, value] = part.split("=");
    result[key] = value;
  }
  return result;
}
""",
    (
        ('parseQuery("a=1&b=2")', '{ a: "1", b: "2" }'),
        ('parseQuery("?a=1")', '{ a: "1" }'),
        ('parseQuery("")', "{}"),
        ('parseQuery("a")', '{ a: "" }'),
    ),
    (('parseQuery("?x=1&y")', '{ x: "1", y: "" }'),),
)
UNIQUE = ScriptMiss(
    "uniqueBy",
    """export function uniqueBy(items, key) {
  const seen = new Set();
  return items.filter((item) => {
    if (seen.has(key(item))) return true;
    seen.add(item);
    return false;
  });
}
""",
    (
        ("uniqueBy([1, 2, 3, 4], (n) => n % 2)", "[1, 2]"),
        ('uniqueBy(["a", "A", "b"], (s) => s.toLowerCase())', '["a", "b"]'),
        ("uniqueBy([], (n) => n)", "[]"),
    ),
    (("uniqueBy([5, 1, 9], (n) => n > 4)", "[5, 1]"),),
)
QUEUE = ScriptMiss(
    "Queue",
    """export class Queue {
  #items = [];

  add(item) {
    this.#items.unshift(item);
    return this;
  }

  next() {
    return this.#items.pop;
  }

  get size() {
    return this.#items.length - 1;
  }
}
""",
    (
        ("new Queue().add(1).add(2).next()", "1"),
        ("new Queue().add(1).add(2).size", "2"),
        ("new Queue().size", "0"),
        ("new Queue().next()", "undefined"),
    ),
    (("new Queue().add(3).add(4).add(5).next()", "3"),),
)
CLAMP = ScriptMiss(
    "clamp",
    """export function clamp(value, low, high) {
  return Math.max(high, Math.min(low, value));
}
""",
    (
        ("clamp(5, 0, 10)", "5"),
        ("clamp(-5, 0, 10)", "0"),
        ("clamp(15, 0, 10)", "10"),
        ("clamp(1, 10, 0)", "RangeError"),
    ),
    (("clamp(3, 5, 9)", "5"), ("clamp(20, -3, 7)", "7")),
)
LOCKER = ScriptMiss(
    "Locker",
    """export class Locker {
  constructor() {
    this.owner = null;
  }

  rent(name) {
    this.owner = name;
  }

  leave() {
    const name = this.owner;
    this.owner = null;
    return name;
  }
}
""",
    (
        ("(() => { const l = new Locker(); l.rent('Ann'); return l.leave(); })()", '"Ann"'),
        ("(() => { const l = new Locker(); l.rent('Ann'); l.rent('Bob'); })()", "RangeError"),
        ("new Locker().leave()", "TypeError"),
    ),
    (
        (
            "(() => { const l = new Locker(); l.rent(1); l.leave(); return l.rent(2); })()",
            "undefined",
        ),
    ),
)
SCRIPT_MISSES = {
    name.lower(): value for name, value in list(globals().items()) if isinstance(value, ScriptMiss)
}
