"""Let the model say what calls return, from the person's words alone.

Code and its reader err in different ways: a model that overlooks a clause while it writes the code
still reads it off for a single call. So does a test that it writes, but one line is much cheaper.
What most of several answers say is true of nine calls in ten, of harder tasks three in four
(docs/benchmarks.md): too little to judge code by, and enough to ask again (after Chen et al.,
CodeT, 2022, arXiv 2207.10397, where code and tests of one model check each other).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from agents.asking import completions, request_for
from agents.base import IAgent
from agents.behaviors.compare_candidates import is_refusal
from agents.inference import ChatTurn, CompletionRequest, GenerationFailedError, PromptTooLongError
from agents.languages.calls import Calls
from agents.streams import merge
from agents.tools.fresh_inputs import has_negative, has_nothing
from agents.workbench import Workbench

_TEMPERATURES = (0.0, 0.8, 0.8, 0.8, 0.8, 0.8)
_SURE = 5
"""Of the answers, that a prediction takes."""
_TOKENS = 60
_SECONDS = 20.0
"""For all calls; those that are not read by then are left out."""
_STOPS = ("\n", "#")
_LONGEST = 120
"""Characters of an answer; longer ones are not told whole (`agents/tools/observe.py`)."""


@dataclass(frozen=True)
class Prediction:
    """What a call returns, as far as the words tell."""

    call: str
    value: str
    """Source of a literal."""
    unanimous: bool


class PredictOutputs:
    """The Tester's behaviour that reads instead of writing."""

    name = "predict_outputs"

    async def run(self, agent: IAgent, bench: Workbench, calls: Sequence[str]) -> list[Prediction]:
        """What most answers say to each of `calls`; those that they differ about are left out.

        Empty where an answer cannot be begun for the model, or where there is no example that
        shows how the values are written.
        """
        examples = [c for c in bench.ticket.criteria if c.call and c.expected and not c.raises]
        if not examples or not agent.tools.models.continues_answers(agent.agent_type):
            return []
        equals = bench.language.calls.equals
        known = "\n".join(f"{example.call} {equals} {example.expected}" for example in examples)
        found: dict[str, Counter[str]] = {call: Counter() for call in calls}
        streams = [self._values(agent, bench, known, call) for call in calls]
        try:
            async with aclosing(merge(streams)) as values:
                async for call, value in values:
                    found[call][value] += 1
        except (GenerationFailedError, PromptTooLongError) as error:
            await agent.log("error", f"no further values predicted: {error}", bench.ticket.id)
        return [p for call, values in found.items() if (p := _prediction(call, values))]

    async def _values(
        self, agent: IAgent, bench: Workbench, known: str, call: str
    ) -> AsyncGenerator[tuple[str, str], None]:
        """The values that answers give for `call`, each as the source of a literal."""
        calls = bench.language.calls
        request = self._request(agent, bench, f"{known}\n{call} {calls.equals}")
        label = "reading what calls return"
        async with aclosing(completions(agent, request, bench.context, label)) as answers:
            async for answer in answers:
                value = calls.literal(answer.text)
                if value and answer.finish_reason == "stop":
                    yield call, value

    def _request(self, agent: IAgent, bench: Workbench, begun: str) -> CompletionRequest:
        symbol, language = bench.ticket.target_symbol, bench.language
        variables: dict[str, Any] = {
            "signature": language.signature_in(bench.words, symbol) or symbol,
            "task": bench.task,
            "equals": language.calls.equals,
        }
        request = request_for(
            agent, "predict_output", bench.context, variables, max_tokens=_TOKENS, stop=_STOPS
        )
        return replace(
            request,
            messages=(*request.messages, ChatTurn("assistant", f"```{language.fence}\n{begun}")),
            n=len(_TEMPERATURES),
            temperatures=_TEMPERATURES,
            deadline_seconds=min(_SECONDS, bench.budget.wave_seconds),
        )


def readable(calls: Calls, answers: Mapping[str, str], examples: Sequence[str]) -> dict[str, str]:
    """Those of the calls, with what code answers, whose values the words can be asked for.

    Not what the code refuses, which may be no call to make at all, nor negative numbers where no
    example has any: a reader makes up what happens then. Nor what is answered at length.
    """
    negative = any(_is_negative(calls, example) for example in examples)
    return {
        call: answer
        for call, answer in answers.items()
        if (negative or not _is_negative(calls, call))
        and (calls.mistakes.told.match(answer) or not is_refusal(answer))
        and len(answer) <= _LONGEST
    }


def telling(
    calls: Calls, answers: Mapping[str, str], count: int, disputed: Collection[str] = ()
) -> list[str]:
    """At most `count` of the calls: the `disputed` first, then in turn those with an empty argument
    or a zero and the others, the shortest of each first, and in turn of answers.

    Clauses are about what is empty; what a short call returns is the surest to be read.
    """
    alike: dict[str, list[str]] = {}
    for call, answer in sorted(answers.items(), key=lambda pair: len(pair[0])):
        alike.setdefault(answer, []).append(call)
    turns = _in_turn(list(alike.values()))
    ahead = [call for call in turns if call in disputed]
    edges = [call for call in turns if call not in disputed and _is_edge(calls, call)]
    others = [call for call in turns if call not in disputed and not _is_edge(calls, call)]
    return [*ahead, *_in_turn([edges, others])][:count]


def _is_negative(calls: Calls, call: str) -> bool:
    literals = calls.literals(call)
    return literals is not None and has_negative(literals)


def _is_edge(calls: Calls, call: str) -> bool:
    literals = calls.literals(call)
    return literals is not None and has_nothing(literals)


def _in_turn(groups: Sequence[Sequence[str]]) -> list[str]:
    longest = max(map(len, groups), default=0)
    return [group[i] for i in range(longest) for group in groups if i < len(group)]


def contradicted(
    calls: Calls, predictions: Iterable[Prediction], answers: Mapping[str, str]
) -> list[Prediction]:
    """Those that code does not do which gives `answers`; the surest and shortest first."""
    wrong = [p for p in predictions if not calls.agree(p.value, answers[p.call])]
    return sorted(wrong, key=lambda p: (not p.unanimous, len(p.call)))


def _prediction(call: str, values: Counter[str]) -> Prediction | None:
    for value, count in values.most_common(1):
        if count >= _SURE:
            return Prediction(call, value, count == len(_TEMPERATURES))
    return None
