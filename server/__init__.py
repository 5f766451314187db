"""The language-server process: the only package that imports pygls and lsprotocol."""
