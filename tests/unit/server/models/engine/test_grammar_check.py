import pytest

from server.models.engine.grammar_check import is_left_recursive, never_ends

ENDLESS = [
    'root ::= "a" root',
    'root ::= item\nitem ::= "[" item "]"',
    'root ::= ("a" | "b") tail # a comment | "x"\ntail ::= [a-z] root',
    'root ::= (root | "a" root)',
    'root ::= other+\nother ::= "|" root',
]
ENDING = [
    'root ::= "a" root | "b"',
    'root ::= "a" root?',
    'root ::= "a" root*',
    'root ::= "[" (root ("," root){0,3})? "]"',
    'root ::= (root | "a") ","',
    'root ::= item{2}\nitem ::= [^"\\]] | "\\"" item',
    "root ::= .",
]


@pytest.mark.parametrize("grammar", ENDLESS)
def test_a_grammar_without_an_end_is_recognised(grammar: str):
    assert never_ends(grammar)


@pytest.mark.parametrize("grammar", ENDING)
def test_a_grammar_with_an_end_is_let_through(grammar: str):
    assert not never_ends(grammar)


@pytest.mark.parametrize(
    "grammar",
    [
        'root ::= root "a" | "b"',
        'root ::= item\nitem ::= "x" | root "a"',
        'root ::= gap root "a" | "b"\ngap ::= "x"?',
        'root ::= (("" | [ ]*) root) "a" | "b"',
        'root ::= one{0,2} root | "b"\none ::= two\ntwo ::= "x"*',
    ],
)
def test_a_rule_that_may_begin_with_itself_is_recognised(grammar: str):
    assert is_left_recursive(grammar)


@pytest.mark.parametrize("grammar", [*ENDING[:4], 'root ::= gap "b" root | gap\ngap ::= "x"*'])
def test_a_rule_that_comes_again_later_is_let_through(grammar: str):
    assert not is_left_recursive(grammar)


def test_a_thousand_brackets_are_looked_into():
    depth = 3000
    assert never_ends("root ::= " + "(" * depth + '"a" root' + ")" * depth)
