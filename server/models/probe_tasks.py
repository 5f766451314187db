"""What a model is asked by `tenon models probe`, and how its answers are judged."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

FENCE = re.compile(r"```[a-zA-Z]*\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class CodingTask:
    """A function to write, and assertions that it must pass."""

    name: str
    wish: str
    checks: str

    @property
    def prompt(self) -> str:
        """The question; it asks for the form that the team's own prompts ask for."""
        return (
            f"Write the Python function `{self.name}`. {self.wish}\n"
            "Answer with the complete function in one fenced code block and nothing else."
        )


CODING_TASKS = (
    CodingTask(
        "is_leap(year)",
        "It tells whether a year of the Gregorian calendar is a leap year.",
        "assert is_leap(2000) and is_leap(2024)\nassert not is_leap(1900) and not is_leap(2023)",
    ),
    CodingTask(
        "run_lengths(text)",
        "It returns a list of (character, count) pairs for the runs of equal characters.",
        'assert run_lengths("aab") == [("a", 2), ("b", 1)]\nassert run_lengths("") == []\n'
        'assert run_lengths("aba") == [("a", 1), ("b", 1), ("a", 1)]',
    ),
    CodingTask(
        "roman(number)",
        "It writes a number from 1 to 3999 as a Roman numeral in capital letters.",
        'assert roman(4) == "IV"\nassert roman(1994) == "MCMXCIV"\nassert roman(3888) == '
        '"MMMDCCCLXXXVIII"',
    ),
    CodingTask(
        "merge_intervals(intervals)",
        "It takes a list of (start, end) pairs and returns a sorted list of pairs in which "
        "those that overlap or touch are joined.",
        "assert merge_intervals([(3, 4), (1, 2), (2, 3)]) == [(1, 4)]\n"
        "assert merge_intervals([(1, 5), (2, 3), (7, 8)]) == [(1, 5), (7, 8)]\n"
        "assert merge_intervals([]) == []",
    ),
    CodingTask(
        "balanced(text)",
        "It tells whether the brackets (), [] and {} in a text are balanced and well nested; "
        "other characters do not matter.",
        'assert balanced("a(b[c]{d})")\nassert not balanced("(]")\nassert not balanced("(")\n'
        'assert not balanced(")(")\nassert balanced("")',
    ),
    CodingTask(
        "word_counts(text)",
        "It returns a dictionary from each word, in lower case, to how often it occurs. Words "
        "are runs of letters; everything else separates them.",
        'assert word_counts("The cat, the dog.") == {"the": 2, "cat": 1, "dog": 1}\n'
        'assert word_counts("") == {}\nassert word_counts("a-b a") == {"a": 2, "b": 1}',
    ),
    CodingTask(
        "transpose(rows)",
        "It turns the rows of a rectangular list of lists into its columns, as lists.",
        "assert transpose([[1, 2, 3], [4, 5, 6]]) == [[1, 4], [2, 5], [3, 6]]\n"
        "assert transpose([]) == []",
    ),
    CodingTask(
        "parse_duration(text)",
        'It turns a text such as "1h30m", "45s" or "2h5s" into seconds; a text of any other '
        "form raises ValueError.",
        'assert parse_duration("1h30m") == 5400\nassert parse_duration("45s") == 45\n'
        'assert parse_duration("2h5s") == 7205\ntry:\n    parse_duration("soon")\n'
        "except ValueError:\n    pass\nelse:\n    raise AssertionError",
    ),
)

DECISION_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "intent": {"enum": ["question", "change", "status"]},
        "subject": {"type": "string", "maxLength": 60},
    },
    "required": ["intent", "subject"],
    "additionalProperties": False,
}
DECISIONS = {
    "What does the function slugify do?": "question",
    "Please add a function that counts vowels.": "change",
    "How far are you with the tickets?": "status",
    "The parser should accept dates with slashes as well.": "change",
}


def decision_prompt(message: str) -> str:
    """The question for one of `DECISIONS`."""
    return (
        "Sort the message of a developer: `question` asks about code, `change` wants code to "
        "be written or changed, `status` asks how the work goes. Name the subject in a few "
        f"words.\nMessage: {message}\nAnswer in JSON."
    )


RECALL_ANSWER = "4711"


def recall_prompt(lines: int) -> str:
    """A fact, a good deal of other lines (about 16 tokens each), and the question for it."""
    filler = "\n".join(f"def helper_{number}(): return {number * 3}" for number in range(lines))
    return (
        f"The port of the service is {RECALL_ANSWER}.\n\n{filler}\n\n"
        "Which port has the service? Answer with the number alone."
    )


def decides_right(text: str, intent: str) -> bool:
    """Whether an answer under `DECISION_SCHEMA` is whole and right."""
    try:
        return bool(json.loads(text)["intent"] == intent)
    except (ValueError, KeyError, TypeError):
        return False


def fenced_code(text: str) -> str | None:
    """The code of an answer that is exactly one fenced block; None for any other."""
    blocks = FENCE.findall(text)
    outside = FENCE.sub("", text).strip()
    return str(blocks[0]) if len(blocks) == 1 and not outside else None


def any_code(text: str) -> str:
    """The code of an answer, whatever is around it."""
    blocks = FENCE.findall(text)
    return max(blocks, key=len) if blocks else text
