"""Long-term memory: accepted code, the code of repositories, and lessons."""

from memory.long_term.snippets import Snippet, SnippetMemory

__all__ = ["Snippet", "SnippetMemory"]
