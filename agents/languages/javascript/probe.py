"""A test file of JavaScript that tells what calls give; see `agents.tools.observe`.

Its own names begin with ``tenon``, since any other may be that of what is called.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from agents.languages.javascript.compose import framework_imports
from agents.languages.javascript.imports import Imported
from agents.languages.javascript.module import System
from agents.languages.javascript.project import Framework
from agents.tools.observe import Probe

_STEM = "tenon-observe"
_IMPORTS = (
    Imported("node:crypto", "createHash", "tenonHash"),
    Imported("node:util", "inspect", "tenonInspect"),
)
_HEAD = """\
class TenonSaw extends Error {
  name = "TenonSaw";
}

async function tenonTell(call) {
  let text;
  try {
    text = tenonShown(await call());
  } catch (error) {
    text = `${error?.name ?? "Error"}: ${error?.message ?? error}`.split("\\n")[0];
  }
  const digest = tenonHash("sha256").update(text).digest("hex").slice(0, 8);
  throw new TenonSaw(text.length > 150 ? `${text.slice(0, 120)}… ${digest}` : text);
}

function tenonShown(value) {
  if (value instanceof Error) return `[${value.name}: ${value.message}]`;
  const whole = { breakLength: Infinity, depth: 9, maxArrayLength: null, maxStringLength: null };
  return tenonInspect(value, { ...whole, compact: 9 });
}
"""


def probe(
    path: str,
    framework: Framework,
    system: System,
    imports: Sequence[str],
    calls: Sequence[str],
) -> Probe:
    """A file beside the test file `path` and called like it."""
    folder, name = posixpath.split(path)
    names = [f"tenon observes call {number}" for number in range(len(calls))]
    tests = [
        f'test("{name}", () => tenonTell(() => {call}));'
        for name, call in zip(names, calls, strict=True)
    ]
    own = [imported.line(system, '"', ";") for imported in _IMPORTS]
    own += framework_imports(framework, system)
    head = "\n".join(["// @ts-nocheck", *dict.fromkeys([*own, *imports])])
    source = "\n\n".join([head, _HEAD, "\n".join(tests)]) + "\n"
    return Probe(posixpath.join(folder, _STEM + name[name.index(".") :]), source, tuple(names))
