"""The index of a repository's code: what is in long-term memory follows the files as saved."""
