"""Commits as the person makes them: signed where they sign, and with their hooks if they wish."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from agents.errors import GitRefusedError
from agents.tools.git_command import GitCommand, GitFailedError, clean

_HOOKS = ("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit")
_NOT_WRITTEN = "failed to write commit object"


class SigningFailedError(GitRefusedError):
    """The person's commits are signed, and their key did not sign. Nothing was committed."""


class HookRefusedError(GitRefusedError):
    """A Git hook of the person refused a commit. Nothing was committed."""


async def identity(git: GitCommand) -> tuple[str, ...]:
    """Options that make Tenon the author where the person has set no name and address."""
    if await git.succeeds("-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT"):
        return ()
    return ("-c", "user.name=Tenon", "-c", "user.email=tenon@localhost")


async def signs(git: GitCommand) -> bool:
    """Whether the person's commits are signed (``commit.gpgsign``)."""
    try:
        answer = await git.run("config", "--type=bool", "--get", "commit.gpgsign")
    except GitFailedError:
        return False
    return answer.strip() == "true"


async def require_signing(git: GitCommand) -> None:
    """Sign a commit that nothing refers to, where commits are signed.

    Raises SigningFailedError.
    """
    if await signs(git):
        await commit_tree(git, "HEAD^{tree}", (), "Tenon asks whether it can sign")


async def commit_tree(git: GitCommand, tree: str, parents: Sequence[str], message: str) -> str:
    """Id of a commit that no branch has; signed where commits are.

    Raises SigningFailedError.
    """
    sign = ("-S",) if await signs(git) else ()
    ancestry = (option for parent in parents for option in ("-p", parent))
    command = ("commit-tree", *sign, *ancestry, "-F", "-", tree)
    text = message.strip().encode() + b"\n"
    try:
        return (await git.run(*await identity(git), *command, data=text)).strip()
    except GitFailedError as error:
        raise _unsigned(error) if sign else error from error


async def commit(git: GitCommand, paths: Sequence[str], message: str, *, hooks: bool) -> None:
    """Commit what is staged of `paths` on the checked-out branch.

    With `hooks` those of the person run; what they change in `paths` is not taken. Raises
    SigningFailedError and HookRefusedError, with nothing committed.
    """
    options = ("--quiet", "--cleanup=whitespace", "-m", message)
    who = await identity(git)
    if not hooks:
        try:
            await git.run(*who, "commit", "--no-verify", *options, "--only", "--", *paths)
        except GitFailedError as error:
            raise await in_words(git, error) from error
        return
    staged = await _blobs(git, ":", paths)
    with tempfile.TemporaryDirectory(prefix="tenon-trace-") as scratch:
        trace = Path(scratch) / "events"
        environment = {**git.environment, "GIT_TRACE2_EVENT": str(trace)}
        traced = replace(git, environment=environment)
        try:
            await traced.run(*who, "commit", *options, "--only", "--", *paths)
        except GitFailedError as error:
            if hook := _failed_hook(trace):
                raise _refused(
                    f"refused the commit and said: {clean(error.stderr)}", hook
                ) from error
            raise await in_words(git, error) from error
    committed = await _blobs(git, "HEAD:", paths)
    if changed := [path for path in paths if staged[path] != committed[path]]:
        await git.run("reset", "--hard", "--quiet", "HEAD~1")
        raise _refused(f"changed {', '.join(changed)} while it was being committed")


def _refused(what: str, hook: str = "") -> HookRefusedError:
    name = f"Your Git hook {hook}" if hook else "A Git hook of yours"
    return HookRefusedError(
        f"{name} {what}\nMend it, or let Tenon commit without hooks (TENON_GIT_HOOKS=0), and run "
        "the ticket again."
    )


async def _blobs(git: GitCommand, place: str, paths: Sequence[str]) -> dict[str, str]:
    """Object id of each path in the index (``:``) or in a commit; empty where there is none."""
    found: dict[str, str] = {}
    for path in paths:
        try:
            found[path] = (await git.run("rev-parse", "--verify", "--quiet", place + path)).strip()
        except GitFailedError:
            found[path] = ""
    return found


def _failed_hook(trace: Path) -> str:
    """The hook of Git itself, not of its children, that ended with an error."""
    running: dict[int, str] = {}
    for line in trace.read_text("utf-8", "replace").splitlines() if trace.exists() else ():
        event = json.loads(line)
        if "/" in event.get("sid", ""):
            continue
        if event["event"] == "child_start" and event.get("child_class") == "hook":
            running[event["child_id"]] = event.get("hook_name", "")
        elif event["event"] == "child_exit" and event["code"] and event["child_id"] in running:
            return running[event["child_id"]]
    return ""


async def in_words(git: GitCommand, error: GitFailedError) -> GitRefusedError:
    """`error`, or what a person can do where it is their key that did not sign."""
    unsigned = _NOT_WRITTEN in error.stderr and await signs(git)
    return _unsigned(error) if unsigned else error


def _unsigned(error: GitFailedError) -> SigningFailedError:
    return SigningFailedError(
        "Your commits are signed (commit.gpgsign), and signing failed. Git says: "
        f"{clean(error.stderr)}\nMake the key usable without a question, for instance by "
        "unlocking it in its agent, or set commit.gpgsign to false in this repository. "
        "Then try again."
    )


async def hooks_of(git: GitCommand) -> list[str]:
    """Hooks that the person's own commits run, by name."""
    folder = git.directory / (await git.run("rev-parse", "--git-path", "hooks")).strip()
    return [name for name in _HOOKS if _is_executable(folder / name)]


def _is_executable(path: Path) -> bool:
    return path.is_file() and bool(path.stat().st_mode & 0o111)
