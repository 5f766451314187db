"""How much the person's examples say about code that passes them.

A search that tries hundreds of changes fits a few examples by chance: ``text <= text[::-1]`` passes
three for a palindrome. Of eight tasks whose code was changed until it passed a few examples, two
were right (docs/benchmarks.md).
"""

from __future__ import annotations

from agents.behaviors.write_code import Candidate
from agents.budget import Budget
from agents.workbench import Workbench

_FEW_TESTS = 6
"""Up to so many examples of a person, code that passes is compared with other code."""
_ROUNDS = 1
"""Of the ladder, after its opening, that are climbed for code that is not fitted."""
_SHARE = 0.5
"""Of a ticket's minutes that may be used until then."""


def has_plenty(bench: Workbench) -> bool:
    """Whether code that passes needs no other code beside it to be believed."""
    given = [t for t in bench.tests.tests if t.binding] if bench.tests else []
    return bool(bench.ticket.acceptance_tests) or len(given) > _FEW_TESTS


def may_be_fitted(bench: Workbench, candidate: Candidate) -> bool:
    """Whether code passes only since the search changed it, and the examples are few."""
    return candidate.mutated and not has_plenty(bench)


def is_enough(number: int, budget: Budget) -> bool:
    """Whether fitted code is taken, in round `number` of the ladder."""
    return number > _ROUNDS or budget.minutes_used > _SHARE * budget.minutes


def reservation(bench: Workbench, *, bent: bool, outnumbered: bool) -> str:
    """Why code that passes the ticket's tests is not called done; empty if it is.

    It was `bent` to few examples by changes and no other code agrees, or it is `outnumbered`: most
    other code that passes them gives something else for some call. Or nothing is given by the
    person, and code contradicts most of the tests that the Tester suggested.
    """
    if bent:
        return "no code passes your examples as the model wrote it, only after changes by search"
    if outnumbered:
        return "most other code that passes your examples gives something else for some call"
    kept = bench.tests.tests if bench.tests else []
    if bench.withdrawn >= max(len(kept), 1) and not any(test.binding for test in kept):
        return "there is no example of yours, and code contradicts most of the suggested tests"
    return ""


def doubts_about(candidate: Candidate, others: int) -> list[str]:
    """A doubt about code that the search changed until it passed, where no other code passes."""
    if not candidate.mutated or others > 0:
        return []
    changes = ", ".join(candidate.changes) or "it"
    return [
        f"No code as the model wrote it passes; this does since the search changed {changes}. "
        "Is that what you mean, beyond the examples?"
    ]
