"""Proposed changes of one open document. The editor shows them; the server writes nothing."""

from __future__ import annotations

from pathlib import Path

from pygls import uris

from agents.edit_proposals import EditRequest
from agents.errors import InvalidStateError
from agents.languages.registry import is_known
from agents.progress import Report
from server.dispatch import Handler
from server.language_server import TenonServer
from server.protocol import EditProposal, EditProposeParams
from server.readiness import ready_team


async def propose(server: TenonServer, params: EditProposeParams, report: Report) -> EditProposal:
    """Propose a fix, or a test, for what the person selected."""
    if not 0 <= params.start_line <= params.end_line:
        raise InvalidStateError("The selection's last line lies before its first one.")
    async with ready_team(server.app) as team:
        root = (await server.app.workspace()).root
        path = repository_path(params.uri, root)
        request = EditRequest(
            kind=params.kind,
            path=path,
            text=params.text,
            start_line=params.start_line,
            end_line=params.end_line,
            diagnostic=params.diagnostic,
        )
        proposal = await team.propose_edit(request, report)
    same = proposal.path == path
    uri = params.uri if same else _uri(root / proposal.path)
    return EditProposal(
        id=proposal.id,
        uri=uri,
        version=params.version if same else _open_version(server, uri),
        before=proposal.before,
        after=proposal.after,
        title=proposal.title,
        explanation=proposal.explanation,
    )


def repository_path(uri: str, root: Path) -> str:
    """Path of a document relative to the repository. Raises InvalidStateError outside of it."""
    name = uris.to_fs_path(uri)
    try:
        path = Path(name).resolve() if name else None
        if path is None or not is_known(path.name):
            raise InvalidStateError(
                "Tenon proposes changes for saved files of Python, JavaScript and TypeScript only."
            )
        return path.relative_to(root).as_posix()
    except ValueError as error:
        raise InvalidStateError(
            "The document lies outside of the repository, so Tenon leaves it alone."
        ) from error


def _uri(path: Path) -> str:
    uri = uris.from_fs_path(str(path))
    if uri is None:
        raise InvalidStateError("The proposal's file has no address that an editor can open.")
    return str(uri)


def _open_version(server: TenonServer, uri: str) -> int | None:
    document = server.workspace.text_documents.get(uri)
    return document.version if document else None


HANDLERS: dict[str, Handler] = {"tenon/edits/propose": propose}
