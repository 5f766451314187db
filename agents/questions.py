"""What a rung of the ladder asks the model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from agents.asking import CHARACTERS_PER_TOKEN, completions, request_for, spread
from agents.base import IAgent
from agents.behaviors.find_parts import parts_to_blame
from agents.behaviors.open_function import Opening
from agents.behaviors.recall_context import has_narrow_view
from agents.behaviors.write_code import Hint, Question, distilled_tests, imported, is_unwritten
from agents.inference import Tier
from agents.ladder import Rung, Stage
from agents.search import Attempt, Search
from agents.waves import shares, thinned, wave_size
from agents.workbench import Workbench

_PLAN_TOKENS = 100
_SLACK_TOKENS = 200
_SHORT_BODY_TOKENS = 120
_MOST = 16
"""Answers of a wave where time is no question."""
_FAILURES = 4
"""Of one attempt that are asked about, each by itself."""
_LONGEST_FILE = 6000
"""Characters of a file that is written anew as a whole."""
_WHOLE = (Stage.SAMPLE, Stage.PLAN, Stage.REPAIR)
"""Stages whose answers are as long as the first."""
_UNKNOWN = "__parameters__"
_MENDABLE = re.compile(r"NameError|ImportError|SyntaxError|TypeError|AttributeError|ModuleNotFound")


async def questions_of(
    agent: IAgent, bench: Workbench, search: Search, rung: Rung, number: int
) -> list[Question]:
    """The questions of `rung` in round `number`; none if it has nothing to start from."""
    seed = bench.context.seed + 1000 * number + 100 * list(Stage).index(rung.stage)
    unit = bench.ticket.target_symbol
    answers = _MOST
    if search.first is not None and rung.stage in _WHOLE:
        answers = wave_size(rung.stage, search.first.seconds, bench.budget, search.step)
        rung = thinned(rung, answers)
    plain = Question(
        rung.stage, search.source, unit, rung.temperatures, seed, longest=_longest(search)
    )
    goes_on = agent.tools.models.continues_answers(agent.agent_type, search.tier)
    match rung.stage if answers else None:
        case None:
            return []
        case Stage.REPAIR:
            return _repairs(search, rung, plain)[: -(-answers // len(rung.temperatures))]
        case Stage.PART:
            return _parts(bench, search, rung, plain, goes_on)
        case Stage.PLAN:
            plans = await _plans(agent, bench, rung.starts, seed)
            opening = opening_of(bench, search.source) if goes_on else None
            planned = [replace(plain, opening=opening, hint=Hint(plan=plan)) for plan in plans]
            return await in_two_views(agent, bench, planned, narrow_share(search, rung.stage))
        case Stage.WIDER | Stage.TIER:
            return _beyond(agent, search, plain)
        case _:
            free = number > 0 and rung.stage is Stage.SAMPLE  # to do it otherwise
            opening = opening_of(bench, search.source) if goes_on and not free else None
            begun = [replace(plain, opening=opening)]
            return await in_two_views(agent, bench, begun, narrow_share(search, rung.stage))


def question_about(
    bench: Workbench, search: Search, rung: Rung, hint: Hint, number: int = 0
) -> Question:
    """The question of `rung` in round `number` about code that is green already."""
    seed = bench.context.seed + 100 * list(Stage).index(rung.stage) + 10 * number
    unit = bench.ticket.target_symbol
    return Question(rung.stage, search.source, unit, rung.temperatures, seed, hint)


def narrow_share(search: Search, stage: Stage) -> float:
    """Of the answers of `stage`, how many see the narrow view: most, if it passes more tests.

    Other opinions on code of the narrow view have that view alone, which was read already.
    """
    if stage in (Stage.OPINION, Stage.CROSS_CHECK, Stage.CRASHES):
        return 1.0 if search.green_is_narrow else 0.5
    narrow, whole = (search.best_of_view(narrow=view) for view in (True, False))
    return 0.5 if narrow == whole else 0.75 if narrow > whole else 0.25


async def in_two_views(
    agent: IAgent, bench: Workbench, asked: Sequence[Question], share: float = 0.5
) -> list[Question]:
    """A `share` of the answers does not see the code that nobody names, where there is such code.

    It misleads all that see it alike: of answers for ``is_palindrome`` beside a function that
    collapses white space all call that, and none is right (docs/benchmarks.md). A single answer
    gets another beside it.
    """
    if not asked or not await has_narrow_view(agent, bench, asked[0].source):
        return list(asked)
    if len(asked) > 1:
        narrow = _dealt(len(asked), share)
        return [replace(each, narrow=n) for each, n in zip(asked, narrow, strict=True)]
    (only,), count = asked, len(asked[0].temperatures)
    dealt = list(zip(only.temperatures, _dealt(count, share), strict=True))
    views = {view: tuple(t for t, n in dealt if n is view) for view in (True, False)}
    if count == 1:
        views = dict.fromkeys(views, only.temperatures)
    seeds = {True: only.seed + 50, False: only.seed}
    return [
        replace(only, temperatures=temperatures, seed=seeds[view], narrow=view)
        for view, temperatures in views.items()
        if temperatures
    ]


def _dealt(count: int, share: float) -> list[bool]:
    """Which of `count` answers are of a `share` of them, spread evenly."""
    return [int((place + 1) * share) > int(place * share) for place in range(count)]


def opening_of(bench: Workbench, source: str) -> Opening | None:
    """The head of the function that is asked for, or its beginning, so that no answer is more.

    Left alone, small models begin with imports that nothing needs, and with what other files
    define (docs/benchmarks.md). None for a file or a class, and for a function that does something
    already: what is to be changed may be its head.
    """
    language, unit = bench.language, bench.ticket.target_symbol
    owner, _, name = unit.rpartition(".")
    known = language.opening(source, unit)
    if known is not None:
        return known if is_unwritten(known.body, language) else None
    if not name or name[0].isupper() or (owner and language.extract(source, owner) is None):
        return None
    tests = "\n".join(module.source() for module in (bench.tests.modules if bench.tests else []))
    awaited = re.search(rf"await (?:[\w.()]+\.)?{re.escape(name)}\(", tests) is not None
    signature = None if owner else language.signature_in(bench.words, name)
    stub = language.stub(owner, signature or f"{name}({_UNKNOWN})", awaited)
    merged = language.merge(source, stub, {unit}, imported(bench))
    opening = language.opening(merged.text, unit)
    return opening and opening.up_to(_UNKNOWN)


def _beyond(agent: IAgent, search: Search, plain: Question) -> list[Question]:
    """The wider unit or the stronger model, if there is one."""
    if plain.stage is Stage.WIDER:
        wide = wider(plain.unit, search.source)
        return [] if wide is None else [replace(plain, unit=wide, longest=None)]
    search.tier = agent.tools.models.next_tier(agent.agent_type, search.tier) or search.tier
    return [] if search.tier is Tier.STANDARD else [replace(plain, tier=search.tier)]


async def _plans(agent: IAgent, bench: Workbench, count: int, seed: int) -> list[str]:
    """A few different plans (PlanSearch, arXiv 2409.03733).

    The prompt begins like the one for code, so that it was read already.
    """
    request = request_for(
        agent,
        "plan_approaches",
        bench.context,
        {
            "task": bench.task,
            "feedbacks": bench.ticket.feedback,
            "tests": distilled_tests(bench),
            "symbol": bench.ticket.target_symbol,
        },
        max_tokens=_PLAN_TOKENS,
        deadline_seconds=bench.budget.wave_seconds,
        n=count,
        temperatures=spread(0.8, 1.2, count),
    )
    request = replace(request, seed=seed)
    async with aclosing(completions(agent, request, bench.context, "planning")) as stream:
        plans = [" ".join(completion.text.split()) async for completion in stream]
    return list(dict.fromkeys(plans))


def _repairs(search: Search, rung: Rung, plain: Question) -> list[Question]:
    """The best attempts, each with several of its failures; one failure a question.

    The prompt begins like the plain one, tests and all, so that it was read already.
    """
    best = search.fresh(rung.stage, rung.starts)
    search.use(rung.stage, best)
    best.sort(key=lambda a: _MENDABLE.search(a.failure) is None)
    told = [(attempt, failure) for attempt in best for failure in _failures(attempt)]
    return [
        replace(
            plain,
            seed=plain.seed + 10 * number,
            hint=Hint(attempt=attempt.candidate.code, failure=failure),
        )
        for number, (attempt, failure) in enumerate(told)
    ]


def _failures(attempt: Attempt) -> list[str]:
    """Different failures of an attempt, from the first to the last of them."""
    found = list(dict.fromkeys([attempt.failure, *(c.distilled for c in attempt.failing)]))
    step = max(1, len(found) // _FAILURES)
    return found[::step][:_FAILURES]


def _parts(
    bench: Workbench, search: Search, rung: Rung, plain: Question, goes_on: bool
) -> list[Question]:
    """The functions of the best attempt that fail the tests, each body written anew on its own.

    Where nothing passes yet only those that were not written: what is wrong there is more than a
    function. The answer goes on where the body begins, so that it is nothing else, and everything
    before it was read or written already. The wrong body is not in view: a small model would write
    it again. A model that would not go on is asked in words, with what fails.
    """
    best = search.best(1)
    blame = {
        opening: count
        for attempt in best
        for opening, count in _blamed(bench, attempt)
        if attempt.cases or is_unwritten(opening.body, bench.language)
    }
    longest = max((len(opening.body) for opening in blame), default=0)
    alone = search.seconds_for(longest / CHARACTERS_PER_TOKEN)
    if alone:
        rung = thinned(rung, wave_size(rung.stage, alone, bench.budget, search.step))
    new = search.unopened(blame, min(rung.starts, len(rung.temperatures) // 2))
    if not new:
        return []
    low, high = min(rung.temperatures), max(rung.temperatures)
    sizes = shares([blame[opening] for opening in new], len(rung.temperatures))
    return [
        replace(
            plain,
            **(_going_on(opening) if goes_on else _in_words(opening, best[0])),
            temperatures=spread(low, high, size),
            seed=plain.seed + 10 * i,
        )
        for i, (opening, size) in enumerate(zip(new, sizes, strict=True))
    ]


def _going_on(opening: Opening) -> dict[str, Any]:
    """The answer may take what a body may, going by the wrong one."""
    tokens = _SHORT_BODY_TOKENS + round(2 * len(opening.body) / CHARACTERS_PER_TOKEN)
    return {"opening": opening, "longest": tokens}


def _in_words(opening: Opening, attempt: Attempt) -> dict[str, Any]:
    hint = Hint(failure=attempt.failure)
    return {"unit": opening.name, "source": attempt.candidate.text, "hint": hint}


def _blamed(bench: Workbench, attempt: Attempt) -> Iterator[tuple[Opening, int]]:
    """The functions of an attempt that its failing tests blame, and how many do; worst first."""
    language, text = bench.language, attempt.candidate.text
    path, unit = bench.ticket.target_file, bench.ticket.target_symbol
    modules = bench.tests.modules if bench.tests else []
    tests = {test.name: test.source for module in modules for test in module.tests}
    blamed = parts_to_blame(text, path, unit, attempt.failing, language.functions, tests)
    for part, count in blamed:
        opening = language.opening(text, part)
        if opening is not None:
            yield opening, count


def _longest(search: Search) -> int | None:
    """What an answer may take, going by the longest so far: a wave ends with its last answer."""
    longest = search.longest_tokens
    return 2 * longest + _SLACK_TOKENS if longest else None


def wider(unit: str, source: str) -> str | None:
    """The next larger unit: ``Class`` of ``Class.method``, else the whole of a short file.

    None where the unit is the whole file already, or the file too long to be written anew.
    """
    if "." in unit:
        return unit.rsplit(".", 1)[0]
    return "" if unit and len(source) <= _LONGEST_FILE else None
