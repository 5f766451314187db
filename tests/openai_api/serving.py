"""`tenon models serve` as a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import openai
import platformdirs

TOKEN = "secret"


@dataclass(frozen=True)
class Serving:
    """A server that is ready."""

    process: subprocess.Popen[str]
    url: str

    def client(self, token: str = TOKEN, url: str | None = None) -> openai.OpenAI:
        """OpenAI's own client; what fails is not asked again."""
        return openai.OpenAI(base_url=url or self.url, api_key=token, max_retries=0)

    def workers(self) -> set[int]:
        """The processes that it started."""
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], check=False, capture_output=True, text=True
        )
        return {int(pid) for pid in found.stdout.split()}

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Exit code and standard error after a signal."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=60)
        return self.process.returncode, errors


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """Variables of a process that has its data apart and its models where they are."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TENON_")}
    cache = str(platformdirs.user_cache_path("tenon"))
    return kept | {"TENON_DATA_DIR": str(folder), "TENON_CACHE_DIR": cache} | variables


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "server", "models", "serve", *arguments]


@contextmanager
def serving(*arguments: str, variables: dict[str, str]) -> Iterator[Serving]:
    """A server on a free port; it is ended at last, and must end well."""
    process = subprocess.Popen(
        command("--port", "0", *arguments),
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell's background job, as a test run may be, passes an ignored interrupt on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    assert process.stdout
    ready = Serving(process, process.stdout.readline().strip())
    try:
        assert ready.url, process.communicate(timeout=60)
        yield ready
    finally:
        if process.returncode is None:
            code, errors = ready.stop()
            assert (code, errors) == (0, ""), errors
