"""Code that tries to get out of the sandbox stays in."""

import asyncio
import os
import socket
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from agents.tools import landlock
from agents.tools.interpreter import installation
from agents.tools.limits import MIB
from agents.tools.process_tree import descendants
from agents.tools.sandbox import Sandbox, SandboxResult

PYTHON = Path(sys.executable)


async def attempt(sandbox: Sandbox, folder: Path, code: str, **limits: Any) -> SandboxResult:
    """Run Python `code` with `folder` writable."""
    return await sandbox.run(
        [str(PYTHON), "-c", dedent(code)],
        cwd=folder,
        writable=[folder],
        readable=installation(PYTHON),
        **{"timeout": 20, **limits},
    )


@pytest.fixture(params=["bubblewrap", "landlock", "limits"])
def either(request: pytest.FixtureRequest) -> Sandbox:
    """Every kind, for what all contain."""
    sandbox: Sandbox = request.getfixturevalue(request.param)
    return sandbox


async def test_probe_finds_bubblewrap_or_warns() -> None:
    sandbox = await Sandbox.probe()
    assert (sandbox.kind == "bubblewrap") == (sandbox.warning == "")


async def test_without_bubblewrap_the_probe_warns_and_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    sandbox = await Sandbox.probe()
    assert sandbox.kind == ("landlock" if landlock.version() >= landlock.OLDEST else "limits")
    assert "apt-get install bubblewrap" in sandbox.warning


async def test_without_landlock_too_the_probe_says_what_is_at_stake(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(landlock, "version", lambda: 0)
    sandbox = await Sandbox.probe()
    assert sandbox.kind == "limits"
    assert "read or write your files" in sandbox.warning


async def test_bubblewrap_that_fails_falls_back_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'No permissions to create new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    sandbox = await Sandbox.probe()
    assert sandbox.kind in ("landlock", "limits")
    assert "No permissions to create new namespace" in sandbox.warning


async def test_exit_code_and_output_come_back(either: Sandbox, tmp_path: Path) -> None:
    code = "import sys; print('größe'); print('oops', file=sys.stderr); sys.exit(3)"
    result = await attempt(either, tmp_path, code)
    assert (result.exit_code, result.stdout, result.stderr) == (3, "größe\n", "oops\n")
    assert not result.timed_out
    assert not result.output_truncated


async def test_writes_in_the_worktree_are_kept(either: Sandbox, tmp_path: Path) -> None:
    folder = tmp_path / "with space é"
    folder.mkdir()
    await attempt(either, folder, "open('made', 'w').write('yes')")
    assert (folder / "made").read_text() == "yes"


async def test_no_network(bubblewrap: Sandbox, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"
        result = await attempt(bubblewrap, tmp_path, code)
    assert "ConnectionRefusedError" in result.stderr
    outside = "import socket; socket.create_connection(('192.0.2.1', 80), 2)"
    assert "Network is unreachable" in (await attempt(bubblewrap, tmp_path, outside)).stderr


async def test_no_secret_of_the_home_folder(
    bubblewrap: Sandbox, tmp_path: Path, secret_in_home: Path
) -> None:
    code = f"import os; print(os.listdir({str(Path.home())!r})); open({str(secret_in_home)!r})"
    result = await attempt(bubblewrap, tmp_path, code)
    assert ".tenon-test-secret" not in result.stdout
    assert "FileNotFoundError" in result.stderr


async def test_no_secret_of_the_environment(
    either: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    result = await attempt(either, tmp_path, "import os; print(dict(os.environ))")
    assert result.exit_code == 0
    assert "hunter2" not in result.stdout


async def test_no_sight_of_other_processes(bubblewrap: Sandbox, tmp_path: Path) -> None:
    code = "import os; print(sorted(int(p) for p in os.listdir('/proc') if p.isdigit()))"
    result = await attempt(bubblewrap, tmp_path, code)
    assert result.stdout.strip() in ("[1, 2]", "[1, 2, 3]")


async def test_no_signal_reaches_the_parent(bubblewrap: Sandbox, tmp_path: Path) -> None:
    code = f"import os, signal; os.kill({os.getpid()}, signal.SIGTERM)"
    assert "ProcessLookupError" in (await attempt(bubblewrap, tmp_path, code)).stderr


async def test_no_write_outside(bubblewrap: Sandbox, tmp_path: Path) -> None:
    folder, outside = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    outside.mkdir()
    (folder / "link").symlink_to(outside)
    targets = [outside / "x", folder / "link" / "x", Path("/etc/x"), Path("/usr/x"), Path("/x")]
    code = f"""
        for target in {[str(t) for t in targets]!r}:
            try:
                open(target, "w").write("escaped")
            except OSError as error:
                print(type(error).__name__)
        """
    result = await attempt(bubblewrap, folder, code)
    assert len(result.stdout.split()) == len(targets)
    assert not any(target.exists() for target in targets)


async def test_scratch_folders_are_private_and_gone(bubblewrap: Sandbox, tmp_path: Path) -> None:
    code = """
        from pathlib import Path
        for folder in (Path("/tmp"), Path.home(), Path("/dev/shm")):
            (folder / "tenon-left-behind").write_text("x")
        print("written")
        """
    assert (await attempt(bubblewrap, tmp_path, code)).stdout == "written\n"
    for folder in (Path("/tmp"), Path.home(), Path("/dev/shm")):  # noqa: S108
        assert not (folder / "tenon-left-behind").exists()


async def test_git_link_of_a_worktree_cannot_be_changed(
    bubblewrap: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / ".git").write_text("gitdir: /somewhere\n")
    code = """
        import os
        acts = [lambda: open(".git", "w"), lambda: os.remove(".git")]
        for act in acts:
            try:
                act()
            except OSError as error:
                print("refused")
        """
    assert (await attempt(bubblewrap, tmp_path, code)).stdout.split() == ["refused"] * 2
    assert (tmp_path / ".git").read_text() == "gitdir: /somewhere\n"


async def test_readable_file_in_a_writable_folder_cannot_be_changed(
    bubblewrap: Sandbox, tmp_path: Path
) -> None:
    locked = tmp_path / "test_locked.py"
    locked.write_text("assert 1")
    result = await bubblewrap.run(
        ["/bin/sh", "-c", "echo > test_locked.py"],
        cwd=tmp_path,
        writable=[tmp_path],
        readable=[locked],
        timeout=10,
    )
    assert result.exit_code != 0
    assert locked.read_text() == "assert 1"


async def test_kernel_settings_cannot_be_changed(bubblewrap: Sandbox, tmp_path: Path) -> None:
    code = "open('/proc/sys/kernel/core_pattern', 'w')"
    result = await attempt(bubblewrap, tmp_path, code)
    assert "Read-only file system" in result.stderr or "Permission denied" in result.stderr


async def test_endless_loop_is_stopped(either: Sandbox, tmp_path: Path) -> None:
    result = await attempt(either, tmp_path, "while True: pass", timeout=1)
    assert result.timed_out
    assert result.exit_code != 0


async def test_endless_output_is_cut_and_stopped(either: Sandbox, tmp_path: Path) -> None:
    code = "while True: print('x' * 1000)"
    result = await attempt(either, tmp_path, code, max_output_bytes=10_000)
    assert result.stopped_for == "output"
    assert result.output_truncated
    assert len(result.stdout) == 10_000


async def test_long_output_is_cut_but_the_run_goes_on(either: Sandbox, tmp_path: Path) -> None:
    code = "print('x' * 15_000); import sys; sys.exit(7)"
    result = await attempt(either, tmp_path, code, max_output_bytes=10_000)
    assert (result.exit_code, result.output_truncated, len(result.stdout)) == (7, True, 10_000)


async def test_memory_bomb_gets_no_memory(either: Sandbox, tmp_path: Path) -> None:
    code = "data = bytearray(2_000_000_000)"
    result = await attempt(either, tmp_path, code, memory_bytes=500 * MIB)
    assert "MemoryError" in result.stderr


async def test_memory_of_all_processes_together_is_bounded(either: Sandbox, tmp_path: Path) -> None:
    code = """
        import os, time
        for _ in range(8):
            if os.fork() == 0:
                data = bytearray(os.urandom(1)) * 80_000_000
                time.sleep(60)
        time.sleep(60)
        """
    result = await attempt(either, tmp_path, code, memory_bytes=300 * MIB)
    assert result.stopped_for == "memory"


async def test_temporary_files_are_bounded(bubblewrap: Sandbox, tmp_path: Path) -> None:
    code = """
        for n in range(100):
            with open(f"/tmp/{n}", "wb") as file:
                file.write(bytes(10_000_000))
        """
    assert "No space left" in (await attempt(bubblewrap, tmp_path, code)).stderr


async def test_huge_file_is_refused(either: Sandbox, tmp_path: Path) -> None:
    code = "open('big', 'wb').truncate(10**10)"
    result = await attempt(either, tmp_path, code)
    assert "File too large" in result.stderr
    assert (tmp_path / "big").stat().st_size == 0


async def test_fork_bomb_is_stopped(either: Sandbox, tmp_path: Path) -> None:
    before = descendants(os.getpid())
    code = """
        import os, time
        for _ in range(300):  # bounded, in case it gets out
            try:
                if os.fork() == 0:
                    time.sleep(60)
            except OSError:
                time.sleep(0.1)
        time.sleep(60)
        """
    result = await attempt(either, tmp_path, code, max_processes=20)
    assert result.stopped_for in ("processes", "memory")
    assert descendants(os.getpid()) <= before


async def test_children_left_behind_are_killed(either: Sandbox, tmp_path: Path) -> None:
    code = """
        import subprocess, sys, time
        child = "import time, pathlib; time.sleep(1.5); pathlib.Path('alive').touch()"
        subprocess.Popen([sys.executable, "-c", child], start_new_session=True)
        print("left")
        """
    result = await attempt(either, tmp_path, code)
    assert result.stdout == "left\n"
    await attempt(either, tmp_path, "import time; time.sleep(2)")
    assert not (tmp_path / "alive").exists()


async def test_cancelling_kills_everything(either: Sandbox, tmp_path: Path) -> None:
    before = descendants(os.getpid())
    code = "import time; open('started', 'w').close(); time.sleep(60)"
    task = asyncio.create_task(attempt(either, tmp_path, code))
    while not (tmp_path / "started").exists():
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert descendants(os.getpid()) <= before


async def test_input_is_closed(either: Sandbox, tmp_path: Path) -> None:
    result = await attempt(either, tmp_path, "import sys; print(repr(sys.stdin.read()))")
    assert result.stdout == "''\n"
