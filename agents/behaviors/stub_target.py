"""A stand-in for code that does not exist yet, so that its tests can be collected and run."""

from __future__ import annotations

from agents.tools.edits import extract_symbol, merge_symbols

_RAISE = "raise NotImplementedError('not written yet')"


def stubbed(source: str, symbol: str) -> str:
    """`source` with a `symbol` that takes any arguments and raises NotImplementedError.

    Empty if `symbol` is there already, or cannot be put in.
    """
    if extract_symbol(source, symbol) is not None:
        return ""
    owner, _, name = symbol.rpartition(".")
    if owner:
        members = [_method(name, _RAISE)]
        if extract_symbol(source, owner) is None:
            members.insert(0, _method("__init__", "pass"))
        code = f"class {owner}:\n" + "\n".join(members)
    elif name[:1].isupper():
        code = f"class {name}:\n{_method('__init__', _RAISE)}"
    else:
        code = f"def {name}(*args, **kwargs):\n    {_RAISE}\n"
    merged = merge_symbols(source, code, {symbol, owner} - {""})
    return merged.text if merged.changed else ""


def _method(name: str, body: str) -> str:
    return f"    def {name}(self, *args, **kwargs):\n        {body}\n"
