"""How well earlier turns are found: each question is asked of the product's own search.

Recall at k is the share of a question's gold turns among the first k that are found, averaged over
the questions.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from memory.conversations.index_file import Scope
from memory.embeddings import Embedder
from memory.manager import MemoryManager
from memory.records import ConversationTurn, Session
from server.bench.dialogues import Dialogue, DialogueSession, Question, Utterance

CUTOFFS = (5, 10, 20)
_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
_PEOPLE = {"user", "human", "person"}
_AGENTS = {"assistant", "agent", "ai", "bot", "model"}


@dataclass(frozen=True)
class Asked:
    """One question, and where its gold turns were found."""

    conversation: str
    question: Question
    found: tuple[str, ...]
    """Ids of turns, best first."""
    milliseconds: float

    def recall(self, k: int) -> float:
        """Share of the gold turns among the first k."""
        return len(set(self.question.gold) & set(self.found[:k])) / len(self.question.gold)


@dataclass
class RecallReport:
    """What all questions came to."""

    asked: list[Asked] = field(default_factory=list)
    turns: int = 0
    index_seconds: float = 0.0

    def figures(self) -> dict[str, Any]:
        """The report as a JSON object."""
        by_category: dict[str, list[Asked]] = {}
        for item in self.asked:
            if item.question.category:
                by_category.setdefault(item.question.category, []).append(item)
        times = sorted(item.milliseconds for item in self.asked)
        return {
            **_recalls(self.asked),
            "by_category": {name: _recalls(by_category[name]) for name in sorted(by_category)},
            "turns": self.turns,
            "turns_per_second": round(self.turns / self.index_seconds, 1),
            "query_ms_p50": _percentile(times, 0.5),
            "query_ms_p95": _percentile(times, 0.95),
        }


def _recalls(asked: Sequence[Asked]) -> dict[str, Any]:
    means = {f"recall_at_{k}": round(_mean(a.recall(k) for a in asked), 4) for k in CUTOFFS}
    return {"questions": len(asked), **means}


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else 0.0


def _percentile(ordered: list[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) if ordered else 0.0


async def measure(
    dialogues: Sequence[Dialogue],
    embedder: Embedder | None,
    on_progress: Callable[[str], None] = lambda _text: None,
) -> RecallReport:
    """Store each conversation in a data folder of its own, and ask its questions there.

    Each of its sessions becomes one of Tenon's, and a search is over all of them.
    """
    report = RecallReport()
    for number, dialogue in enumerate(dialogues, 1):
        on_progress(f"{number} of {len(dialogues)}: {dialogue.id}")
        with tempfile.TemporaryDirectory(prefix="tenon-recall-") as folder:
            memory = await MemoryManager.open(Path(folder), embedder=embedder)
            try:
                await _measure(memory, dialogue, report)
            finally:
                await memory.close()
    return report


async def _measure(memory: MemoryManager, dialogue: Dialogue, report: RecallReport) -> None:
    begun = time.perf_counter()
    await prepare(memory, dialogue)
    report.index_seconds += time.perf_counter() - begun
    report.turns += sum(len(session.turns) for session in dialogue.sessions)
    for question in dialogue.questions:
        begun = time.perf_counter()
        found = await memory.search_conversations(question.text, max(CUTOFFS))
        took = 1000 * (time.perf_counter() - begun)
        ids = tuple(item.turn.id for item in found)
        report.asked.append(Asked(dialogue.id, question, ids, took))


async def prepare(memory: MemoryManager, dialogue: Dialogue) -> None:
    """Store the conversation, and embed all of it."""
    await _store(memory, dialogue)
    await memory.turns.refresh(Scope())
    await memory.turns.catch_up()


async def _store(memory: MemoryManager, dialogue: Dialogue) -> None:
    told = memory.conversations.on_append
    memory.conversations.on_append = lambda _turn: None  # all is embedded at once, afterwards
    for session in dialogue.sessions:
        date = session.date or _UNDATED
        record = Session(
            id=session.id,
            repository=dialogue.id,
            title=session.id,
            created_at=date,
            updated_at=date,
        )
        await memory.sessions.insert(record)
        for number, turn in enumerate(session.turns):
            await memory.conversations.append(_record(turn, session, date, number))
    memory.conversations.on_append = told


def _record(
    turn: Utterance, session: DialogueSession, date: datetime, number: int
) -> ConversationTurn:
    is_person = turn.speaker.lower() in _PEOPLE or not turn.speaker
    name = "" if is_person or turn.speaker.lower() in _AGENTS else turn.speaker
    said = turn.date or date + timedelta(seconds=number)
    return ConversationTurn(
        id=turn.id,
        session_id=session.id,
        role="user" if is_person else "agent",
        agent=name,
        text=turn.text,
        created_at=said,
        updated_at=said,
    )


def lines(figures: dict[str, Any]) -> list[str]:
    """The figures as a table for a person."""
    head = "".join(f"{f'R@{k}':>8}" for k in CUTOFFS)
    rows = {**figures["by_category"], "all": figures}
    width = max(len(name) for name in rows) + 2
    table = [f"{'':<{width}}{head}  questions"]
    for name, row in rows.items():
        recalls = "".join(f"{row[f'recall_at_{k}']:>8.3f}" for k in CUTOFFS)
        table.append(f"{name:<{width}}{recalls}  {row['questions']}")
    table.append(
        f"{figures['turns']} turns in {figures['conversations']} conversations, "
        f"{figures['turns_per_second']} stored and embedded a second; a question takes "
        f"{figures['query_ms_p50']} ms (p50), {figures['query_ms_p95']} ms (p95)"
    )
    if figures["unanswerable"] or figures["unknown_gold"]:
        table.append(
            f"{figures['unanswerable']} questions without gold turns were not asked; "
            f"{figures['unknown_gold']} gold ids belong to no turn"
        )
    return table
