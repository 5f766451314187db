"""Nothing but loopback: not by Tenon, not by Git, not by the libraries' native code.

Every process of a whole run is watched with strace, so no library can go round the check.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from server.models.catalog import TEST_MODEL
from tests.lsp.scenario import environment
from tests.sample import REQUEST, git, new_repository

ROOT = Path(__file__).parents[2]
WATCHED = "execve,connect,bind,listen,sendto,sendmsg,sendmmsg"
ADDRESS = re.compile(r"inet_addr\(\"([^\"]+)\"|inet_pton\(AF_INET6, \"([^\"]+)\"")


@pytest.fixture
def repository(tmp_path):
    return new_repository(tmp_path / "repository")


def tenon(*arguments, folder, variables, launcher=()):
    command = [*launcher, sys.executable, "-P", "-m", "server", *arguments]
    return subprocess.run(
        command,
        check=False,
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        timeout=240,
        stdin=subprocess.DEVNULL,
    )


class Watch:
    """What a command and all its descendants ask of the network."""

    def __init__(self, log):
        assert shutil.which("strace"), "strace is missing. Run: make setup-test"
        self._log = log
        options = ("-f", "-yy", "--seccomp-bpf", "-qq", "-s", "256", "-e", f"trace={WATCHED}")
        self.launcher = ("strace", *options, "-o", str(log))

    def lines(self):
        return self._log.read_text(errors="replace").splitlines()

    def started(self, *words):
        """Whether a program with these words in its command line was started."""
        programs = [line for line in self.lines() if " execve(" in line]
        return any(all(word in line for word in words) for line in programs)

    def foreign(self):
        """Uses of any address of the internet protocols but loopback's, and open doors."""
        return [line for line in self.lines() if _is_foreign(line)]


def _is_foreign(line):
    if " listen(" in line:
        return "<UNIX" not in line  # a file in a private folder, no door to the network
    addresses = [v4 or v6 for v4, v6 in ADDRESS.findall(line)]
    if "AF_INET" in line and not addresses:
        return True
    return any(not (a.startswith("127.") or a == "::1") for a in addresses)


def test_watch_sees_a_connection_and_a_door_that_is_opened(tmp_path):
    watch = Watch(tmp_path / "log")
    # TEST-NET-1 of RFC 5737 belongs to nobody; connecting a datagram socket sends nothing.
    code = (
        "import socket as s; s.socket(type=s.SOCK_DGRAM).connect_ex(('192.0.2.1', 9));"
        "s.create_server(('127.0.0.1', 0));"
        f"u = s.socket(s.AF_UNIX); u.bind({str(tmp_path / 'file')!r}); u.listen()"
    )
    subprocess.run([*watch.launcher, sys.executable, "-I", "-c", code], check=True)

    connected, opened = watch.foreign()
    assert " connect(" in connected and " listen(" in opened


def test_whole_way_from_a_sentence_to_a_merge_uses_no_network(repository, tmp_path):
    watch = Watch(tmp_path / "log")

    done = tenon(
        *("run", "--yes", "--request", REQUEST),
        folder=repository,
        variables=environment(tmp_path / "env"),
        launcher=watch.launcher,
    )

    assert done.returncode == 0, done.stderr
    assert watch.started("server", "serve")
    assert watch.started("git", "worktree")
    assert watch.started("pytest")
    assert watch.foreign() == []


@pytest.mark.model
def test_real_model_in_its_worker_uses_no_network(repository, tmp_path):
    watch = Watch(tmp_path / "log")
    variables = environment(tmp_path / "env") | {"TENON_MODEL": TEST_MODEL}
    del variables["TENON_SCRIPTED_MODEL"]

    done = tenon(
        *("run", "--json", "--request", REQUEST),
        folder=repository,
        variables=variables,
        launcher=watch.launcher,
    )

    assert json.loads(done.stdout)["proposal"]["changes"], done.stderr
    assert watch.started("server.models.worker")
    assert watch.foreign() == []


EMBEDS = """
import asyncio, sys, time
from server import settings
from server.components import open_embedder

embedder = open_embedder(settings.load().values)
assert embedder is not None, "The embedding model is missing. Run: make setup-test"
asyncio.run(embedder.embed(["def mean(numbers): ..."]))
time.sleep(float(sys.argv[1]))
"""
REPORT_SECONDS = "12"
"""onnxruntime's wheels send their report about ten seconds after the model was loaded."""


def test_embedding_reports_to_nobody(tmp_path):
    watch = Watch(tmp_path / "log")
    silencing = ("CI", "ORT_", "GITHUB_", "TF_BUILD", "BUILD_", "JENKINS_", "GITLAB_", "TENON_")
    variables = {k: v for k, v in os.environ.items() if not k.startswith(silencing)}
    command = [*watch.launcher, sys.executable, "-c", EMBEDS, REPORT_SECONDS]
    subprocess.run(command, check=True, cwd=ROOT, env=variables, timeout=120)
    assert watch.foreign() == []


def test_everything_works_on_a_machine_without_any_network(repository, tmp_path):
    """In a network namespace of its own, in which even loopback is down."""
    launcher = ("unshare", "--map-root-user", "--net")
    if subprocess.run([*launcher, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine gives nobody a network namespace")

    done = tenon(
        *("run", "--yes", "--request", REQUEST),
        folder=repository,
        variables=environment(tmp_path / "env"),
        launcher=launcher,
    )

    assert done.returncode == 0, done.stderr
    assert git(repository, "rev-list", "--merges", "--count", "main") == "1"


def test_model_is_not_fetched_in_offline_mode_and_the_way_out_is_told(repository, tmp_path):
    watch = Watch(tmp_path / "log")
    empty = {"TENON_OFFLINE": "1", "TENON_CACHE_DIR": str(tmp_path / "empty")}

    done = tenon(
        *("models", "pull", TEST_MODEL),
        folder=repository,
        variables=environment(tmp_path / "env") | empty,
        launcher=watch.launcher,
    )

    assert done.returncode == 1
    assert "Offline mode is on" in done.stderr and "TENON_OFFLINE=0" in done.stderr
    assert not watch.started("pip")
    assert watch.foreign() == []
