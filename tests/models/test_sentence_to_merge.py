"""The whole way with a real model that can do the work: a sentence, and a merge that holds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REQUEST = (
    "Add a function reverse_words(text) that returns the words of a text in reverse order, "
    'joined by one space. For example reverse_words("to be or not") returns "not or be to" '
    'and reverse_words("") returns "".'
)


def _run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments,
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.model
def test_sentence_becomes_a_merge_whose_tests_pass_on_a_clean_checkout(tmp_path: Path) -> None:
    repository = tmp_path / "textkit"
    sample = _run(
        sys.executable, str(ROOT / "scripts/sample_repository.py"), str(repository), cwd=ROOT
    )
    assert sample.returncode == 0, sample.stderr
    base = _run("git", "rev-parse", "HEAD", cwd=repository).stdout.strip()

    done = _run(
        *(sys.executable, "-P", "-m", "server", "run", "--yes", "--request", REQUEST),
        cwd=repository,
        TENON_DATA_DIR=str(tmp_path / "data"),
        TENON_MODEL="qwen2.5-coder-1.5b",
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == f"TENON_RUN_REPOSITORY={repository}"
    verify = ROOT / "scripts/verify_clean_checkout.py"
    proved = _run(sys.executable, str(verify), str(repository), base, cwd=ROOT)
    assert proved.returncode == 0, proved.stdout + proved.stderr
    assert "reverse_words" in _run("git", "show", "HEAD:docs/spec.md", cwd=repository).stdout
