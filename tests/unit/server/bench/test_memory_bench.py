"""`tenon bench memory`: figures of a made-up case whose answers are known, by the real models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from server.bench.memory_command import Question, quality, read_codes, read_questions
from server.cli import main

CODES = [
    "def slugify(title):\n    return re.sub(r'[^a-z0-9]+', '-', title.lower()).strip('-')",
    "def connect(host, port):\n    return socket.create_connection((host, port), timeout=5)",
    "def mean(numbers):\n    return sum(numbers) / len(numbers)",
    "def read_json(path):\n    with open(path) as file:\n        return json.load(file)",
]
QUESTIONS = [
    ("open a TCP connection to a server", 1),
    ("average of a list of values", 2),
    ("load a file with JSON in it", 3),
    ("open a TCP connection to a host", 2),  # the wrong answer, so that not all is found first
]
KEYS = {
    "mrr_at_10",
    *(f"recall_at_{depth}" for depth in (1, 5, 10)),
    "functions_per_second",
    "query_ms_p50",
    "query_ms_p95",
    "rss_mb",
    "server_rss_mb",
}


def files(folder: Path, codes: Any = None, questions: Any = None) -> list[str]:
    """A made-up split, and the options that name it."""
    split, index = folder / "split.json", folder / "codes.txt"
    items = [{"doc": doc, "retrieval_idx": answer} for doc, answer in QUESTIONS]
    split.write_text(json.dumps(items if questions is None else questions), "utf-8")
    numbers = {code: number for number, code in enumerate(CODES)}
    index.write_text(json.dumps(numbers if codes is None else codes), "utf-8")
    return ["bench", "memory", "--cosqa", str(split), "--codes", str(index)]


@pytest.mark.parametrize("rows", [0, 30])
def test_the_figures_are_those_of_the_case(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], rows: int
) -> None:
    assert main([*files(tmp_path), "--json", "--rows", str(rows)]) == 0
    (line,) = capfd.readouterr().out.splitlines()
    figures = json.loads(line)
    assert figures.keys() == KEYS
    assert figures["recall_at_1"] == 0.75
    assert (figures["recall_at_5"], figures["recall_at_10"]) == (1.0, 1.0)
    ranks = [1 / rank for rank in (2, 3, 4)]  # of the fourth answer
    assert figures["mrr_at_10"] in [round((3 + inverse) / 4, 4) for inverse in ranks]
    assert 0 < figures["query_ms_p50"] <= figures["query_ms_p95"]
    assert figures["server_rss_mb"] > 50


def test_ranks_beyond_ten_and_missing_answers_count_nothing() -> None:
    asked = [Question("?", answer) for answer in "abcd"]
    found = [["a"], ["x", "b"], [*"123456789", "c"], ["x"]]
    assert quality(found, asked) == {
        "mrr_at_10": round((1 + 1 / 2 + 1 / 10) / 4, 4),
        "recall_at_1": 0.25,
        "recall_at_5": 0.5,
        "recall_at_10": 0.75,
    }
    assert quality([], [])["mrr_at_10"] == 0.0


def test_functions_are_read_in_the_order_of_their_indices(tmp_path: Path) -> None:
    *_, split, _, index = files(tmp_path, codes={"second": 1, "first": 0})
    codes = read_codes(Path(index))
    assert codes == ["first", "second"]
    Path(split).write_text(json.dumps([{"doc": "which?", "retrieval_idx": 1}]), "utf-8")
    assert read_questions(Path(split), codes) == [Question("which?", "second")]


@pytest.mark.parametrize(
    ("codes", "questions"),
    [
        ({"a": 0, "b": 2}, None),
        (["a"], None),
        (None, [{"doc": "no answer"}]),
        (None, [{"doc": "beyond", "retrieval_idx": 9}]),
        (None, [1]),
    ],
)
def test_files_of_another_form_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], codes: Any, questions: Any
) -> None:
    assert main(files(tmp_path, codes, questions)) == 2
    assert "not in CoSQA's form" in capsys.readouterr().out
    assert main([*files(tmp_path)[:-1], str(tmp_path / "none.txt")]) == 2
