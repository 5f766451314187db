"""Ask for candidates, and put each into the file by name."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from agents.asking import CHARACTERS_PER_TOKEN, completions, fits, request_for
from agents.base import IAgent
from agents.behaviors.distil_tests import CHARACTERS, distil
from agents.behaviors.find_helpers import helper_lines, import_of
from agents.behaviors.open_function import Opening
from agents.behaviors.recall_context import narrow_view, recalled, whole_view
from agents.inference import ChatTurn, Completion, CompletionRequest, Tier
from agents.ladder import Stage
from agents.languages.contract import Language
from agents.python_names import root_name
from agents.workbench import Workbench

_SYMBOL_TOKENS = 700
_FILE_TOKENS = 1400
_FEWER_CHARACTERS = (1300, 650)
"""Of the tests, where more do not fit."""
_FENCE = "\n```"
_STOP = f"{_FENCE}\n"
"""The end of a block; with the language's own stops, where the code of an answer has ended: small
models go on to repeat the tests of the prompt, which takes longer than the code, and nothing of a
wave ends before its last answer."""
_NOTHING = ("", "pass", "...", ";")
"""Bodies that a small model writes where it does not know better, or repeats from a stub."""
_UNWRITTEN = re.compile(r"(?:raise NotImplementedError|throw new Error)\b.*")
_BEGINS_ANEW = re.compile(r"\s*```\w*\n")
"""An answer that should have gone on where it was begun, and did not."""
_SHORT_TASK = 2400
"""Characters of a long text of instructions, where the whole does not fit."""


@dataclass(frozen=True)
class Candidate:
    """One proposed text of the target file."""

    code: str
    """The ticket's unit in it; of a whole file all."""
    text: str
    """The whole file with it."""
    origin: Stage
    """The stage of the search that it comes from."""
    changes: tuple[str, ...] = ()
    """What mutation changed, in words."""
    lines: tuple[int, ...] = ()
    """Lines of `text`, from 1, that mutation changed."""
    tokens: int = 0
    """Length of the answer that it was in."""
    seconds: float = 0.0
    """For which that answer was decoded."""
    narrow: bool = False
    """Whether the question left out of view the code that nobody names."""

    @property
    def mutated(self) -> bool:
        """Whether it is not as a model wrote it, but changed until it passed more tests."""
        return self.origin is Stage.MUTATION


@dataclass(frozen=True)
class Rejected:
    """An answer that gives no candidate."""

    reason: str
    origin: Stage
    tokens: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Hint:
    """What tells this question from the plain one: a plan, or an attempt and its failure."""

    plan: str = ""
    attempt: str = ""
    failure: str = ""
    simplify: bool = False
    """Whether `attempt` is right and shall become simpler."""


@dataclass(frozen=True)
class Question:
    """One prompt for code, and how many answers are wanted."""

    stage: Stage
    source: str
    """Text of the target file, into which the answer goes."""
    unit: str
    """Symbol to write; empty: the whole file."""
    temperatures: tuple[float, ...]
    seed: int
    hint: Hint = Hint()
    tier: Tier = Tier.STANDARD
    longest: int | None = None
    """Tokens after which an answer is cut; None: the most that a unit of its kind may take."""
    opening: Opening | None = None
    """The file, or an attempt at it, up to a function's body, from where the answer goes on."""
    narrow: bool = False
    """Whether code that neither the words nor the tests name is out of view."""
    also: str = ""
    """One more assertion that has to hold, beside the ticket's tests."""


class WriteCode:
    """The Developer's first behaviour."""

    name = "write_code"

    async def run(
        self, agent: IAgent, bench: Workbench, question: Question
    ) -> AsyncGenerator[Candidate | Rejected, None]:
        """Candidates as they are finished, and answers that are none."""
        request = await self._request(agent, bench, question)
        label = f"writing code ({question.stage})"
        async with aclosing(completions(agent, request, bench.context, label)) as stream:
            async for completion in stream:
                yield to_candidate(completion, bench, question)

    async def _request(
        self, agent: IAgent, bench: Workbench, question: Question
    ) -> CompletionRequest:
        """The richest prompt that fits: examples of accepted code and helpers go first."""
        variables = await _variables(agent, bench, question)
        stops = question.opening.stops if question.opening else bench.language.stops
        room = min(_SYMBOL_TOKENS if question.unit else _FILE_TOKENS, question.longest or 9999)
        steps: tuple[dict[str, Any], ...] = (
            {},
            {"snippets": [], "lessons": []},
            {"helpers": []},
            *({"tests": distilled_tests(bench, length)} for length in _FEWER_CHARACTERS),
            {"task": bench.task[:_SHORT_TASK]},
        )
        for leaner in steps:
            variables.update(leaner)
            request = request_for(agent, "write_code", bench.context, variables, max_tokens=room)
            request = replace(
                request,
                messages=(*request.messages, *_begun(bench, question)),
                n=len(question.temperatures),
                temperatures=question.temperatures,
                seed=question.seed,
                tier=question.tier,
                stop=(_STOP, *stops),
                end_loops=True,
                deadline_seconds=bench.budget.wave_seconds,
            )
            if await fits(agent, request):
                break
        return request


async def _variables(agent: IAgent, bench: Workbench, question: Question) -> dict[str, Any]:
    """What the prompt's template reads."""
    unit, hint, language = question.unit, question.hint, bench.language
    source, told = question.source, language.is_told(question.source, unit, bench.task)
    seen = await recalled(agent, bench, source)
    shown = language.without_docstring(source, unit) if told else source
    return {
        "path": bench.ticket.target_file,
        "source": narrow_view(language, shown, unit, seen.told)
        if question.narrow
        else whole_view(language, shown, unit),
        "symbol": unit,
        "exists": language.extract(source, unit) is not None,
        "documented": told,
        "signature": (unit and language.signature_in(bench.words, unit)) or "",
        "task": bench.task,
        "feedbacks": bench.ticket.feedback,
        "tests": distilled_tests(bench),
        "also": question.also,
        "ready_modules": ", ".join(language.ready_modules) if question.opening else "",
        "helpers": helper_lines(seen.named if question.narrow else seen.helpers),
        "snippets": [] if question.narrow else seen.snippets,
        "lessons": seen.lessons,
        "plan": hint.plan,
        "attempt": language.without_docstring(hint.attempt, unit) if told else hint.attempt,
        "failure": hint.failure,
        "simplify": hint.simplify,
    }


def _begun(bench: Workbench, question: Question) -> list[ChatTurn]:
    """What of the answer is there already."""
    if question.opening is None:
        return []
    shown = _shown(bench, question, question.opening)
    start = shown.start
    if shown.name != question.unit:  # a part of the unit: that from its beginning
        text = f"{shown.before}{shown.body}{shown.after}"
        lines = {symbol.name: symbol.line for symbol in bench.language.symbols(text)}
        above = shown.before.splitlines(keepends=True)[: lines.get(question.unit, 1) - 1]
        start = len("".join(above))
    return [ChatTurn("assistant", f"```{bench.language.fence}\n{shown.before[start:]}")]


def _shown(bench: Workbench, question: Question, opening: Opening) -> Opening:
    """Without documentation that the task repeats."""
    language, unit = bench.language, question.unit
    if opening.name != unit or not language.is_told(question.source, unit, bench.task):
        return opening
    return language.opening(language.without_docstring(question.source, unit), unit) or opening


def to_candidate(
    completion: Completion, bench: Workbench, question: Question
) -> Candidate | Rejected:
    """The file with the answer merged in, or why that does not work."""
    took = _took(completion)
    try:
        text = _merged(completion, bench, question)
    except _NoCodeError as error:
        return Rejected(str(error), question.stage, **took)
    took["narrow"] = question.narrow
    return candidate_of(bench, text, question.stage, question.source, **took)


def _took(completion: Completion) -> dict[str, Any]:
    """Tokens and seconds of an answer; of one that went round in a loop, what it says but once."""
    usage = completion.usage
    tokens, seconds = usage.completion_tokens, usage.decode_seconds
    if completion.finish_reason != "loop":
        return {"tokens": tokens, "seconds": seconds}
    said = min(round(len(completion.text) / CHARACTERS_PER_TOKEN), tokens)
    return {"tokens": said, "seconds": seconds * said / max(tokens, 1)}


class _NoCodeError(Exception):
    """An answer gives no new text of the file."""


def _merged(completion: Completion, bench: Workbench, question: Question) -> str:
    language, unit = bench.language, question.unit
    cut_off = completion.finish_reason != "stop"
    if cut_off and (unit or question.opening):
        raise _NoCodeError("the answer was cut off")
    if question.opening is not None and not _BEGINS_ANEW.match(completion.text):
        return _filled(completion.text, bench, question, question.opening)
    blocks = language.code_blocks(completion.text)
    if cut_off:  # of a file its beginning is worth something: parts go on from there
        blocks = [start for block in blocks if (start := language.sound_start(block))]
    if not blocks:
        raise _NoCodeError("no code in the answer")
    if not unit:
        text = language.whole_file(question.source, blocks)
        if not text:
            raise _NoCodeError("it is not the file's new text")
        return _with_methods(text, question.source, language)
    allowed = {unit, root_name(unit)} if "." not in unit else {unit}
    merged = language.merge(question.source, "\n\n".join(blocks), allowed, imported(bench))
    if not merged.changed:
        raise _NoCodeError("; ".join(merged.problems) or "the code changes nothing")
    if language.extract(merged.text, unit) is None:
        raise _NoCodeError(f"it does not define {unit}")
    return merged.text


def _with_methods(text: str, source: str, language: Language) -> str:
    """`text` with the methods of the file that it forgot, so that tests of the others can pass."""
    there, before = ({name for name, _ in language.functions(t, "")} for t in (text, source))
    missing = {name for name in before - there if "." in name}
    return language.merge(text, source, missing).text if missing else text


def _filled(answer: str, bench: Workbench, question: Question, opening: Opening) -> str:
    body = answer.split(_FENCE, 1)[0]
    text = opening.filled(body)
    now = bench.language.opening(text, opening.name)
    if now is None:
        raise _NoCodeError("it is no body of a function")
    stub = bench.language.opening(question.source, opening.name)
    if is_unwritten(now.body, bench.language) or (stub and now.body.strip() == stub.body.strip()):
        raise _NoCodeError("it does nothing")
    return text


def is_unwritten(body: str, language: Language) -> bool:
    """Whether the body of a function has nothing but comments, or says that it is to be written."""
    lines = (line.strip() for line in body.splitlines())
    text = "\n".join(line for line in lines if line and not line.startswith(language.comment))
    return text in _NOTHING or _UNWRITTEN.fullmatch(text) is not None


def candidate_of(
    bench: Workbench, text: str, origin: Stage, source: str | None = None, **more: Any
) -> Candidate:
    """The candidate whose file is `text`, with what a model forgets.

    `source` is the file that a model's answer went into; None: no model wrote this.
    """
    symbol = bench.ticket.target_symbol
    helpers = bench.recalled.helpers if bench.recalled else []
    elsewhere = import_of(helpers, bench.language, bench.ticket.target_file)
    text = bench.language.completed(text, text if source is None else source, elsewhere)
    code = symbol and bench.language.extract(text, symbol)
    return Candidate(code or text, text, origin, **more)


def imported(bench: Workbench) -> set[str]:
    """The ticket's symbol, if its tests import it by name."""
    name = root_name(bench.ticket.target_symbol)
    modules = bench.tests.modules if bench.tests else []
    lines = [line for m in modules for line in bench.language.import_lines(m.source())]
    found = name and re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", "\n".join(lines))
    return {name} if found else set()


def distilled_tests(bench: Workbench, characters: int = CHARACTERS) -> str:
    """The ticket's tests as plain assertions, the most telling ones if many."""
    modules = bench.tests.modules if bench.tests else []
    return distil(modules, characters, bench.language)
