import pytest

from server.models.engine.text_stream import TextStream


def streamed(pieces: list[bytes], stop: tuple[str, ...] = ()) -> tuple[str, TextStream]:
    stream, sent = TextStream(stop), ""
    for piece in pieces:
        stream.feed(piece)
        sent += stream.take()
        if stream.stopped:
            return sent, stream
    stream.feed(b"", last=True)
    return sent + stream.take(last=True), stream


def test_a_character_split_over_tokens_arrives_whole():
    euro = "€".encode()
    sent, stream = streamed([b"1 ", euro[:1], euro[1:2], euro[2:], b"!"])
    assert sent == stream.text == "1 €!"


def test_bytes_that_are_no_text_do_not_stop_the_answer():
    assert streamed([b"a", b"\xff", b"b"])[0] == "a\ufffdb"


@pytest.mark.parametrize(
    "pieces", [[b"one END two"], [b"one E", b"ND two"], [b"one ", b"E", b"N", b"D"]]
)
def test_nothing_of_a_stop_string_is_sent(pieces: list[bytes]):
    sent, stream = streamed(pieces, ("END",))
    assert stream.stopped
    assert sent == stream.text == "one "


def test_what_only_began_like_a_stop_string_is_sent():
    sent, stream = streamed([b"one E", b"N", b"TER two E"], ("END",))
    assert not stream.stopped
    assert sent == "one ENTER two E"


def test_the_earliest_of_several_stop_strings_counts():
    assert streamed([b"a --- b ``` c"], ("```", "---"))[0] == "a "


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        ([b'"a', b"\xe2", b"\n", b'b"'], '"a\ufffd"'),
        (["ü€😀".encode()], "ü€😀"),
        (["€".encode()[:1], "€".encode()[1:]], "€"),
        ([b"a\xff"], "a\ufffd"),
    ],
)
def test_what_a_grammar_took_for_a_character_is_one(pieces: list[bytes], text: str):
    stream = TextStream(constrained=True)
    for piece in pieces:
        stream.feed(piece)
    stream.feed(b"", last=True)
    assert stream.text == text
