"""What a rung of the ladder asks the model."""

from __future__ import annotations

import re
from contextlib import aclosing
from dataclasses import replace

from agents.asking import completions, request_for, spread
from agents.base import IAgent
from agents.behaviors.find_parts import parts_to_blame
from agents.behaviors.write_code import Hint, Question, distilled_tests
from agents.inference import Tier
from agents.ladder import Rung, Stage
from agents.languages.contract import Language
from agents.search import Attempt, Search
from agents.waves import affordable, thinned
from agents.workbench import Workbench

_PLAN_TOKENS = 100
_SLACK_TOKENS = 200
_FAILURES = 4
"""Of one attempt that are asked about, each by itself."""
_LONGEST_FILE = 6000
"""Characters of a file that is written anew as a whole."""
_WHOLE = (Stage.SAMPLE, Stage.PLAN, Stage.WIDER)
"""Stages whose answers are as long as the first."""
_MENDABLE = re.compile(r"NameError|ImportError|SyntaxError|TypeError|AttributeError|ModuleNotFound")


async def questions_of(
    agent: IAgent, bench: Workbench, search: Search, rung: Rung, number: int
) -> list[Question]:
    """The questions of `rung` in round `number`; none if it has nothing to start from."""
    seed = bench.context.seed + 1000 * number + 100 * list(Stage).index(rung.stage)
    unit = bench.ticket.target_symbol
    if search.alone_seconds is not None and rung.stage in _WHOLE:
        rung = thinned(rung, affordable(search.alone_seconds, bench.budget.minutes))
    plain = Question(
        rung.stage, search.source, unit, rung.temperatures, seed, longest=_longest(search)
    )
    match rung.stage:
        case Stage.REPAIR:
            return _repairs(search, rung, plain)
        case Stage.PART:
            return _parts(bench, search, rung, plain)
        case Stage.PLAN:
            plans = await _plans(agent, bench, rung.starts, seed)
            return [replace(plain, hint=Hint(plan=plan)) for plan in plans]
        case Stage.WIDER:
            wide = wider(unit, search.source)
            return [] if wide is None else [replace(plain, unit=wide, longest=None)]
        case Stage.TIER:
            stronger = agent.tools.models.next_tier(agent.agent_type, search.tier)
            search.tier = stronger or search.tier
            known = search.tier is Tier.STANDARD
            return [] if known else [replace(plain, tier=search.tier)]
        case _:
            return [plain]


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


def _parts(bench: Workbench, search: Search, rung: Rung, plain: Question) -> list[Question]:
    """The functions of the best attempt that fail the tests, each written anew on its own.

    None where nothing passes yet: what is wrong there is more than a function.
    Where the file had the function before, the model sees it as it was then: shown its own
    wrong code, a small model writes that again.
    """
    best = [attempt for attempt in search.fresh(rung.stage, 1) if attempt.passed]
    search.use(rung.stage, best)
    path, unit = bench.ticket.target_file, bench.ticket.target_symbol
    return [
        _anew(bench, search, attempt, replace(plain, unit=part))
        for attempt in best
        for part in parts_to_blame(
            attempt.candidate.text,
            path,
            unit,
            attempt.failing,
            rung.starts,
            bench.language.functions,
        )
    ]


def _anew(bench: Workbench, search: Search, attempt: Attempt, question: Question) -> Question:
    text, whole = attempt.candidate.text, bench.ticket.target_symbol
    blank = as_before(text, search.source, question.unit, bench.language, whole)
    names = frozenset(case.name for case in attempt.failing[:1] if case.name)
    failure = attempt.failure if blank == text else ""
    return replace(question, source=blank, hint=Hint(failure=failure, failing=names))


def as_before(text: str, before: str, part: str, language: Language, unit: str = "") -> str:
    """`text` with the lines of the function `part` as `before` has them, if it has them."""
    now = dict(language.functions(text, unit)).get(part)
    then = dict(language.functions(before, unit)).get(part) if before.strip() else None
    if now is None or then is None:
        return text
    lines, stub = text.splitlines(keepends=True), before.splitlines(keepends=True)
    return "".join([*lines[: now[0] - 1], *stub[then[0] - 1 : then[1]], *lines[now[1] :]])


def _longest(search: Search) -> int | None:
    """What an answer may take, going by the longest so far: a wave ends with its last answer."""
    tokens = [attempt.candidate.tokens for attempt in search.attempts]
    return 2 * max(tokens) + _SLACK_TOKENS if any(tokens) else None


def wider(unit: str, source: str) -> str | None:
    """The next larger unit: ``Class`` of ``Class.method``, else the whole of a short file.

    None where the unit is the whole file already, or the file too long to be written anew.
    """
    if "." in unit:
        return unit.rsplit(".", 1)[0]
    return "" if unit and len(source) <= _LONGEST_FILE else None
