"""Forgotten texts are found again wherever they stand, and cannot be read from what is kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.long_term.forgotten import SCHEMA, ForgottenTexts, Remembered
from memory.redaction import MARK

KEY = b"k" * 32


def keeping(*texts: str) -> ForgottenTexts:
    return ForgottenTexts(KEY, map(ForgottenTexts(KEY).digest_of, texts))


@given(
    forgotten=st.lists(st.text("ab\n🪚", min_size=1, max_size=20), min_size=1, max_size=4),
    text=st.text("ab\n🪚", max_size=60),
)
def test_no_forgotten_text_is_left_and_nothing_else_is_lost(
    forgotten: list[str], text: str
) -> None:
    texts = keeping(*forgotten)
    masked = texts.mask(text)
    assert texts.is_in(text) == any(item in text for item in forgotten)
    assert not any(item in piece for item in forgotten for piece in masked.split(MARK))
    hidden = [any(inside(text, at, item) for item in forgotten) for at in range(len(text))]
    seen = [sign for sign, is_hidden in zip(text, hidden, strict=True) if not is_hidden]
    assert masked.replace(MARK, "") == "".join(seen)


def inside(text: str, at: int, item: str) -> bool:
    """Whether the character at `at` belongs to an occurrence of `item`."""
    starts = range(max(0, at - len(item) + 1), at + 1)
    return any(text.startswith(item, start) for start in starts)


@pytest.mark.parametrize("length", [4, 15, 16, 17, 3_000])
def test_a_text_of_any_length_is_masked_in_a_long_file(length: int) -> None:
    secret = ("s3cret-Ä" * 400)[:length]
    file = f"line of code\n{'x' * 100_000}"
    masked = keeping(secret, "something else").mask(f"{file}{secret}{file}{secret}")
    assert masked == f"{file}{MARK}{file}{MARK}"


def test_one_character_more_or_less_is_another_text() -> None:
    assert not keeping("s3cret-word-4711").is_in("s3cret-word-471 S3cret-word-4711")
    assert not keeping("s3cret-word-4711 and more").is_in("s3cret-word-4711 and mor")


def test_what_is_kept_does_not_hold_the_text_nor_the_same_digest_elsewhere() -> None:
    kept = []
    for _ in range(2):
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.executescript(SCHEMA)
            remembered = Remembered()
            assert remembered.read(connection) is None
            remembered.add(connection, ["s3cret-word-4711"])
            remembered.add(connection, ["s3cret-word-4711"])
            texts = remembered.read(connection)
            assert texts is not None and texts.is_in("is s3cret-word-4711.")
            assert b"s3cret" not in connection.serialize()
            (row,) = connection.execute("SELECT * FROM forgotten").fetchall()
            kept.append(row[0])
    assert kept[0] != kept[1]
