"""Long conversations with questions, put together from threads by a seed.

    python -m tests.benchmarks.dialogues FILE [--seed N] [--conversations N]

Two people talk in some twenty dated sessions. Threads (`dialogue_threads.txt`) hold what is asked
about, in other words than it was said in; chatter (`dialogue_chatter.txt`) lies between. Who has
lived what is drawn anew for each conversation, so a name alone never gives an answer away.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_PEOPLE = [("Caro", "Melvin"), ("Priya", "Jonas"), ("Amara", "Theo"), ("Nadia", "Oskar")]
_SESSIONS = 22
_JOINED = 20


@dataclass
class Thread:
    """A few turns about one matter, and what is asked about them."""

    turns: list[tuple[str, str]] = field(default_factory=list)
    """Who (A or B) and what."""
    questions: list[tuple[str, str, list[int]]] = field(default_factory=list)
    """Category, question, and numbers of the turns that answer it, from 1."""


def read_threads(name: str) -> list[Thread]:
    """The threads of a file beside this one."""
    blocks = (_FOLDER / name).read_text("utf-8").strip().split("\n\n")
    return [_thread(block) for block in blocks]


def _thread(block: str) -> Thread:
    thread = Thread()
    for line in block.splitlines():
        if line.startswith("?"):
            category, question, gold = (part.strip() for part in line[1:].split("|"))
            thread.questions.append((category, question, [int(n) for n in gold.split()]))
        else:
            who, said = line.split(": ", 1)
            thread.turns.append((who, said))
    return thread


def generate(seed: int, conversations: int) -> dict[str, Any]:
    """The object that `tenon bench recall` reads."""
    draw = random.Random(seed)
    return {"conversations": [_conversation(draw, n) for n in range(conversations)]}


def _conversation(draw: random.Random, number: int) -> dict[str, Any]:
    people = _PEOPLE[number % len(_PEOPLE)]
    threads = read_threads("dialogue_threads.txt")
    chatter = read_threads("dialogue_chatter.txt")
    draw.shuffle(threads)
    sessions: list[dict[str, Any]] = []
    questions: list[dict[str, Any]] = []
    day = date(2023, 1, 9) + timedelta(days=draw.randrange(60))
    for index in range(_SESSIONS):
        day += timedelta(days=draw.randrange(6, 28))
        mine = threads[index::_SESSIONS]
        mixed = [*mine, *draw.sample(chatter, 5)]
        draw.shuffle(mixed)
        turns: list[dict[str, str]] = []
        for thread in mixed:
            pair = people if draw.random() < 0.5 else people[::-1]
            names = {"A": pair[0], "B": pair[1], "month": f"{day:%B %Y}"}
            ids = [f"D{index + 1}:{len(turns) + i + 1}" for i in range(len(thread.turns))]
            turns += _turns(thread, names, ids)
            questions += _questions(thread, names, ids)
        sessions.append({"id": f"D{index + 1}", "date": day.isoformat(), "turns": turns})
    questions += _joined(draw, questions, people)
    return {"id": f"conversation-{number + 1}", "sessions": sessions, "questions": questions}


def _joined(
    draw: random.Random, questions: list[dict[str, Any]], people: tuple[str, str]
) -> list[dict[str, Any]]:
    """Questions that ask for two matters of one person, told in different sessions."""
    single = [question for question in questions if question["category"] == "single"]
    joined: list[dict[str, Any]] = []
    while len(joined) < _JOINED:
        first, second = draw.sample(single, 2)
        named = {name for name in people for q in (first, second) if name in q["question"]}
        if len(named) == 1 and _session(first) != _session(second):
            begin, end = first["question"].rstrip("?"), second["question"]
            text = f"{begin} and {end[0].lower()}{end[1:]}"
            gold = [*first["gold"], *second["gold"]]
            joined.append({"question": text, "gold": gold, "category": "two"})
    return joined


def _session(question: dict[str, Any]) -> str:
    return str(question["gold"][0]).split(":", 1)[0]


def _turns(thread: Thread, names: dict[str, str], ids: list[str]) -> list[dict[str, str]]:
    return [
        {"id": id_, "speaker": names[who], "text": said.format(**names)}
        for id_, (who, said) in zip(ids, thread.turns, strict=True)
    ]


def _questions(thread: Thread, names: dict[str, str], ids: list[str]) -> Iterator[dict[str, Any]]:
    for category, question, gold in thread.questions:
        yield {
            "question": question.format(**names),
            "gold": [ids[number - 1] for number in gold],
            "category": category,
        }


def main() -> None:
    """Write a file of conversations."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--conversations", type=int, default=4)
    options = parser.parse_args()
    made = generate(options.seed, options.conversations)
    options.file.write_text(json.dumps(made, ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    main()
