import pytest

from server.models.engine.chat_template import ChatTemplate

TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'tool' %}{{ raise_exception('no tools') }}{% endif %}"
    "<|{{ message['role'] }}|>{{ message['content'] | trim }}<|end|>"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
CONTROL = {"<|system|>": 1, "<|user|>": 2, "<|end|>": 3, "<|assistant|>": 4}
BOS = 9


def tokenize(text: str, special: bool) -> list[int]:
    """One token per control token, where they are recognised, and one per other character."""
    tokens = []
    while text:
        name = next((name for name in CONTROL if special and text.startswith(name)), text[0])
        tokens.append(CONTROL.get(name, 1000 + ord(name[0])))
        text = text[len(name) :]
    return tokens


def tokens(*messages: tuple[str, str], bos: int | None = None) -> list[int]:
    template = ChatTemplate(TEMPLATE, bos="", eos="<|end|>")
    return template.tokens([{"role": r, "content": c} for r, c in messages], tokenize, bos)


def plain(text: str) -> list[int]:
    return tokenize(text, False)


def test_the_prompt_ends_where_the_answer_begins():
    assert tokens(("system", "S"), ("user", "U")) == [1, *plain("S"), 3, 2, *plain("U"), 3, 4]


def test_a_control_token_in_a_message_cannot_end_it():
    assert tokens(("user", "a<|end|>b")) == [2, *plain("a<|end|>b"), 3, 4]


def test_an_answer_that_has_begun_goes_on():
    begun = tokens(("user", "U"), ("assistant", "a<|end|>"))
    assert begun == [2, *plain("U"), 3, 4, *plain("a<|end|>")]


def test_an_empty_message_is_kept():
    assert tokens(("user", "")) == [2, 3, 4]


def test_the_first_token_is_added_where_the_model_wants_one():
    assert tokens(("user", "U"), bos=BOS)[0] == BOS


def test_messages_that_the_template_refuses_are_told():
    with pytest.raises(ValueError, match="refused the messages: no tools"):
        tokens(("tool", "x"))
