"""The command line as a subprocess: exit codes, JSON, one clear line for what is wrong."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.lsp.scenario import environment
from tests.sample import REQUEST, git, new_repository


@pytest.fixture
def repository(tmp_path):
    return new_repository(tmp_path / "repository")


def tenon(*arguments, variables, **options):
    return subprocess.run(
        [sys.executable, "-P", "-m", "server", *map(str, arguments)],
        check=False,
        env=variables,
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
        **options,
    )


def test_run_builds_and_merges_and_names_the_repository_last(repository, tmp_path):
    variables = environment(tmp_path / "env")
    done = tenon(
        "run", "--yes", "--request", REQUEST, "--repository", repository, variables=variables
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"TENON_RUN_REPOSITORY={repository}"
    assert "+def slugify" in done.stdout and "green run" in done.stdout
    merge = git(repository, "rev-parse", "HEAD")
    assert f"merged {merge[:12]}" in done.stdout
    listed = tenon("ticket", "list", "--json", "--repository", repository, variables=variables)
    (ticket,) = json.loads(listed.stdout)["tickets"]
    assert ticket["state"] == "merged"
    shown = tenon(
        "ticket", "show", ticket["id"], "--json", "--repository", repository, variables=variables
    )
    assert json.loads(shown.stdout)["evidence"]["mergeCommit"] == merge


def test_run_as_json_keeps_the_narration_out_of_standard_output(repository, tmp_path):
    done = tenon(
        *("run", "--yes", "--json", "--request", REQUEST, "--repository", repository),
        variables=environment(tmp_path / "env"),
    )

    outcome = json.loads(done.stdout)
    assert outcome["tickets"][0]["ticket"]["state"] == "merged"
    assert outcome["tickets"][0]["evidence"]["suiteRun"]["failed"] == 0
    assert "red for the right reason" in done.stderr


def test_run_without_yes_changes_nothing_when_nobody_answers(repository, tmp_path):
    before = git(repository, "rev-parse", "HEAD")
    done = tenon(
        *("run", "--request", REQUEST, "--repository", repository),
        variables=environment(tmp_path / "env"),
    )

    assert done.returncode == 1
    assert "nothing to build" in done.stderr
    assert git(repository, "rev-parse", "HEAD") == before


def test_a_person_at_the_terminal_sees_the_review_before_deciding(repository, tmp_path):
    done = subprocess.run(
        [sys.executable, "-P", "-m", "server", "run", "--request", REQUEST],
        check=False,
        cwd=repository,
        env=environment(tmp_path / "env"),
        input="y\ny\n",
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert "review           It adds slugify" in done.stdout
    assert f"merged {git(repository, 'rev-parse', 'HEAD')[:12]}" in done.stdout


def test_run_that_ends_in_no_merge_fails(repository, tmp_path):
    useless = [
        {"agent": "developer", "reply": "```python\ndef slugify(text):\n    return text\n```"}
    ]
    variables = environment(tmp_path / "env", first_rules=useless)
    variables |= {"TENON_MAX_CANDIDATES": "1"}
    done = tenon(
        *("run", "--yes", "--request", REQUEST, "--repository", repository), variables=variables
    )

    assert done.returncode == 1
    assert "blocked" in done.stderr


def test_ctrl_c_stops_the_run_and_its_server(repository, tmp_path):
    process = subprocess.Popen(
        [*(sys.executable, "-P", "-m", "server", "run", "--yes", "--request", REQUEST)],
        cwd=repository,
        env=environment(tmp_path / "env", delay=0.3),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell's background job, as a test run may be, passes an ignored interrupt on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    assert process.stdout
    process.stdout.readline()  # the first line of the narration
    server = int(subprocess.check_output(["pgrep", "-P", str(process.pid)]).split()[0])
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "Stopped." in errors and "Traceback" not in errors
    assert not alive(server)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    "arguments", [[], ["nothing"], ["run"], ["ticket"], ["ticket", "show"], ["run", "--seed", "x"]]
)
def test_wrong_usage_exits_with_2(arguments, tmp_path):
    done = tenon(*arguments, variables=environment(tmp_path))

    assert done.returncode == 2
    assert "usage:" in done.stderr


def test_folder_that_does_not_exist_is_wrong_usage(tmp_path):
    done = tenon(
        "ticket", "list", "--repository", tmp_path / "none", variables=environment(tmp_path)
    )

    assert done.returncode == 2
    assert "is not a folder" in done.stderr


@pytest.mark.parametrize("as_json", [False, True])
def test_failure_is_one_clear_line(tmp_path, as_json):
    folder = tmp_path / "plain"
    folder.mkdir()
    flags = ["--json"] if as_json else []
    done = tenon(
        "ticket", "list", *flags, "--repository", folder, variables=environment(tmp_path / "env")
    )

    assert done.returncode == 1
    assert "git init" in done.stderr and len(done.stderr.splitlines()) == 1
    assert not as_json or "git init" in json.loads(done.stdout)["error"]


def test_models_and_doctor_speak_json(repository, tmp_path):
    variables = environment(tmp_path / "env")
    models = tenon("models", "list", "--json", "--repository", repository, variables=variables)
    doctor = tenon("doctor", "--json", "--repository", repository, variables=variables)

    assert json.loads(models.stdout)["models"][0]["kind"] == "scripted"
    health = json.loads(doctor.stdout)
    assert {"name": "data_dir", "value": variables["TENON_DATA_DIR"], "source": "environment"} in (
        health["settings"]
    )
    names = {finding["name"] for finding in health["findings"]}
    assert {"git", "python", "pytest", "sandbox", "repository", "data folder"} <= names


def test_doctor_tells_what_javascript_tests_need(repository, tmp_path):
    (repository / "package.json").write_text('{"scripts": {"test": "vitest"}}')
    variables = environment(tmp_path / "env")
    lacking = tenon("doctor", "--repository", repository, variables=variables)
    variables["TENON_TEST_RUNNER"] = "node"
    enough = tenon("doctor", "--repository", repository, variables=variables)

    assert "vitest is not installed" in lacking.stdout
    assert "JavaScript tests run with node on" in enough.stdout


def test_doctor_fails_outside_of_a_repository_and_says_what_to_do(tmp_path):
    folder = tmp_path / "plain"
    folder.mkdir()
    done = tenon("doctor", "--repository", folder, variables=environment(tmp_path / "env"))

    assert done.returncode == 1
    assert "mend it: git init" in done.stdout


def test_unknown_model_cannot_be_pulled(repository, tmp_path):
    done = tenon(
        *("models", "pull", "no-such-model", "--repository", repository),
        variables=environment(tmp_path / "env"),
    )

    assert done.returncode == 1
    assert "qwen2.5-coder-1.5b" in done.stderr


TESTS = """from textkit.cleaning import slugify


def test_words_are_joined():
    assert slugify("Hello, World!") == "hello-world"
"""


def test_ticket_with_tests_of_ones_own_is_added_run_and_merged(repository, tmp_path):
    variables = environment(tmp_path / "env")
    here = ("--repository", repository)
    (repository / "tests" / "test_mine.py").write_text(TESTS)
    git(repository, "add", "tests/test_mine.py")
    git(repository, "commit", "-qm", "test: slugs")
    added = tenon(
        *("ticket", "add", "Slugs", "--file", "textkit/cleaning.py", "--symbol", "slugify"),
        *("--tests", "tests/test_mine.py", "--json", *here),
        variables=variables,
    )
    assert added.returncode == 0, added.stderr
    ticket = json.loads(added.stdout)["ticket"]
    assert ticket["state"] == "ready"
    for action in ("run", "accept"):
        done = tenon("ticket", action, ticket["id"], *here, variables=variables)
        assert done.returncode == 0, done.stderr + done.stdout
    assert "def slugify" in git(repository, "show", "HEAD:textkit/cleaning.py")
    assert git(repository, "show", "HEAD:tests/test_mine.py") == TESTS.strip()


def test_ticket_cannot_bring_files_from_elsewhere(repository, tmp_path):
    other = tmp_path / "test_other.py"
    other.write_text(TESTS)
    done = tenon(
        *("ticket", "add", "Slugs", "--file", "textkit/cleaning.py", "--tests", other),
        *("--repository", repository),
        variables=environment(tmp_path / "env"),
    )
    assert done.returncode == 1 and "test_other.py" in done.stderr


def test_conflict_is_told_with_the_choices_and_rebased(repository, tmp_path):
    variables = environment(tmp_path / "env")
    where = ("--repository", repository)
    held_back = variables | {"TENON_FAULT_POINT": "run: in review"}  # dies before the merge
    tenon("run", "--yes", "--request", REQUEST, *where, variables=held_back)
    (ticket,) = json.loads(tenon("ticket", "list", "--json", *where, variables=variables).stdout)[
        "tickets"
    ]
    assert ticket["state"] == "review"
    cleaning = repository / "textkit/cleaning.py"
    cleaning.write_text(cleaning.read_text() + "\n\ndef shout(text):\n    return text.upper()\n")
    git(repository, "commit", "--quiet", "--all", "-m", "somebody else's work")

    accepted = tenon("ticket", "accept", ticket["id"], *where, variables=variables)
    rebased = tenon("ticket", "rebase", ticket["id"], *where, variables=variables)
    merged = tenon("ticket", "accept", ticket["id"], *where, variables=variables)

    assert accepted.returncode == 1
    assert "is conflicted" in accepted.stdout and "Rebase" in accepted.stdout
    assert "textkit/cleaning.py" in accepted.stdout
    assert rebased.returncode == 0 and "is review" in rebased.stdout
    assert merged.returncode == 0 and "is merged" in merged.stdout
    assert "def shout" in cleaning.read_text() and "def slugify" in cleaning.read_text()
