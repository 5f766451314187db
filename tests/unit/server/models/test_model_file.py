from dataclasses import replace
from pathlib import Path

import pytest

from agents.inference import Tier
from server.models.catalog import CATALOG, TEST_MODEL
from server.models.configuration import ModelConfiguration
from server.models.model_file import BadModelFileError, MissingModelFileError, check_model_file

KNOWN = CATALOG[TEST_MODEL]


@pytest.fixture
def known(tmp_path: Path) -> ModelConfiguration:
    path = KNOWN.path(tmp_path)
    return ModelConfiguration(TEST_MODEL, Tier.STANDARD, path, 512, 1, tmp_path, known=KNOWN)


def write(configuration: ModelConfiguration, size: int, start: bytes = b"GGUF") -> None:
    assert configuration.path is not None
    with configuration.path.open("wb") as file:
        file.write(start)
        file.truncate(size)


def test_a_missing_file_names_the_command_that_fetches_it(known: ModelConfiguration):
    with pytest.raises(MissingModelFileError, match=f"tenon models pull {TEST_MODEL}"):
        check_model_file(known)


@pytest.mark.parametrize("thorough", [True, False])
def test_a_truncated_file_is_told_with_the_numbers(known: ModelConfiguration, thorough: bool):
    write(known, 1000)
    with pytest.raises(BadModelFileError, match=r"1,000 bytes, not 98,362,432.*Delete it"):
        check_model_file(known, thorough=thorough)


def test_a_file_of_the_right_size_with_other_content_is_refused(known: ModelConfiguration):
    write(known, KNOWN.size_bytes)
    with pytest.raises(BadModelFileError, match="SHA-256"):
        check_model_file(known)


def test_a_file_that_is_no_gguf_is_refused_under_any_name(known: ModelConfiguration):
    own = replace(known, id="my own", known=None)
    write(own, 1000, start=b"<htm")
    with pytest.raises(BadModelFileError, match="not a GGUF"):
        check_model_file(own)


def test_a_gguf_of_the_users_own_is_accepted_at_any_size(known: ModelConfiguration):
    own = replace(known, id="my own", known=None)
    write(own, 1000)
    check_model_file(own)


def test_a_file_that_may_not_be_read_is_told(known: ModelConfiguration):
    assert known.path is not None
    known.path.mkdir()
    with pytest.raises(MissingModelFileError):
        check_model_file(known)
