import json
from pathlib import Path
from typing import Any

import pytest

from agents.inference import Tier
from server.models.catalog import CATALOG
from server.models.user_catalog import CatalogError, read_catalog, whole_catalog

ENTRY = {
    "id": "my-coder",
    "url": "https://example.org/files/my-coder.gguf",
    "sha256": "AB" * 32,
    "size": 1000,
    "tier": "heavy",
    "licence": "MIT",
    "context": 4096,
}


def written(folder: Path, *entries: dict[str, Any]) -> Path:
    path = folder / "catalog.json"
    path.write_text(json.dumps(entries))
    return path


def test_an_entry_is_a_model_like_any_other(tmp_path: Path):
    model = whole_catalog(written(tmp_path, ENTRY))["my-coder"]
    assert (model.tier, model.licence, model.context_window) == (Tier.HEAVY, "MIT", 4096)
    assert (model.size_bytes, model.sha256, model.packages) == (1000, "ab" * 32, None)
    assert model.path(tmp_path) == tmp_path / "my-coder.gguf"


def test_without_a_file_there_are_tenons_models():
    assert whole_catalog(None) == CATALOG


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": "../outside"}, "0.id"),
        ({"sha256": "abc"}, "0.sha256"),
        ({"url": "file:///etc/passwd"}, "0.url"),
        ({"size": 0}, "0.size"),
        ({"colour": "red"}, "0.colour"),
        ({"id": "qwen2.5-coder-1.5b"}, "in the catalogue already"),
    ],
)
def test_a_wrong_entry_is_told_with_its_place(tmp_path: Path, change: dict[str, Any], words: str):
    with pytest.raises(CatalogError, match=words):
        read_catalog(written(tmp_path, ENTRY | change))


def test_two_entries_of_one_name_are_refused(tmp_path: Path):
    with pytest.raises(CatalogError, match="my-coder"):
        read_catalog(written(tmp_path, ENTRY, ENTRY))


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(CatalogError, match="cannot be read"):
        read_catalog(tmp_path / "absent.json")


def test_every_model_of_the_catalogue_can_be_had_and_checked():
    for model in CATALOG.values():
        assert model.url or model.packages
        assert len(model.sha256) == 64
        assert model.size_bytes > 0
