"""Questions are reduced to what they are about, and dates are found however they are written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from memory.conversations.dates import terms_in, terms_of_day
from memory.conversations.found import excerpt
from memory.conversations.words import content_words, indexed_text, word_count

SAID = datetime(2023, 5, 8, 14, 30, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("When did Caroline go to the museum?", ["caroline", "museum"]),
        ("What's my sister's dog called?", ["sister", "dog", "called"]),
        ("where is parseDate used", ["parsedate", "used", "parse", "date"]),
        ("Why?", ["why"]),
        ("", []),
    ],
)
def test_a_question_is_reduced_to_its_content(question: str, words: list[str]) -> None:
    assert content_words(question) == words


def test_words_that_are_left_out_are_gone_unless_nothing_else_is_there() -> None:
    assert content_words("Did Ann sail?", leave_out=frozenset({"ann"})) == ["sail"]
    assert content_words("Ann?", leave_out=frozenset({"ann"})) == ["ann"]


def test_scripts_without_spaces_become_pairs() -> None:
    assert indexed_text("我喜欢陶器").split() == ["我喜", "喜欢", "欢陶", "陶器"]
    assert "陶器" in content_words("陶器")
    assert word_count("陶器 and clay") == 3


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("in May 2023", {"m05", "y2023", "y2023m05"}),
        ("on 7 May 2023", {"y2023m05d07", "m05d07"}),
        ("on the 7th of May, 2023", {"y2023m05d07"}),
        ("May 7th", {"m05", "m05d07"}),
        ("2023-05-07", {"y2023m05d07", "y2023"}),
        ("Sept. 2021", {"y2021m09"}),
        ("last summer, in 1999", {"y1999"}),
        ("every Tuesday", {"w2"}),
    ],
)
def test_a_written_date_is_found(text: str, terms: set[str]) -> None:
    assert terms <= set(terms_in(text))


def test_words_that_only_look_like_months_are_none() -> None:
    assert terms_in("you may march on, and mark 12 boxes") == []


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("I went there yesterday", "y2023m05d07"),
        ("we leave tomorrow", "y2023m05d09"),
        ("I saw her last Friday", "y2023m05d05"),
        ("last Monday", "y2023m05d01"),
        ("next Tuesday", "y2023m05d09"),
        ("it was last year", "y2022"),
        ("last month", "y2023m04"),
        ("next month", "y2023m06"),
    ],
)
def test_a_relative_date_is_counted_from_the_day_it_was_said(text: str, term: str) -> None:
    assert term in terms_in(text, SAID)
    assert term not in terms_in(text)


def test_a_day_is_found_by_year_month_day_and_weekday() -> None:
    for text in ("2023", "May 2023", "8 May 2023", "May 8", "Monday"):
        assert set(terms_in(text)) <= set(terms_of_day(SAID))


def test_impossible_dates_do_no_harm() -> None:
    assert "m13" in terms_in("2023-13-45")
    assert terms_in("99 May") == ["m05", "m05d99"]


def test_an_excerpt_is_the_sentence_that_matters() -> None:
    text = "Hello there. The kiln broke on Friday! What now?"
    assert excerpt(text, "When did the kiln break?") == "The kiln broke on Friday!"
    assert excerpt("x" * 300, "y") == "x" * 199 + "…"
    assert excerpt("", "y") == ""
