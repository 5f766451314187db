"""Runs mutants, inside the sandbox: started as a script by the repository's own Python.

It connects to the Unix socket that its first argument names, reads one line of settings and
starts pytest up to where tests would be collected. There it stays and reads batches of sources.
For each source it forks; the fork goes on with collecting, which imports the target module from
that source, and runs the tests. So nothing has to start and no mutant sees another. Where a
conftest.py has imported the target already, each fork starts pytest anew.

What a mutant can do: it shares its process with the reporter, so code written for the purpose
can find the nonce there (through the garbage collector or the stack) and claim what it likes.
It cannot do so by printing, exiting, forking or writing to every descriptor. Therefore what is
said here only steers the search; the ordinary test run has the last word.

No import of Tenon: it runs where only pytest and the standard library are sure. Python 3.8+.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import secrets
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from contextlib import suppress
from typing import Any, Dict  # noqa: UP035 - evaluated by older Pythons

import pytest

Json = Dict[str, Any]  # noqa: UP006

_HEADROOM = 512 * 1024 * 1024
_PIPE_BYTES = 4 * 1024 * 1024
_FILE_BYTES = 16 * 1024 * 1024
_TIMEOUTS = 2
"""So many tests may run out of time before the rest of the mutant's tests is left out."""
_PLAIN = [
    *("-q", "--continue-on-collection-errors", "--capture=no"),
    *("-p", "no:cacheprovider", "-p", "no:faulthandler", "-p", "no:junitxml"),
]
_DUMPABLE, _SUBREAPER = 4, 36


class OutOfTime(BaseException):
    """A test used up its processor time. No Exception, so that few mutants catch it."""


class Reporter:
    """A pytest plugin that tells each test's outcome by itself, in a line of its own."""

    def __init__(self) -> None:
        self._pipe, self._nonce, self._process = -1, "", -1
        self._settings: Json = {}
        self._known: set[str] = set()
        self._timeouts = 0
        self._clock = self._closeness = 0.0
        self._outcome, self._message = "", ""
        self.lines: set[int] = set()

    def begin(self, pipe: int, nonce: str, settings: Json) -> None:
        """From here on this process is a mutant's."""
        self._pipe, self._nonce, self._settings = pipe, nonce, settings
        self._process = os.getpid()
        self._known = set(sys.modules)

    def tell(self, **fact: Any) -> None:
        """One fact; nothing if a mutant's own fork asks."""
        if os.getpid() == self._process:
            os.write(self._pipe, (self._nonce + json.dumps(fact) + "\n").encode())

    def pytest_collection_finish(self, session: Any) -> None:
        """Which tests there are."""
        self.tell(collected=[item.nodeid for item in session.items])

    def pytest_collectreport(self, report: Any) -> None:
        """Files that cannot be imported."""
        if report.failed:
            words = str(report.longrepr).strip().splitlines() or [""]
            self.tell(broken=report.nodeid, message=words[-1][-200:])

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Start the clock of one test."""
        self._outcome, self._message, self._closeness = "", "", 0.0
        self.lines.clear()
        self._clock = time.process_time()
        signal.signal(signal.SIGPROF, self._out_of_time)
        signal.setitimer(signal.ITIMER_PROF, self._settings["test_seconds"])

    def _out_of_time(self, *_: Any) -> None:
        self._timeouts += 1
        raise OutOfTime

    def pytest_assertrepr_compare(self, op: str, left: Any, right: Any) -> None:
        """Note how near a wrong value is; pytest words the failure."""
        if op == "==":
            with suppress(Exception):
                self._closeness = closeness(left, right)

    def pytest_runtest_makereport(self, item: Any, call: Any) -> Any:
        """A failure without its traceback, which costs more than the test."""
        if call.excinfo is None or isinstance(call.excinfo.value, pytest.skip.Exception):
            return None
        words = (type(call.excinfo.value).__name__ + ": " + str(call.excinfo.value))[:200]
        return pytest.TestReport(item.nodeid, item.location, {}, "failed", words, call.when)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """A test passes if none of its phases fails or skips."""
        if self._outcome in ("", "passed"):
            self._outcome = report.outcome
            self._message = str(report.longrepr or "") if report.failed else ""

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Tell the outcome."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        facts: Json = {"test": nodeid, "outcome": self._outcome, "message": self._message}
        facts["seconds"] = time.process_time() - self._clock
        if self._outcome == "failed":
            facts["closeness"] = self._closeness
        if self.lines:
            facts["lines"] = sorted(self.lines)
        self.tell(**facts)
        if self._timeouts >= _TIMEOUTS:
            os._exit(1)

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Tell that the run came to its end, and leave out what pytest would print."""
        if os.getpid() == self._process:
            sys.settrace(None)
            trace = self._settings.get("trace")
            fresh = foreign(self._known, self._settings["root"]) if trace else []
            self.tell(end=int(exitstatus), modules=fresh)
            os._exit(0)


def closeness(left: Any, right: Any) -> float:
    """From 0 (nothing in common) to below 1 (equal): how like two values are."""
    if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
        return 0.1 if type(left) is type(right) else 0.0
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return 0.2 + 0.7 / (1.0 + abs(left - right) / (1.0 + abs(right)))
    same = 0.2 if type(left) is type(right) else 0.0
    if isinstance(left, dict) and isinstance(right, dict):
        left, right = list(left.items()), list(right.items())
    if isinstance(left, (str, bytes, list, tuple)) and isinstance(right, (str, bytes, list, tuple)):
        return same + 0.7 * _alike(left[:200], right[:200])
    return same


def _alike(left: Any, right: Any) -> float:
    """Length of the longest common subsequence in relation to both lengths."""
    if not left and not right:
        return 1.0
    row = [0] * (len(right) + 1)
    for item in left:
        before = 0
        for place, other in enumerate(right, 1):
            before, row[place] = (
                row[place],
                before + 1 if item == other else max(row[place], row[place - 1]),
            )
    return 2.0 * row[-1] / (len(left) + len(right))


def put_in_place(target: str, source: str) -> None:
    """Have `source` imported instead of the text of the file `target`, by whatever name."""
    from importlib.machinery import SourceFileLoader

    read, stats = SourceFileLoader.get_data, SourceFileLoader.path_stats
    data = source.encode("utf-8", "surrogatepass")

    def get_data(self: Any, path: str) -> bytes:
        return data if os.path.realpath(path) == target else read(self, path)

    def path_stats(self: Any, path: str) -> Any:
        if os.path.realpath(path) == target:
            raise OSError("no compiled file is for this text")
        return stats(self, path)

    SourceFileLoader.get_data = get_data  # type: ignore[method-assign]
    SourceFileLoader.path_stats = path_stats  # type: ignore[method-assign]


def watch_lines(target: str, lines: set[int]) -> None:
    """Note which lines of the target run."""

    def local(frame: Any, event: str, argument: Any) -> Any:
        lines.add(frame.f_lineno)
        return local

    def everywhere(frame: Any, event: str, argument: Any) -> Any:
        return local(frame, event, argument) if frame.f_code.co_filename == target else None

    sys.settrace(everywhere)


class Mutant:
    """A fork that runs the tests of one source; in the fork `process` is 0."""

    def __init__(self, index: int) -> None:
        self.index, self.nonce = index, secrets.token_hex(16)
        self.started = time.monotonic()
        self.pipe, self.write = os.pipe()
        self.folder = tempfile.mkdtemp()
        self.buffer = b""
        self.ended = False
        self.process = os.fork()
        os.close(self.write if self.process else self.pipe)

    def read(self) -> None:
        """Take in what there is."""
        chunk = os.read(self.pipe, 65536)
        self.buffer += chunk
        self.ended = not chunk or len(self.buffer) > _PIPE_BYTES

    def exited(self) -> bool:
        """Whether the fork is gone, though one of its own may hold the pipe open."""
        with suppress(ChildProcessError):
            return os.waitpid(self.process, os.WNOHANG)[0] != 0
        return True

    def bury(self) -> None:
        """Kill it with its group and take in the last it said."""
        for kill in (os.killpg, os.kill):
            with suppress(OSError):
                kill(self.process, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.process, 0)
        os.set_blocking(self.pipe, False)
        with suppress(BlockingIOError):
            while not self.ended:
                self.read()
        os.close(self.pipe)
        shutil.rmtree(self.folder, ignore_errors=True)

    def facts(self) -> Json:
        """What was told with the nonce."""
        told: Json = {"index": self.index, "tests": {}, "broken": [], "collected": []}
        told["seconds"] = time.monotonic() - self.started
        for line in self.buffer.split(b"\n"):
            if line.startswith(self.nonce.encode()):
                fact = json.loads(line[len(self.nonce) :])
                if "test" in fact:
                    told["tests"].setdefault(fact.pop("test"), fact)
                elif "broken" in fact:
                    told["broken"].append(fact["message"])
                else:
                    told.update(fact)
        return told


def confine(seconds: float) -> None:
    """Limits of one mutant; the sandbox holds the others."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    control(_DUMPABLE, 1)
    processor = int(seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    with suppress(OSError, ValueError):
        with open("/proc/self/statm") as file:  # noqa: PTH123 - quicker
            pages = int(file.read().split()[0])
        size = pages * resource.getpagesize() + _HEADROOM
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def control(option: int, value: int) -> None:
    """Linux's prctl; nothing elsewhere."""
    with suppress(Exception):
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def files() -> list[tuple[str, str]]:
    """Every imported module and the file that it came from."""
    found = [(n, getattr(m, "__file__", None)) for n, m in list(sys.modules.items())]
    return [(name, os.path.realpath(file)) for name, file in found if file]


def foreign(known: set[str], root: str) -> list[str]:
    """Modules that were imported since, but not from the repository."""
    return [n for n, file in files() if n not in known and not file.startswith(root + os.sep)]


class Server:
    """A pytest plugin that serves batches instead of collecting; its forks collect."""

    def __init__(self, channel: socket.socket, settings: Json) -> None:
        self.channel, self.settings = channel, settings
        self.lines = channel.makefile("r", encoding="utf-8")
        self.reporter = Reporter()
        self.living: dict[int, Mutant] = {}
        self.compiled = tempfile.mkdtemp()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Returns in forks only, which go on with pytest's own collecting."""
        while True:
            line = self.lines.readline()
            if not line:
                os._exit(0)
            message: Json = json.loads(line)
            sources: list[str] = message.pop("sources")
            preload(message.pop("preload"))
            self.settings.update(message)
            if self._run(sources):
                return

    def _run(self, sources: list[str]) -> bool:
        """Run all, some at a time, and tell each outcome as it comes. True in a fork."""
        waiting = list(enumerate(sources))
        while waiting or self.living:
            while waiting and len(self.living) < self.settings["workers"]:
                index, source = waiting.pop(0)
                mutant = Mutant(index)
                if not mutant.process:
                    self._become(mutant, source)
                    return True
                self.living[mutant.pipe] = mutant
            for pipe in select.select(list(self.living), [], [], 0.02)[0]:
                self.living[pipe].read()
            self._bury_dead()
        return False

    def _bury_dead(self) -> None:
        for mutant in list(self.living.values()):
            late = time.monotonic() - mutant.started > self.settings["run_seconds"]
            if mutant.ended or late or mutant.exited():
                del self.living[mutant.pipe]
                mutant.bury()
                kill_orphans({m.process for m in self.living.values()})
                self.channel.sendall((json.dumps(mutant.facts()) + "\n").encode())

    def _become(self, mutant: Mutant, source: str) -> None:
        """What a fork does before it collects."""
        os.setsid()
        for descriptor in (self.channel.detach(), *self.living):
            os.close(descriptor)
        confine(self.settings["run_seconds"])
        self.reporter.begin(mutant.write, mutant.nonce, self.settings)
        os.environ["TMPDIR"], tempfile.tempdir = mutant.folder, None
        target, root = self.settings["target"], self.settings["root"]
        put_in_place(target, source)
        # Compiled tests are kept by the first run, which traces, and only read by later ones.
        sys.pycache_prefix = self.compiled
        sys.dont_write_bytecode = not self.settings["trace"]
        if self.settings["trace"]:
            watch_lines(target, self.reporter.lines)
        own = {name: file for name, file in files() if file.startswith(root + os.sep)}
        if target in own.values():
            for name in own:
                del sys.modules[name]
            pytest.main(self.arguments(), plugins=[self.reporter])
            os._exit(1)

    def arguments(self) -> list[str]:
        """For pytest."""
        return [*_PLAIN, "--rootdir=" + self.settings["root"], "--", *self.settings["tests"]]


def kill_orphans(keep: set[int]) -> None:
    """End what a mutant started and left its group; orphans become children of this process."""
    for _ in range(100):
        found = [child for child in children() if child not in keep]
        if not found:
            return
        for child in found:
            with suppress(OSError):
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)


def children() -> list[int]:
    """Ids of this process's children, where /proc tells."""
    with suppress(OSError):
        path = f"/proc/self/task/{os.getpid()}/children"
        with open(path) as file:  # noqa: PTH123 - quicker
            return [int(child) for child in file.read().split()]
    return []


def preload(names: list[str]) -> None:
    """Import once what every mutant would import."""
    for name in names:
        if name not in sys.modules:
            with suppress(BaseException):
                __import__(name)
    gc.collect()
    gc.freeze()


def main(address: str) -> None:
    """Serve batches until the other side closes the socket."""
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - quicker
    sys.path[:] = [p for p in sys.path if os.path.abspath(p or ".") != here]  # noqa: PTH100
    channel = socket.socket(socket.AF_UNIX)
    channel.connect(address)
    control(_SUBREAPER, 1)
    control(_DUMPABLE, 0)  # no mutant reaches the socket through /proc or a debugger
    server = Server(channel, {})
    server.settings = json.loads(server.lines.readline())
    code = pytest.main(server.arguments(), plugins=[server.reporter, server])
    sys.stderr.write(f"pytest ended with exit code {int(code)} before it collected tests\n")
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
