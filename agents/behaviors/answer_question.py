"""Answer in words what a person asks, off the code and the conversation that it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from agents.asking import Context, fits, request_for, stream_text
from agents.base import IAgent
from agents.repository_reader import Snapshot
from memory.chunking.chunk import Chunk
from memory.conversations.budget import RecalledTurn
from memory.records import ConversationTurn, Requirement

_TOKENS = 400
_TEMPERATURES = (0.2,)
MAP_CHARACTERS = 2500
"""Of the map of the repository."""
_SOURCES = 2
_SOURCE_CHARACTERS = 3000
PIECES, _PIECE_CHARACTERS = 3, 600
"""Of code: six with 4,000 characters tell little more, and take twice as long to read."""


@dataclass(frozen=True)
class Material:
    """What an answer is read off."""

    requirements: Sequence[Requirement] = ()
    repo_map: str = ""
    sources: Sequence[tuple[str, str]] = ()
    """Place and text of code, best first."""
    summary: str = ""
    """Of the conversation before `turns`."""
    earlier: Sequence[RecalledTurn] = ()
    """Older turns that the question is about."""
    turns: Sequence[ConversationTurn] = ()
    """The newest ones."""


class AnswerQuestion:
    """The Project Manager's behaviour."""

    name = "answer_question"

    async def run(self, agent: IAgent, text: str, material: Material, context: Context) -> str:
        """The answer, streamed; of the material as much is shown as fits."""
        for shown in _leaner(material):
            request = request_for(
                agent,
                self.name,
                context,
                {"text": text.strip()} | vars(shown),
                max_tokens=_TOKENS,
                temperatures=_TEMPERATURES,
            )
            if await fits(agent, request):
                break
        return await stream_text(agent, request, context)


def _leaner(material: Material) -> Iterator[Material]:
    """The material, then ever less of it."""
    yield material
    material = replace(material, earlier=())
    yield material
    material = replace(material, sources=material.sources[:1], turns=(), summary="")
    yield material
    yield replace(material, sources=())


def pieces(near: Sequence[Chunk]) -> list[tuple[str, str]]:
    """The nearest pieces of code, each with place and name; the beginnings of longer ones."""
    return [
        (f"{c.path}:{c.start_line} {c.symbol}".strip(), _beginning(c.text)) for c in near[:PIECES]
    ]


def _beginning(text: str) -> str:
    """Whole lines of `text`."""
    if len(text) <= _PIECE_CHARACTERS:
        return text
    return text[:_PIECE_CHARACTERS].rpartition("\n")[0] + "\n..."


def files_named_alike(text: str, snapshot: Snapshot) -> list[tuple[str, str]]:
    """The files that share most words with a message, cut to a readable length.

    They serve where no index is.
    """
    repo_map, sources = snapshot.repo_map, snapshot.sources
    words = set(re.findall(r"[a-z]{3,}", text.lower()))

    def score(path: str) -> int:
        names = " ".join([PurePosixPath(path).stem, *(s.name for s in repo_map.modules[path])])
        return len(words & set(re.findall(r"[a-z]{3,}", names.lower().replace("_", " "))))

    ranked = sorted((p for p in sources if p in repo_map.modules), key=score, reverse=True)
    return [(p, sources[p][:_SOURCE_CHARACTERS]) for p in ranked[:_SOURCES] if score(p) > 0]
