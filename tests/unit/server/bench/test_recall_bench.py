"""`tenon bench recall`: reads conversations leniently, and asks the product's own search."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from server.bench.dialogues import Dialogue, Question, read_dialogues
from server.bench.recall import Asked, RecallReport, lines, measure
from server.cli import main
from tests.benchmarks.dialogues import generate

TURNS = [
    {"id": "D1:1", "speaker": "Ann", "text": "We planted a quince behind the forge."},
    {"id": "D1:2", "speaker": "Bob", "text": "My bicycle was stolen on the bridge."},
    {"id": "D1:3", "speaker": "Ann", "text": "How dreadful, I am so sorry to hear that."},
]
QUESTIONS = [
    {"question": "Which tree stands behind the forge?", "gold": ["D1:1"], "category": "single"},
    {"question": "What was stolen from Bob?", "gold": "D1:2", "category": "single"},
]


def read(folder: Path, content: Any) -> list[Dialogue]:
    path = folder / "file.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return read_dialogues(path)


def conversation(**changes: Any) -> dict[str, Any]:
    session = {"id": "D1", "date": "2023-05-08", "turns": TURNS}
    return {"id": "c", "sessions": [session], "questions": QUESTIONS, **changes}


def test_the_documented_form_is_read(tmp_path: Path) -> None:
    (dialogue,) = read(tmp_path, {"conversations": [conversation()]})
    (session,) = dialogue.sessions
    assert (dialogue.id, session.id, session.date) == ("c", "D1", datetime(2023, 5, 8, tzinfo=UTC))
    assert [turn.id for turn in session.turns] == ["D1:1", "D1:2", "D1:3"]
    assert dialogue.questions[1] == Question("What was stolen from Bob?", ("D1:2",), "single")


def test_the_example_in_the_documentation_is_read(tmp_path: Path) -> None:
    text = (Path(__file__).parents[4] / "docs" / "benchmarks.md").read_text("utf-8")
    example = text.split("<!-- conversations -->\n```json\n", 1)[1].split("```", 1)[0]
    (dialogue,) = read(tmp_path, example)
    assert dialogue.questions
    assert dialogue.unknown_gold == 0


@pytest.mark.parametrize(
    "content",
    [
        [conversation()],
        conversation(),
        {"conversations": [{"turns": TURNS, "questions": QUESTIONS}]},
        {"conversations": [conversation(sessions={"D1": TURNS})]},
        {"conversations": [conversation(sessions=[TURNS])]},
        json.dumps(conversation()) + "\n" + json.dumps(conversation(id="d")) + "\n",
    ],
)
def test_other_forms_are_read_as_the_same(tmp_path: Path, content: Any) -> None:
    dialogue = read(tmp_path, content)[0]
    assert [t.text for s in dialogue.sessions for t in s.turns] == [t["text"] for t in TURNS]
    assert [question.gold for question in dialogue.questions] == [("D1:1",), ("D1:2",)]


def test_other_names_of_fields_are_known(tmp_path: Path) -> None:
    turn = {"dia_id": "7", "role": "user", "content": "Look", "blip_caption": "a heron"}
    asked = {"query": "What was shared?", "evidence": ["7; 8"], "type": 4}
    session = {"date_time": "1:56 pm on 8 May, 2023", "messages": [turn]}
    (dialogue,) = read(tmp_path, [{"sample_id": 3, "sessions": [session], "qa": [asked]}])
    (read_turn,) = dialogue.sessions[0].turns
    assert (read_turn.id, read_turn.speaker, read_turn.text) == (
        "7",
        "user",
        "Look [shares a heron]",
    )
    assert dialogue.sessions[0].date == datetime(2023, 5, 8, 13, 56, tzinfo=UTC)
    assert dialogue.questions == [Question("What was shared?", ("7", "8"), "4")]
    assert dialogue.unknown_gold == 1


def test_turns_without_ids_are_numbered_in_their_session(tmp_path: Path) -> None:
    turns = [{"text": "a"}, {"text": "b"}]
    asked = [{"question": "b?", "gold": ["S2:2"]}]
    sessions = [{"turns": turns}, {"turns": turns}]
    (dialogue,) = read(tmp_path, [{"sessions": sessions, "questions": asked}])
    assert dialogue.unknown_gold == 0


@pytest.mark.parametrize(
    "date",
    [
        "8 May, 2023 at noon",
        "2023-05-08T00:00:00Z",
        "2023/05/08 (Mon) 00:00",
        1683504000,
        1683504000000,
    ],
)
def test_dates_are_read_however_they_are_written(tmp_path: Path, date: Any) -> None:
    sessions = [{"timestamp": date, "turns": TURNS}]
    (dialogue,) = read(tmp_path, [conversation(sessions=sessions)])
    assert dialogue.sessions[0].date == datetime(2023, 5, 8, tzinfo=UTC)


def test_a_date_that_cannot_be_read_is_left_out_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for date in ("soon", "2023-02-31", 1e30):
        caplog.clear()
        (dialogue,) = read(tmp_path, [conversation(sessions=[{"date": date, "turns": TURNS}])])
        assert dialogue.sessions[0].date is None
        assert "no date that can be read" in caplog.text


def test_ids_that_begin_anew_in_each_session_get_its_name(tmp_path: Path) -> None:
    turns = [{"id": 1, "text": "a"}, {"id": 2, "text": "b"}]
    asked = [{"question": "b?", "gold": [{"turn_id": "B:2"}]}]
    sessions = [{"id": "A", "turns": turns}, {"id": "B", "turns": turns}]
    (dialogue,) = read(tmp_path, [{"sessions": sessions, "questions": asked}])
    assert dialogue.questions[0].gold == ("B:2",)
    assert dialogue.unknown_gold == 0


def test_the_projects_own_conversations_are_whole(tmp_path: Path) -> None:
    made = generate(3, 2)
    dialogues = read(tmp_path, made)
    assert [dialogue.unknown_gold for dialogue in dialogues] == [0, 0]
    assert all(len(dialogue.questions) > 90 for dialogue in dialogues)
    assert made == generate(3, 2)
    assert made != generate(4, 2)


def test_questions_without_gold_turns_are_counted_and_not_asked(tmp_path: Path) -> None:
    more = [*QUESTIONS, {"question": "Who is Zed?", "gold": []}]
    (dialogue,) = read(tmp_path, [conversation(questions=more)])
    assert (len(dialogue.questions), dialogue.unanswerable) == (2, 1)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ([conversation(sessions=[])], "no turns"),
        ([conversation(questions=[])], "no question"),
        ([conversation(sessions=[[*TURNS, TURNS[0]]])], "two turns with the id 'S1:D1:1'"),
        ([conversation(questions=[{"gold": ["D1:1"]}])], "has no text"),
        ({"conversations": "none"}, 'a list "conversations"'),
        ([[1]], "is not an object"),
        ("{", "Expecting"),
    ],
)
def test_a_file_of_another_form_is_refused_with_the_place(
    tmp_path: Path, content: Any, told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        read(tmp_path, content)


def test_recall_is_the_share_of_gold_turns_averaged_over_questions() -> None:
    asked = [
        Asked("c", Question("?", ("a", "b"), "x"), ("a", "q", "r", "s", "t", "b"), 1.0),
        Asked("c", Question("?", ("z",), "y"), ("a",), 3.0),
    ]
    figures = RecallReport(asked, turns=10, index_seconds=2.0).figures()
    assert figures["recall_at_5"] == 0.25
    assert figures["recall_at_10"] == 0.5
    assert figures["by_category"]["x"]["recall_at_5"] == 0.5
    assert figures["by_category"]["y"] == {
        "questions": 1,
        **{f"recall_at_{k}": 0.0 for k in (5, 10, 20)},
    }
    assert figures["turns_per_second"] == 5.0
    table = "\n".join(lines({**figures, "conversations": 1, "unanswerable": 0, "unknown_gold": 0}))
    assert "0.250" in table


async def test_questions_are_asked_of_the_products_own_search(tmp_path: Path) -> None:
    filler = [{"id": f"F{n}", "text": f"Remark {n} about nothing."} for n in range(30)]
    sessions = [{"id": "D1", "turns": TURNS}, {"id": "D2", "turns": filler}]
    report = await measure(read(tmp_path, [conversation(sessions=sessions)]), None)
    figures = report.figures()
    assert (figures["questions"], figures["turns"]) == (2, 33)
    assert figures["recall_at_5"] == 1.0


def test_the_command_prints_json_and_refuses_what_it_cannot_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "file.json"
    path.write_text(json.dumps([conversation()]), "utf-8")
    command = ["bench", "recall", "--words-only", "--conversations"]
    assert main([*command, str(path), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["recall_at_20"] == 1.0
    assert main([*command, str(path)]) == 0
    assert "R@5" in capsys.readouterr().out
    assert main([*command, str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err
