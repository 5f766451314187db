import json

import pytest

from server.models.engine.sampler import Sampling
from server.models.engine.sequence import GenerateMessage

LEAST = {"id": 1, "messages": [], "max_tokens": 5, "samplings": [{}]}


def test_what_is_left_out_has_the_least_of_everything():
    message = GenerateMessage.of(LEAST)
    assert message.samplings == [Sampling()]
    assert (message.rank, message.deadline_seconds, message.stop) == (2, None, [])
    assert message.json_schema is None
    assert message.grammar is None


def test_a_message_comes_through_json_whole():
    sampling = {"temperature": 0.5, "seed": 7, "logit_bias": [[3, -1.5]], "top_k": 0}
    fields = {"rank": 0, "deadline_seconds": 1.5, "stop": ["x"], "json_schema": {"type": "null"}}
    message = GenerateMessage.of(json.loads(json.dumps(LEAST | fields | {"samplings": [sampling]})))
    assert message.samplings == [Sampling(temperature=0.5, seed=7, logit_bias=[[3, -1.5]], top_k=0)]
    assert {name: getattr(message, name) for name in fields} == fields


def test_what_the_wire_adds_is_left_out():
    assert GenerateMessage.of(LEAST | {"op": "generate"}) == GenerateMessage.of(LEAST)


@pytest.mark.parametrize("missing", ["id", "messages", "max_tokens", "samplings"])
def test_a_message_without_what_it_must_have_is_refused(missing: str):
    with pytest.raises((KeyError, TypeError), match=missing):
        GenerateMessage.of({name: value for name, value in LEAST.items() if name != missing})
