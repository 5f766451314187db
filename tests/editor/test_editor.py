"""Tenon in a real VS Code: the extension is installed, and a browser does what a person does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
EXTENSION = ROOT / "extension"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
VSCODE = Path(os.environ.get("TENON_TEST_VSCODE", CACHE / "tenon/vscode-4.100.3"))
PACKAGE_FLAGS = ("--no-dependencies", "--allow-missing-repository", "--skip-license")
KEY = "sk-that-nobody-may-see"
LIGHT, DARK = "Default Light Modern", "Default Dark Modern"

pytestmark = pytest.mark.editor


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of extensions with Tenon in it, installed from its VSIX."""
    entry = VSCODE / "node_modules/code-server/out/node/entry.js"
    assert entry.is_file(), f"There is no test VS Code in {VSCODE}. Run: make setup-test"
    folder = tmp_path_factory.mktemp("vscode")
    vsix = folder / "tenon.vsix"
    _run("npx", "vsce", "package", *PACKAGE_FLAGS, "--out", str(vsix), cwd=EXTENSION)
    extensions = folder / "extensions"
    install = ("--install-extension", str(vsix), "--extensions-dir", str(extensions))
    _run("node", str(entry), *install, "--user-data-dir", str(folder / "user"), cwd=folder)
    return extensions


def drive(scenario: str, repository: Path, installed: Path, work: Path, **more: Any) -> None:
    """Run a scenario; its last words are shown if it fails."""
    chromium = shutil.which("chromium")
    assert chromium, "Chromium is missing. Run: make setup-test"
    work.mkdir()
    options = {
        "vscode": str(VSCODE),
        "extensions": str(installed),
        "chromium": chromium,
        "repository": str(repository),
        "work": str(work),
        "env": environment(work),
        **more,
        "output": str(HERE / "output" / more.get("output", scenario)),
    }
    _run("node", str(HERE / f"{scenario}.mjs"), json.dumps(options), cwd=HERE)


def environment(work: Path) -> dict[str, str]:
    """The server of this checkout, prepared replies, and data of its own."""
    return {
        "TENON_COMMAND": str(Path(sys.executable).parent / "tenon"),
        "TENON_SCRIPTED_MODEL": str(HERE / "model.json"),
        "TENON_DATA_DIR": str(work / "data"),
    }


def _run(*command: str, cwd: Path) -> None:
    result = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, timeout=600
    )
    assert result.returncode == 0, (result.stdout + result.stderr)[-4000:]


def sample_repository(destination: Path) -> Path:
    """A fresh copy of the sample project, committed."""
    script = ROOT / "scripts/sample_repository.py"
    _run(sys.executable, str(script), str(destination), cwd=ROOT)
    return destination


def git(repository: Path, *words: str) -> str:
    result = subprocess.run(
        ["git", *words], cwd=repository, capture_output=True, text=True, check=True
    )
    return result.stdout.strip()


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_sentence_in_the_chat_becomes_a_merged_branch(
    theme: str, installed: Path, tmp_path: Path
) -> None:
    repository = sample_repository(tmp_path / "textkit ü")
    request = (HERE / "request.txt").read_text("utf-8").strip()
    output = "light" if theme == LIGHT else "dark"

    drive(
        "build_feature",
        repository,
        installed,
        tmp_path / "work",
        theme=theme,
        request=request,
        output=output,
    )

    assert git(repository, "branch", "--show-current") == "main"
    assert git(repository, "status", "--porcelain") == ""
    assert git(repository, "rev-list", "--merges", "--count", "main") == "1"
    merge = git(repository, "log", "-1", "--format=%B", "main")
    assert "Ticket: tkt-" in merge
    assert "Requirement: REQ-" in merge
    assert git(repository, "branch", "--list", "tenon/*") == ""
    assert "def slugify" in (repository / "textkit/cleaning.py").read_text("utf-8")
    assert "slugify" in (repository / "docs/spec.md").read_text("utf-8")
    suite = subprocess.run(
        [sys.executable, "-m", "pytest", "-q"], cwd=repository, capture_output=True, check=False
    )
    assert suite.returncode == 0, suite.stdout.decode()


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_work_that_is_not_called_done_says_so(theme: str, installed: Path, tmp_path: Path) -> None:
    drive(
        "not_called_done",
        sample_repository(tmp_path / "textkit"),
        installed,
        tmp_path / "work",
        theme=theme,
        request="Add a function is_palindrome(text) that tells whether a text reads the same "
        "backwards, ignoring case, white space and punctuation. For example "
        'is_palindrome("A man, a plan, a canal: Panama") returns True, is_palindrome("Tenon") '
        'returns False and is_palindrome("") returns True.',
        env=environment(tmp_path / "work")
        | {"TENON_SCRIPTED_MODEL": str(HERE / "near_miss_model.json")},
        output=f"not_called_done/{'light' if theme == LIGHT else 'dark'}",
    )


def with_tests(repository: Path) -> Path:
    """The repository with a test file of the person's own."""
    (repository / "tests/test_slugs.py").write_text(
        "from textkit.cleaning import slugify\n\n\ndef test_words():\n"
        '    assert slugify("Hello, World!") == "hello-world"\n'
    )
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "test: slugs")
    return repository


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_conflict_is_told_with_its_choices_and_mended_by_a_rebase(
    theme: str, installed: Path, tmp_path: Path
) -> None:
    repository = sample_repository(tmp_path / "textkit")
    (repository / "ruff.toml").write_text('line-length = 60\nlint.select = ["E501"]\n')
    with_tests(repository)
    output = f"conflict/{'light' if theme == LIGHT else 'dark'}"

    drive("conflict", repository, installed, tmp_path / "work", theme=theme, output=output)

    branch = git(repository, "branch", "--list", "--format=%(refname:short)", "tenon/*")
    text = git(repository, "show", f"{branch}:textkit/cleaning.py")
    assert "def shout" in text
    assert "def slugify" in text
    assert git(repository, "rev-list", "--merges", "--count", "main") == "0"


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_code_is_built_for_the_open_test_file(theme: str, installed: Path, tmp_path: Path) -> None:
    repository = with_tests(sample_repository(tmp_path / "textkit"))
    output = "open_tests_light" if theme == LIGHT else "open_tests_dark"

    drive("open_tests", repository, installed, tmp_path / "work", theme=theme, output=output)

    branch = git(repository, "branch", "--list", "--format=%(refname:short)", "tenon/*")
    assert "def slugify" in git(repository, "show", f"{branch}:textkit/cleaning.py")


def test_a_code_action_is_one_undo_step_and_never_lands_on_a_changed_document(
    installed: Path, tmp_path: Path
) -> None:
    repository = sample_repository(tmp_path / "textkit")

    drive("code_action", repository, installed, tmp_path / "work", theme=DARK)

    assert git(repository, "rev-list", "--count", "main") == "1"


def test_a_folder_without_a_repository_says_so_and_is_ready_once_it_is_one(
    installed: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "plain"
    shutil.copytree(ROOT / "examples/textkit", folder)

    drive("no_repository", folder, installed, tmp_path / "work", theme=LIGHT)


def test_the_status_bar_tells_how_far_the_code_is_read(installed: Path, tmp_path: Path) -> None:
    repository = sample_repository(tmp_path / "textkit")
    for number in range(400):
        lines = [f"def rule_{number}_{n}(x):\n    return x * {number} + {n}\n" for n in range(5)]
        (repository / f"rules_{number}.py").write_text("\n\n".join(lines))

    drive("code_index", repository, installed, tmp_path / "work", theme=LIGHT)


def test_replies_are_shown_safely_can_be_stopped_and_drafts_are_kept(
    installed: Path, tmp_path: Path
) -> None:
    repository = sample_repository(tmp_path / "textkit")

    traced = {"tenon.trace.server": "messages"}
    drive("chat", repository, installed, tmp_path / "work", theme=LIGHT, settings=traced)


@pytest.mark.parametrize("lacking", ["the program", "Python", "the packages"])
def test_a_server_that_cannot_start_is_told_and_the_setting_mends_it(
    lacking: str, installed: Path, tmp_path: Path
) -> None:
    repository = sample_repository(tmp_path / "textkit")
    work = tmp_path / "work"
    right = environment(work)
    command, told = broken_server(lacking, tmp_path / "tenon")

    drive(
        "no_server",
        repository,
        installed,
        work,
        env=right | {"TENON_COMMAND": str(command)},
        command=right["TENON_COMMAND"],
        told=told,
        shot=f"no-server-{lacking.replace(' ', '-')}",
    )


def test_a_key_reaches_the_server_and_no_file(installed: Path, tmp_path: Path) -> None:
    repository = sample_repository(tmp_path / "textkit")
    work = tmp_path / "work"
    right = environment(work)
    given = tmp_path / "given"
    command = tmp_path / "tenon"
    command.write_text(
        f'#!/bin/sh\nprintf "%s;" "$TENON_ENDPOINT_API_KEY" >>"{given}"\n'
        f'exec "{right["TENON_COMMAND"]}" "$@"\n'
    )
    command.chmod(0o755)
    env = {**right, "TENON_COMMAND": str(command), "TENON_ENDPOINT_API_KEY": ""}

    drive("endpoint_key", repository, installed, work, env=env, given=str(given), key=KEY)

    assert given.read_text() == f";{KEY};;"
    written = [path for path in work.rglob("*") if path.is_file()]
    log = next(path for path in written if path.name == "Tenon.log").read_text("utf-8")
    assert "tenon/doctor" in log
    assert "(set)" in log
    assert [path for path in written if KEY.encode() in path.read_bytes()] == []
    assert git(repository, "status", "--porcelain") == ""


def broken_server(lacking: str, command: Path) -> tuple[Path, str]:
    """A command that cannot start the server, and what has to be said about it."""
    if lacking == "the program":
        return command, "named by TENON_COMMAND, is not a program"
    python = "/nowhere/python" if lacking == "Python" else f"{sys.executable} -IS"
    command.write_text(f"#!{python}\nfrom server.cli import main\nmain()\n")
    command.chmod(0o755)
    if lacking == "Python":
        return command, "its Python is not there"
    return command, "No module named 'server'"


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_every_section_of_the_settings_is_on_the_settings_page(
    theme: str, installed: Path, tmp_path: Path
) -> None:
    repository = sample_repository(tmp_path / "textkit")
    output = f"settings_page/{'light' if theme == LIGHT else 'dark'}"
    more = {"theme": theme, "extension": str(EXTENSION), "output": output}

    drive("settings_page", repository, installed, tmp_path / "work", **more)
