import pytest

from server.models.engine.schema_grammar import gbnf_of


@pytest.mark.parametrize(
    ("constant", "literal"),
    [
        ("red", r'"\"red\""'),
        ('say "hi"', r'"\"say \\\"hi\\\"\""'),
        (r"C:\new", r'"\"C:\\\\new\""'),
        ("two\nlines", r'"\"two\\nlines\""'),
        ("naïve 😀", r'"\"naïve 😀\""'),
        (1.5, '"1.5"'),
        (None, '"null"'),
    ],
)
def test_a_constant_is_matched_as_it_is_written_in_json(constant: object, literal: str):
    assert f"root ::= {literal}" in gbnf_of({"const": constant})
    assert f"root ::= {literal}" in gbnf_of({"enum": [constant]})


def test_a_name_with_quotes_is_matched_as_it_is_written_in_json():
    schema = {"type": "object", "properties": {'a"ü': {"type": "null"}}, "required": ['a"ü']}
    assert r'"\"a\\\"ü\"" space ":"' in gbnf_of(schema)


def test_the_schema_that_was_given_stays_as_it_was():
    schema = {"$ref": "#/$defs/x", "$defs": {"x": {"type": "null"}}}
    gbnf_of(schema)
    assert schema["$ref"] == "#/$defs/x"


def test_a_string_holds_no_character_that_json_forbids_in_it():
    """RFC 8259, section 7: control characters are escaped."""
    grammar = gbnf_of({"type": "string"})
    assert r'char ::= [^"\\\x7F\x00-\x1F] |' in grammar
    assert r'[^"\\] ' not in grammar


def test_a_constant_that_looks_like_the_class_of_characters_stays_as_it_is():
    constant = '[^"\\]'
    assert r'root ::= "\"[^\\\"\\\\]\""' in gbnf_of({"const": constant})
