"""Errors that a person can do something about; their messages say what."""

from collections.abc import Sequence


class TeamError(Exception):
    """Something a person can do something about. `code` is a key of the wire's error codes."""

    code = "notReady"


class NotReadyError(TeamError):
    """The repository or the machine is not in a state to work on.

    `problem` is one of the problem codes of the wire's status (``noCommit``, …), or empty.
    """

    def __init__(self, message: str, problem: str = "") -> None:
        super().__init__(message)
        self.problem = problem


class NotFoundError(TeamError):
    """No ticket or proposal has that id."""

    code = "notFound"


class ConflictError(TeamError):
    """Somebody else changed it meanwhile."""

    code = "conflict"


class InvalidStateError(TeamError):
    """The action does not fit the state that the thing is in."""

    code = "invalidState"


class GitRefusedError(TeamError):
    """Git, or the state of the working tree, does not allow the action. Nothing was changed."""

    code = "gitRefused"


class MergeConflictError(GitRefusedError):
    """A ticket and its base branch changed the same lines of `files`."""

    def __init__(self, base: str, files: Sequence[str]) -> None:
        super().__init__(f"The ticket and {base} changed the same lines of {', '.join(files)}.")
        self.files = list(files)


class TicketBlockedError(TeamError):
    """The pair cannot go on with a ticket by itself; the message tells a person why."""

    code = "invalidState"
