"""Conversations with questions and the turns that answer them, read from JSON.

The form is described in docs/benchmarks.md. Reading is lenient: what is unambiguous is taken.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from memory.conversations.dates import terms_in

_log = logging.getLogger(__name__)
_Json = Mapping[str, Any]

_CONVERSATION_IDS = ("id", "conversation_id", "sample_id")
_SESSION_IDS = ("id", "session_id")
_TURN_IDS = ("id", "turn_id", "dia_id")
_TEXTS = ("text", "content", "utterance", "message")
_CAPTIONS = ("caption", "blip_caption")
_SPEAKERS = ("speaker", "role", "name", "author")
_DATES = ("date", "date_time", "datetime", "timestamp", "time")
_QUESTIONS = ("questions", "qa")
_WORDINGS = ("question", "query", "text")
_GOLD = ("gold", "evidence", "gold_turns")
_CATEGORIES = ("category", "type", "question_type")
_DAY = re.compile(r"y(\d{4})m(\d\d)d(\d\d)")
_MILLISECONDS = 1e11
_SPLIT = re.compile(r"[;,\s]+")

_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d (%a) %H:%M",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%d %B %Y",
    "%B %d %Y",
    "%d %b %Y",
    "%b %d %Y",
    "%I:%M %p on %d %B %Y",
    "%m/%d/%Y",
)


@dataclass(frozen=True)
class Utterance:
    """One turn as the file has it."""

    id: str
    speaker: str
    text: str
    date: datetime | None = None


@dataclass(frozen=True)
class DialogueSession:
    """Turns that belong together."""

    id: str
    date: datetime | None
    turns: list[Utterance]


@dataclass(frozen=True)
class Question:
    """A question and the ids of the turns that answer it."""

    text: str
    gold: tuple[str, ...]
    category: str = ""


@dataclass(frozen=True)
class Dialogue:
    """One conversation, in sessions, with its questions."""

    id: str
    sessions: list[DialogueSession]
    questions: list[Question] = field(default_factory=list)
    unanswerable: int = 0
    """Questions without a gold turn, which are not asked."""
    unknown_gold: int = 0
    """Gold ids that no turn has; they count as not found."""


def read_dialogues(path: Path) -> list[Dialogue]:
    """Every conversation of the file.

    Raises OSError, and ValueError, with the place, if it is not in the form described.
    """
    items = _conversations(path.read_text("utf-8"))
    dialogues = [_dialogue(item, number) for number, item in enumerate(items, 1)]
    if not any(dialogue.questions for dialogue in dialogues):
        raise ValueError(f"{path.name} holds no question with gold turns.")
    return dialogues


def _conversations(text: str) -> list[Any]:
    try:
        raw = json.loads(text)
    except ValueError:
        raw = [json.loads(line) for line in text.splitlines() if line.strip()]
    if isinstance(raw, dict):
        raw = raw.get("conversations", [raw])
    if not isinstance(raw, list):
        raise ValueError('The file must be an object with a list "conversations".')
    return raw


def _dialogue(raw: Any, number: int) -> Dialogue:
    if not isinstance(raw, dict):
        raise ValueError(f"Conversation {number} is not an object.")
    name = str(_first(raw, _CONVERSATION_IDS, f"conversation-{number}"))
    sessions = [s for s in _sessions(raw, name) if s.turns]
    sessions = _with_unique_ids(sessions)
    turns = [turn.id for session in sessions for turn in session.turns]
    if not turns:
        raise ValueError(f'{name} has no turns. Give it "sessions", or a flat list "turns".')
    if len(set(turns)) < len(turns):
        twice = next(turn for turn in turns if turns.count(turn) > 1)
        raise ValueError(f"{name} has two turns with the id {twice!r}.")
    asked = [_question(item, name, set(turns)) for item in _first(raw, _QUESTIONS, [])]
    answered = [question for question in asked if question.gold]
    unknown = sum(gold not in set(turns) for question in answered for gold in question.gold)
    return Dialogue(name, sessions, answered, len(asked) - len(answered), unknown)


def _with_unique_ids(sessions: list[DialogueSession]) -> list[DialogueSession]:
    """The sessions; ids of turns that begin anew in each become ``<session>:<id>``."""
    ids = [turn.id for session in sessions for turn in session.turns]
    if len(set(ids)) == len(ids):
        return sessions
    return [
        replace(s, turns=[replace(turn, id=f"{s.id}:{turn.id}") for turn in s.turns])
        for s in sessions
    ]


def _sessions(raw: _Json, name: str) -> Iterator[DialogueSession]:
    if "sessions" not in raw:
        yield _session({"turns": raw.get("turns", []), "date": _first(raw, _DATES, None)}, name, 1)
        return
    listed = raw["sessions"]
    if isinstance(listed, dict):  # by name
        listed = [{"id": key, **_as_session(value)} for key, value in listed.items()]
    for number, session in enumerate(listed, 1):
        yield _session(_as_session(session), name, number)


def _as_session(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {"turns": value}


def _session(raw: _Json, name: str, number: int) -> DialogueSession:
    id_ = str(_first(raw, _SESSION_IDS, f"S{number}"))
    date = _date(_first(raw, _DATES, None), f"{name}, session {id_}")
    turns = raw.get("turns", raw.get("messages", []))
    if not isinstance(turns, list):
        raise ValueError(f'The "turns" of {name}, session {id_}, are not a list.')
    return DialogueSession(
        id_,
        date,
        [_turn(turn, f"{name}, session {id_}", id_, n) for n, turn in enumerate(turns, 1)],
    )


def _turn(raw: Any, place: str, session: str, number: int) -> Utterance:
    if not isinstance(raw, dict):
        raise ValueError(f"Turn {number} of {place} is not an object.")
    text = str(_first(raw, _TEXTS, "")).strip()
    if caption := str(_first(raw, _CAPTIONS, "")).strip():
        text = f"{text} [shares {caption}]".strip()
    return Utterance(
        str(_first(raw, _TURN_IDS, f"{session}:{number}")),
        str(_first(raw, _SPEAKERS, "")),
        text,
        _date(_first(raw, _DATES, None), f"{place}, turn {number}"),
    )


def _question(raw: Any, name: str, turns: set[str]) -> Question:
    text = str(_first(raw, _WORDINGS, "")).strip() if isinstance(raw, dict) else ""
    if not text:
        raise ValueError(f'A question of {name} has no text. Give it as "question".')
    gold = _first(raw, _GOLD, [])
    listed = [gold] if isinstance(gold, str | int) else gold
    category = _first(raw, _CATEGORIES, "")
    return Question(text, tuple(dict.fromkeys(_ids(listed, turns))), str(category))


def _ids(gold: Iterable[Any], turns: set[str]) -> Iterator[str]:
    """Ids of turns; several may stand in one string."""
    for item in gold:
        text = str(_first(item, _TURN_IDS, "") if isinstance(item, dict) else item).strip()
        if text in turns:
            yield text
        else:
            yield from (part for part in _SPLIT.split(text) if part)


def _date(value: Any, place: str) -> datetime | None:
    """The date, or None, with a warning, if it cannot be read."""
    if value is None or value == "":
        return None
    try:
        return _from_number(value) if isinstance(value, int | float) else _from_text(str(value))
    except (ValueError, OverflowError, OSError):
        _log.warning("%s: %r is no date that can be read, so it is left out.", place, value)
        return None


def _from_number(value: float) -> datetime:
    """Seconds or milliseconds since 1970."""
    return datetime.fromtimestamp(value / 1000 if value > _MILLISECONDS else value, UTC)


def _from_text(value: str) -> datetime:
    text = " ".join(value.replace(",", " ").split())
    for parse in (datetime.fromisoformat, *map(_parser, _FORMATS)):
        try:
            parsed = parse(text)
        except ValueError:
            continue
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    days = [day for day in map(_DAY.fullmatch, terms_in(text)) if day]
    year, month, day = map(int, days[0].groups()) if days else (0, 0, 0)
    return datetime(year, month, day, tzinfo=UTC)


def _parser(form: str) -> Callable[[str], datetime]:
    return lambda text: datetime.strptime(text, form).replace(tzinfo=UTC)


def _first(raw: _Json, names: Sequence[str], otherwise: Any) -> Any:
    return next((raw[name] for name in names if raw.get(name) is not None), otherwise)
