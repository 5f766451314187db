"""Small typed changes to JavaScript and TypeScript, for the search in `agents/tools/mutation`."""

from agents.languages.javascript.mutation.part import ScriptOperators

__all__ = ["ScriptOperators"]
