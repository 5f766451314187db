"""Proposed changes of one document."""

from __future__ import annotations

from typing import Literal

from attrs import define


@define
class EditProposeParams:
    """Ask for a change of a document: fix it, or write a test for it."""

    kind: Literal["fix", "test"]
    uri: str
    text: str
    """The document as the editor shows it, saved or not."""
    version: int
    start_line: int
    """First line of the selection or diagnostic, from 0."""
    end_line: int
    """Last line, inclusive, from 0."""
    diagnostic: str | None = None
    partial_result_token: str | int | None = None


@define
class EditProposal:
    """A proposed new text of one document. Nothing is written by the server."""

    id: str
    uri: str
    """Document to change; for a test it may be a file that does not exist yet."""
    version: int | None
    """Version of the document that the proposal was made for; None for a new file."""
    before: str
    after: str
    title: str
    explanation: str = ""
