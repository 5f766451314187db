"""Attempts to get out of the sandbox, tried for real: what holds is measured, not claimed."""

from agents.tools.escapes.catalog import ESCAPES, Escape
from agents.tools.escapes.suite import Trial, try_escapes

__all__ = ["ESCAPES", "Escape", "Trial", "try_escapes"]
