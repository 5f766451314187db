"""A repository that its user may not write in: told in words, before anything is changed.

Permissions do not bind root. There the product runs as `nobody`, with the one right to read
everything, because the interpreter may lie in root's home.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.lsp.scenario import environment
from tests.lsp.stdio import StdioServer
from tests.sample import REQUEST, git, new_repository

NOBODY = 65534
READ = "dac_read_search"
AS_NOBODY = (
    *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
    *(f"--inh-caps=+{READ}", f"--ambient-caps=+{READ}", f"--bounding-set=-all,+{READ}"),
)
IS_ROOT = os.getuid() == 0
LAUNCHER = AS_NOBODY if IS_ROOT else ()


@pytest.fixture(autouse=True)
def _permissions_bind():
    if LAUNCHER and subprocess.run([*LAUNCHER, sys.executable, "-c", ""], check=False).returncode:
        pytest.skip("this root may not become another user")


@pytest.fixture
def place():
    """A folder whose parents everybody may pass, which those of `tmp_path` are not."""
    with tempfile.TemporaryDirectory(prefix="tenon-test-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder).resolve()
        subprocess.run(["chmod", "-R", "u+w", folder], check=True)


@pytest.fixture
def repository(place):
    """A repository that belongs to whoever runs the product."""
    root = new_repository(place / "répo with space")
    give_away(root)
    return root


@pytest.fixture
def variables(place):
    own = environment(place / "env") | {"HOME": str(place / "home")}
    (place / "home").mkdir()
    give_away(place / "env", place / "home")
    return own


def give_away(*folders):
    for folder in folders if IS_ROOT else ():
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", folder], check=True)


def forbid_writing(*folders):
    subprocess.run(["chmod", "-R", "a-w", *folders], check=True)


def tenon(*arguments, variables, folder):
    command = [*LAUNCHER, sys.executable, "-P", "-m", "server", *arguments]
    return subprocess.run(
        command, check=False, env=variables, cwd=folder, capture_output=True, text=True, timeout=120
    )


def picture(repository):
    """Every file with its text, Git's own included."""
    files = (path for path in repository.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files}


def in_words(done, *words):
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert all(word in done.stderr for word in words), done.stderr


@pytest.mark.parametrize("part", [".", ".git", ".git/objects", ".git/refs"])
def test_request_in_a_read_only_repository_is_refused_and_changes_nothing(
    part, repository, variables
):
    forbid_writing(repository / part)
    before = picture(repository)

    done = tenon("run", "--yes", "--request", REQUEST, variables=variables, folder=repository)

    in_words(done, f"You may not write in {(repository / part).resolve()}", "git clone")
    assert picture(repository) == before


async def test_status_of_a_read_only_repository_says_so_and_reading_goes_on(repository, variables):
    forbid_writing(repository)
    async with StdioServer(repository, variables, LAUNCHER) as server:
        await server.initialize(repository.as_uri())
        status = (await server.ask("tenon/status", {}))["result"]
        listed = await server.ask("tenon/tickets/list", {}, msg_id=2)
        refused = await server.ask("tenon/spec/propose", {"request": REQUEST}, msg_id=3)

    assert (status["ready"], status["problemCode"]) == (False, "readOnly")
    assert "Give yourself the right" in status["problem"]
    assert listed["result"]["tickets"] == []
    assert refused["error"]["message"] == status["problem"]


def test_merge_into_a_read_only_folder_is_refused_and_changes_no_file(repository, variables):
    """Git itself would change the files of the other folders before it notices."""
    forbid_writing(repository / "textkit")

    done = tenon("run", "--yes", "--request", REQUEST, variables=variables, folder=repository)

    in_words(done, f"The ticket changes files in {repository / 'textkit'}", "accept again")
    safe = ("-c", f"safe.directory={repository}")
    assert git(repository, *safe, "status", "--porcelain") == ""
    assert git(repository, *safe, "rev-list", "--merges", "--count", "main") == "0"


def test_spec_that_may_not_be_written_is_named(repository, variables):
    forbid_writing(repository / "docs")

    done = tenon("run", "--yes", "--request", REQUEST, variables=variables, folder=repository)

    in_words(done, f"{repository / 'docs' / 'spec.md'} cannot be written", "Give yourself")


@pytest.mark.skipif(not IS_ROOT, reason="only root can give a repository away")
def test_repository_of_another_user_is_told_with_the_command_that_mends_it(place, variables):
    foreign = new_repository(place / "foreign")
    before = picture(foreign)

    done = tenon("run", "--yes", "--request", REQUEST, variables=variables, folder=foreign)
    doctor = tenon("doctor", variables=variables, folder=foreign)

    in_words(done, "belongs to another user", f"safe.directory {foreign}")
    assert "git init" not in doctor.stdout
    trust = f"[safe]\n\tdirectory = {foreign}\n"
    (place / "home" / ".gitconfig").write_text(trust)
    trusted = tenon("run", "--yes", "--request", REQUEST, variables=variables, folder=foreign)
    in_words(trusted, f"You may not write in {foreign}")
    assert picture(foreign) == before
