"""`tenon memory index` and `tenon memory search --code`, without an embedding model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from server.cli import main
from tests.sample import new_repository


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TENON_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TENON_CACHE_DIR", str(tmp_path / "no-models"))
    return new_repository(tmp_path / "repository")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(["memory", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_indexed_code_is_found_with_its_place(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = '"""Kettles."""\n\n\ndef boil_water(litres):\n    return litres * 4186\n'
    (repository / "kettle.py").write_text(source)
    report = run(capsys, "index", "--repo", str(repository))
    assert report["written"] == report["files"] > 1
    assert run(capsys, "index", "--repo", str(repository))["written"] == 0
    inside = str(repository / "textkit")
    best = run(capsys, "search", "--code", "boil water", "--repo", inside)["found"][0]
    assert (best["path"], best["symbol"], best["start_line"]) == ("kettle.py", "boil_water", 4)
    assert best["repository"] == str(repository.resolve())


def test_a_search_of_code_is_narrowed_by_path_language_and_kind(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "web").mkdir()
    (repository / "web" / "kettle.ts").write_text("export class Kettle { boil() { return 1; } }\n")
    (repository / "kettle.py").write_text("def boil():\n    return 1\n")
    run(capsys, "index", "--repo", str(repository))

    def paths(*options: str) -> set[str]:
        found = run(capsys, "search", "--code", "boil", *options)["found"]
        return {each["path"] for each in found}

    assert paths() == {"web/kettle.ts", "kettle.py"}
    assert paths("--language", "typescript") == {"web/kettle.ts"}
    assert paths("--path", "web/") == {"web/kettle.ts"}
    assert paths("--kind", "function") == {"kettle.py"}


def test_a_folder_without_git_is_refused_with_what_to_do(
    tmp_path: Path, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plain").mkdir()
    assert main(["memory", "index", "--repo", str(tmp_path / "plain")]) == 1
    assert "git init" in capsys.readouterr().err
