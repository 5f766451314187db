"""The mirrors of server/protocol/ are up to date, and the registries agree with each other."""

import attrs
import pytest

from server import protocol
from server.protocol import markdown, typescript
from server.protocol.schema import messages


@pytest.mark.parametrize("mirror", [typescript, markdown])
def test_generated_file_matches_the_protocol(mirror):
    assert mirror.OUTPUT.read_text(encoding="utf-8") == mirror.generate(), (
        f"Run: python -m {mirror.__name__}"
    )


def test_every_command_stands_for_a_request():
    assert set(protocol.COMMANDS.values()) <= set(protocol.REQUESTS)


def test_error_codes_are_distinct_and_in_the_range_for_servers():
    codes = list(protocol.ERROR_CODES.values())

    assert len(set(codes)) == len(codes)
    assert all(-32099 <= code <= -32000 for code in codes)


def test_every_message_of_the_wire_is_in_the_typescript_file():
    text = typescript.generate()

    for message in messages():
        assert f"export interface {message.name} " in text or f"type {message.name} =" in text


def test_every_class_of_the_protocol_has_a_docstring():
    assert all(message.doc for message in messages())


def test_requests_use_attrs_classes_of_the_protocol():
    for params, result in protocol.REQUESTS.values():
        assert attrs.has(params) and attrs.has(result)
