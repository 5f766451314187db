"""One near miss in JavaScript: code, its tests, and hidden cases."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ScriptMiss:
    """Code, its tests (call and value), and cases that the search has not seen."""

    symbol: str
    source: str
    tests: tuple[tuple[str, str], ...]
    """A call and its value, or the name of the error that it throws."""
    hidden: tuple[tuple[str, str], ...] = ()

    def write(self, folder: Path, framework: str = "node") -> None:
        """The files of a repository."""
        script = "node --experimental-vm-modules jest" if framework == "jest" else ""
        manifest = {"type": "module", "scripts": {"test": script}}
        (folder / "package.json").write_text(json.dumps(manifest))
        (folder / "near.js").write_text(self.source)
        (folder / "near.test.js").write_text(self.module(self.tests, framework))

    def module(self, cases: tuple[tuple[str, str], ...], framework: str = "node") -> str:
        """A test file with one test for each of `cases`."""
        name = self.symbol.split(".")[0]
        head = f'import {{ {name} }} from "./near.js";\n'
        if framework == "node":
            head = (
                'import assert from "node:assert/strict";\nimport test from "node:test";\n' + head
            )
        elif framework == "vitest":
            head = 'import { expect, test } from "vitest";\n' + head
        tests = [
            f'test("case {n}", () => {{\n  {_assertion(call, value, framework)}\n}});\n'
            for n, (call, value) in enumerate(cases)
        ]
        return "\n".join([head, *tests])


def _assertion(call: str, value: str, framework: str) -> str:
    throws = value.endswith("Error")
    if framework == "node":
        return (
            f"assert.throws(() => {call}, {value});"
            if throws
            else f"assert.deepEqual({call}, {value});"
        )
    return (
        f"expect(() => {call}).toThrow({value});" if throws else f"expect({call}).toEqual({value});"
    )
