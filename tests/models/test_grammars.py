"""Answers under a grammar: whatever is sampled beside them, they are what the grammar allows."""

import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import llama_cpp
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from server.models.engine.kv_cache import KVCache
from server.models.engine.llama import Llama, LoadOptions
from server.models.engine.sampler import GrammarError, Sampler, Sampling, grammar_of
from server.models.engine.schema_grammar import gbnf_of
from tests.models.engine_thread import EngineThread, the_one

pytestmark = pytest.mark.model

# A failure is found again by its seed; shrinking it would take hours with a real model.
SAMPLED = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def llama(gguf: Path) -> Llama:
    return Llama(LoadOptions(str(gguf), 512, 1))


@pytest.fixture
def engine(llama: Llama) -> Iterator[EngineThread]:
    kv = KVCache(llama)
    with EngineThread(llama, kv) as thread:
        yield thread
    thread.prefixes.clear()
    assert kv.used == 0


# ---------------------------------------------------------------------- JSON schemas

WORDS = st.sampled_from(["red", 'a "b"', "ü€😀", "\\n", "x y", ""])
LEAVES = st.one_of(
    st.builds(lambda n: {"type": "string", "maxLength": n}, st.integers(1, 10)),
    st.just({"type": "integer"}),
    st.just({"type": "boolean"}),
    st.builds(lambda values: {"enum": values}, st.lists(WORDS, min_size=1, unique=True)),
)


def arrays(items: dict[str, Any], limits: tuple[int, int]) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": min(limits), "maxItems": max(limits)}


def objects(properties: dict[str, Any], required: int) -> dict[str, Any]:
    names = [*properties][: required + 1]
    return {"type": "object", "properties": properties, "required": names}


def nested(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    names = st.sampled_from(["a", "name", "ünï"])
    properties = st.dictionaries(names, inner, min_size=1, max_size=2)
    return st.one_of(
        inner,
        st.builds(arrays, inner, st.tuples(st.integers(1, 3), st.integers(0, 3))),
        st.builds(objects, properties, st.integers(0, 1)),
    )


SCHEMAS = nested(nested(nested(LEAVES)))


def fits(schema: dict[str, Any], value: Any) -> bool:
    """Whether a value is of the schema, as far as `SCHEMAS` goes."""
    match schema:
        case {"enum": values}:
            return value in values
        case {"type": "string", "maxLength": longest}:
            return isinstance(value, str) and len(value) <= longest
        case {"type": "integer"}:
            return type(value) is int
        case {"type": "boolean"}:
            return isinstance(value, bool)
        case {"type": "array", "items": items, "minItems": least, "maxItems": most}:
            return (
                isinstance(value, list)
                and least <= len(value) <= most
                and all(fits(items, each) for each in value)
            )
        case {"type": "object", "properties": properties, "required": required}:
            return (
                isinstance(value, dict)
                and {*required} <= {*value} <= {*properties}
                and all(fits(properties[name], each) for name, each in value.items())
            )
    raise AssertionError(schema)


def allows(llama: Llama, grammar: str, text: str) -> bool:
    """Whether a text is the beginning of one that the grammar matches, read all by itself."""
    sampler = Sampler(llama.vocab, llama.vocab_size, Sampling(), grammar)
    try:
        for token in llama.tokenize(text.rstrip("\ufffd"), special=False):
            if not sampler._obeys(token):
                return False
            llama_cpp.llama_sampler_accept(sampler._grammar, token)
    finally:
        sampler.close()
    return True


@SAMPLED
@given(schemas=st.lists(SCHEMAS, min_size=6, max_size=6), seed=st.integers(0, 1 << 30))
def test_every_answer_is_of_its_schema(
    llama: Llama, engine: EngineThread, schemas: list[dict[str, Any]], seed: int
):
    asked = [
        engine.ask("Answer.", json_schema=schema, max_tokens=48, temperature=1.0, seed=seed + place)
        for place, schema in enumerate(schemas)
    ]
    for schema, request in zip(schemas, asked, strict=True):
        completion = the_one(engine.completions(request))
        if completion["finish_reason"] == "stop":
            assert fits(schema, json.loads(completion["text"]))
        else:
            assert completion["finish_reason"] == "length"
            assert allows(llama, grammar_of(schema), completion["text"])


@pytest.mark.parametrize("text", ['"a\nb"', '"a\tb"', '"a\x7fb"'])
def test_a_json_string_holds_no_bare_control_character(llama: Llama, text: str):
    grammar = gbnf_of({"type": "string"})
    assert not allows(llama, grammar, text)
    assert allows(llama, grammar, json.dumps(text))


# ---------------------------------------------------------------------- GBNF

Pair = tuple[str, str]
"""The same language in GBNF and as a regular expression of Python."""

TEXTS = st.text(st.sampled_from('abz 0,"\\(é'), min_size=1, max_size=4)
CLASSES = st.sampled_from([("[a-z]", "[a-z]"), ("[0-9,]", "[0-9,]"), ("[^a\\n]", "[^a\\n]")])


def literal(text: str) -> Pair:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"', re.escape(text)


def repeated(pair: Pair, sign: str) -> Pair:
    return f"({pair[0]}){sign}", f"(?:{pair[1]}){sign}"


def one_after_another(pairs: list[Pair]) -> Pair:
    return " ".join(each[0] for each in pairs), "".join(each[1] for each in pairs)


def one_of(pairs: list[Pair]) -> Pair:
    return (
        "(" + " | ".join(each[0] for each in pairs) + ")",
        "(?:" + "|".join(each[1] for each in pairs) + ")",
    )


ATOMS = st.one_of(st.builds(literal, TEXTS), CLASSES)
ITEMS = st.one_of(
    ATOMS, st.builds(repeated, ATOMS, st.sampled_from(["?", "*", "+", "{2}", "{1,3}", "{2,}"]))
)
SEQUENCES = st.builds(one_after_another, st.lists(ITEMS, min_size=1, max_size=3))
CHOICES = st.builds(one_of, st.lists(SEQUENCES, min_size=1, max_size=3))
GRAMMARS = st.builds(
    lambda item, tail: (
        f'root ::= item ("; " item){{0,2}} end\nitem ::= {item[0]} # one\nend ::= {tail[0]}',
        f"{item[1]}(?:; {item[1]}){{0,2}}{tail[1]}",
    ),
    CHOICES,
    CHOICES,
)


@SAMPLED
@given(pairs=st.lists(GRAMMARS, min_size=6, max_size=6), seed=st.integers(0, 1 << 30))
def test_every_answer_is_of_its_grammar(
    llama: Llama, engine: EngineThread, pairs: list[Pair], seed: int
):
    asked = [
        engine.ask("Go.", grammar=grammar, max_tokens=24, temperature=1.0, seed=seed + place)
        for place, (grammar, _) in enumerate(pairs)
    ]
    for (grammar, pattern), request in zip(pairs, asked, strict=True):
        completion = the_one(engine.completions(request))
        if completion["finish_reason"] == "stop":
            assert re.fullmatch(pattern, completion["text"])
        else:
            assert completion["finish_reason"] == "length"
            assert allows(llama, grammar, completion["text"])


def test_candidates_of_one_grammar_do_not_mix_their_states(engine: EngineThread):
    grammar = 'root ::= "(" (root | [a-z]{0,3})* ")"'
    asked = engine.ask("Go.", n=8, grammar=grammar, max_tokens=30, temperature=1.0)
    for completion in engine.completions(asked):
        depths = [0]
        for character in completion["text"]:
            depths.append(depths[-1] + {"(": 1, ")": -1}.get(character, 0))
        assert all(depth > 0 for depth in depths[1:-1])
        assert (depths[-1] == 0) == (completion["finish_reason"] == "stop")


# ---------------------------------------------------------------------- what cannot match

HOPELESS = {
    "empty": "",
    "no root": 'item ::= "a"',
    "unknown rule": 'root ::= "a" nothing',
    "no grammar": "Please answer in JSON.",
    "cut off by a NUL": '\0root ::= "a"',
    "left recursion": 'root ::= root "a" | "b"',
    "left recursion behind what may be empty": 'root ::= gap root "a" | "b"\ngap ::= "x"?',
    "no end": 'root ::= "a" root',
    "no first token": 'root ::= [^\\x00-\\U0010FFFF] "a"',
    "brackets without number": "root ::= " + "(" * 30_000 + '"a"' + ")" * 30_000,
    "repetitions without number": 'root ::= "a"{1000000}',
}


def test_a_grammar_that_cannot_match_is_an_error_at_once_and_others_go_on(engine: EngineThread):
    beside = engine.ask("Hello.", max_tokens=16)
    for name, grammar in HOPELESS.items():
        with pytest.raises(GrammarError):
            pytest.fail(f"{name}: {engine.ask('Go.', n=3, grammar=grammar)} was taken")
    assert the_one(engine.completions(beside))["text"]


def test_a_dead_end_on_the_way_ends_its_request_alone(engine: EngineThread):
    beside = engine.ask("Hello.", max_tokens=16)
    dead = engine.ask("Go.", n=3, grammar='root ::= "a" [^\\x00-\\U0010FFFF]', temperature=1.0)
    ended = engine.ended(dead)
    assert ended["event"] == "error"
    assert "no further token" in ended["message"]
    assert the_one(engine.completions(beside))["text"]


def test_no_sampler_is_left_of_what_was_refused(llama: Llama, monkeypatch: pytest.MonkeyPatch):
    open_samplers: list[int] = []

    def counted(name: str, change: int) -> None:
        call = getattr(llama_cpp, name)

        @functools.wraps(call)
        def wrapped(*arguments: Any) -> Any:
            result = call(*arguments)
            open_samplers.append(change if change < 0 or result else 0)
            return result

        monkeypatch.setattr(llama_cpp, name, wrapped)

    counted("llama_sampler_chain_init", 1)
    counted("llama_sampler_init_grammar", 1)
    counted("llama_sampler_free", -1)
    for grammar in HOPELESS.values():
        with pytest.raises(GrammarError):
            Sampler(llama.vocab, llama.vocab_size, Sampling(), grammar)
    with pytest.raises(ValueError, match="unpack"):
        Sampler(llama.vocab, llama.vocab_size, Sampling(logit_bias=[[1.0]]), 'root ::= "a"')
    assert open_samplers
    assert sum(open_samplers) == 0
