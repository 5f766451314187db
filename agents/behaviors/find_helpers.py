"""Find the code of other files that a ticket may need, for the Developer's prompt.

A small model invents what it does not see, and every line that it sees costs time. So of a large
repository it gets what the tests and the task name; then what its file imports already, what the
code nearest to the task uses, and what is called like the task's words (docs/benchmarks.md, *What
is seen of a repository*).
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agents.languages.contract import Language
from agents.python_names import root_name
from agents.tools.repo_map import RepoMap, Symbol, is_test_file
from memory.long_term.words import query_words, words

_MOST = 12
_MEMBERS = 8
"""Of one class."""
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
_NAMED = re.compile(
    r"`([A-Za-z_$][\w$]*)|"  # in backticks
    r"\b([A-Za-z_$][\w$]*)(?=\()|"  # called
    r"\b([A-Za-z$][\w$]*(?:_|(?<=[a-z])[A-Z])[\w$]*)"  # not a word of prose
)
_SELF = re.compile(r"\((?:self|cls)(?:, )?")
_PROPERTY = re.compile(r"@property [\w.]+\.(\w+)\(self\) -> (.+)")
_CALLED = re.compile(r"[A-Za-z_$][\w$]*\(([^()]*)\)")


@dataclass(frozen=True)
class Helper:
    """A definition that the code may import."""

    path: str
    symbol: Symbol
    members: tuple[Symbol, ...] = ()
    """Of a class that is named, or that one is made of."""


@dataclass(frozen=True)
class Need:
    """What is known of the code that is to be written."""

    target: str
    """Its file."""
    task: str
    symbol: str = ""
    """What the ticket adds or changes; empty: the whole file."""
    tests: str = ""
    imports: str = ""
    """Those of its file."""
    near: Sequence[str] = ()
    """Code that the index finds for the task, best first."""


def find_helpers(need: Need, repo_map: RepoMap, language: Language) -> list[Helper]:
    """At most twelve public functions, classes and constants, the likeliest first.

    Of a repository that has no more of them, all.
    """
    known = list(_importable(need, repo_map, language))
    ranks = _ranks(need, known, repo_map)
    if len(known) > _MOST:
        known = _likeliest(need, known, ranks)
    return [_with_members(helper, repo_map, ranks) for helper in known]


def named_helpers(need: Need, repo_map: RepoMap, language: Language) -> list[Helper]:
    """Those that the words name, and the classes that one needs to make them."""
    known = list(_importable(need, repo_map, language))
    ranks = _ranks(need, known, repo_map)
    named = [h for h in _nearest_of_each_name(need, known) if h.symbol.name in ranks]
    named.sort(key=lambda helper: ranks[helper.symbol.name])
    return [_with_members(helper, repo_map, ranks) for helper in named[:_MOST]]


def helper_lines(helpers: Sequence[Helper]) -> list[str]:
    """What each is, and what it is made of, as prose.

    Lines that look like code are copied by small models, one and all (docs/benchmarks.md).
    """
    lines: list[str] = []
    for helper in helpers:
        made, members = _made(helper)
        lines.append(f"- {_told(made, f' ({helper.path})')}")
        lines += [f"    {_told(_as_used(member, helper.symbol.name))}" for member in members]
    return lines


def import_of(
    helpers: Sequence[Helper], language: Language, importer: str
) -> Callable[[str], str | None]:
    """What tells the line by which the file `importer` gets a helper, by its name."""
    paths = {helper.symbol.name: helper.path for helper in helpers}

    def line(name: str) -> str | None:
        return language.import_line(name, paths[name], importer) if name in paths else None

    return line


def _importable(need: Need, repo_map: RepoMap, language: Language) -> Iterator[Helper]:
    own = {s.name for s in repo_map.modules.get(need.target, [])} | {root_name(need.symbol)}
    for path, symbols in repo_map.modules.items():
        if path != need.target and language.owns(path) and not is_test_file(path):
            for symbol in symbols:
                top = symbol.kind not in ("method", "field") and symbol.name not in own
                if top and symbol.importable and _is_public(symbol.name):
                    yield Helper(path, symbol)


def _ranks(need: Need, known: Sequence[Helper], repo_map: RepoMap) -> dict[str, int]:
    """0 for each name that the tests or the task have, more for classes that those are made of."""
    classes = {h.symbol.name: h for h in known if h.symbol.kind == "class"}
    told = set(names_told(need.task, need.tests))
    told |= _classes_of(_parameters(need.task), classes)
    ranks = dict.fromkeys(told & {helper.symbol.name for helper in known}, 0)
    waiting = [name for name in ranks if name in classes]
    for name in waiting:  # grows
        members = _members(classes[name], repo_map)
        parts = {part for member in members for part in _IDENTIFIER.findall(member.signature)}
        for part in sorted(parts & classes.keys() - ranks.keys()):
            ranks[part] = ranks[name] + 1
            waiting.append(part)
    return ranks


def _likeliest(need: Need, known: Sequence[Helper], ranks: Mapping[str, int]) -> list[Helper]:
    """Those with a rank, then those with most points of three kinds, each at most about one."""
    imported = set(_IDENTIFIER.findall(need.imports))
    used, shared = _used_nearby(need.near), _shared_words(need.task, known)
    last = len(known)

    def order(helper: Helper) -> tuple[int, float]:
        name = helper.symbol.name
        points = (name in imported) + used.get(name, 0.0) + shared[helper]
        return ranks.get(name, last), -points

    likely = [h for h in _nearest_of_each_name(need, known) if order(h) < (last, 0)]
    return sorted(likely, key=order)[:_MOST]


def _nearest_of_each_name(need: Need, known: Sequence[Helper]) -> list[Helper]:
    """Where several files define a name, that of the file with most folders in common."""
    best: dict[str, Helper] = {}
    for helper in sorted(known, key=lambda h: -_folders_in_common(h.path, need.target)):
        best.setdefault(helper.symbol.name, helper)
    return list(best.values())


def _used_nearby(near: Sequence[str]) -> dict[str, float]:
    """Names in the code that is nearest: like code uses like helpers. The nearest counts most."""
    found: dict[str, float] = defaultdict(float)
    for place, text in enumerate(near):
        for name in set(_IDENTIFIER.findall(text)):
            found[name] += 1 / (place + 2)
    return found


def _shared_words(task: str, known: Sequence[Helper]) -> dict[Helper, float]:
    """What each has in common with the task, of 1: rare words count more, long texts less."""
    asked = set(query_words(task))
    texts = {h: set(words(f"{h.symbol.name} {h.symbol.doc_line}")) for h in known}
    often = Counter(word for text in texts.values() for word in text)
    weights = {word: math.log(1 + len(texts) / often[word]) for word in often}
    shared = {
        helper: sum(weights[word] for word in asked & text) / math.sqrt(len(text) + 1)
        for helper, text in texts.items()
    }
    most = max(shared.values(), default=0.0) or 1.0
    return {helper: value / most for helper, value in shared.items()}


def names_told(task: str, tests: str) -> frozenset[str]:
    """Names that the words give as code, and all that the tests have."""
    return frozenset(_in_words(task) | set(_IDENTIFIER.findall(tests)))


def _in_words(task: str) -> set[str]:
    """Names that prose gives as code: in backticks, called, or of several words in one."""
    return {name for found in _NAMED.findall(task) for name in found if name}


def _parameters(task: str) -> set[str]:
    """Words in the parentheses behind a name: ``order`` and ``day`` of ``total(order, day)``."""
    return {word for inside in _CALLED.findall(task) for word in _IDENTIFIER.findall(inside)}


def _classes_of(parameters: Collection[str], classes: Collection[str]) -> set[str]:
    """Classes that parameters are called after, as ``order`` or ``orders`` after ``Order``."""
    plain = {name.replace("_", "").lower() for name in parameters}
    return {name for name in classes if {name.lower(), f"{name.lower()}s"} & plain}


def _folders_in_common(path: str, other: str) -> int:
    """How many folders two paths share from the top."""
    pairs = zip(path.split("/")[:-1], other.split("/")[:-1], strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), path.count("/"))


def _with_members(helper: Helper, repo_map: RepoMap, ranks: Collection[str]) -> Helper:
    symbol = helper.symbol
    if symbol.kind != "class" or symbol.name not in ranks:
        return helper
    return replace(helper, members=tuple(_members(helper, repo_map)[:_MEMBERS]))


def _members(helper: Helper, repo_map: RepoMap) -> list[Symbol]:
    """The public methods and fields of a class, and how it is made."""
    name = helper.symbol.name
    inside = [s for s in repo_map.modules[helper.path] if s.name.startswith(f"{name}.")]
    return [symbol for symbol in inside if _is_public(symbol.name.rpartition(".")[2])]


def _is_public(name: str) -> bool:
    return not name.startswith(("_", "#")) or name == "__init__"


def _made(helper: Helper) -> tuple[Symbol, list[Symbol]]:
    """A class as it is called, where its ``__init__`` is known; and its other members."""
    symbol = helper.symbol
    for member in helper.members:
        if member.name == f"{symbol.name}.__init__":
            call = _SELF.sub("(", member.signature.replace(member.name, symbol.name, 1), 1)
            others = [each for each in helper.members if each is not member]
            return replace(symbol, signature=f"class {call.removesuffix(' -> None')}"), others
    return symbol, list(helper.members)


def _as_used(member: Symbol, owner: str) -> Symbol:
    """As it is written behind an object: ``total(day) -> int``."""
    text = _PROPERTY.sub(r"\1: \2", member.signature)
    if "(self" in text:
        text = text.replace(f"{owner}.", "", 1)
    return replace(member, signature=_SELF.sub("(", text, count=1))


def _told(symbol: Symbol, place: str = "") -> str:
    told = f"{symbol.signature}{place}"
    return f"{told}: {symbol.doc_line}" if symbol.doc_line else told
