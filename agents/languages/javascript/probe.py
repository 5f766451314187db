"""A test file of JavaScript that tells what calls give; see `agents.tools.observe`."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from agents.languages.javascript.compose import framework_imports
from agents.languages.javascript.imports import Imported
from agents.languages.javascript.module import System
from agents.languages.javascript.project import Framework
from agents.tools.observe import Probe

_STEM = "tenon-observe"
_MODULES = (("createHash", "node:crypto"), ("inspect", "node:util"))
_HEAD = """\
class Saw extends Error {
  name = "Saw";
}

async function tell(call) {
  let text;
  try {
    text = shown(await call());
  } catch (error) {
    text = `${error?.name ?? "Error"}: ${error?.message ?? error}`.split("\\n")[0];
  }
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 8);
  throw new Saw(text.length > 150 ? `${text.slice(0, 120)}… ${digest}` : text);
}

function shown(value) {
  if (value instanceof Error) return `[${value.name}: ${value.message}]`;
  const whole = { breakLength: Infinity, depth: 9, maxArrayLength: null, maxStringLength: null };
  return inspect(value, { ...whole, compact: 9 });
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
        f'test("{name}", () => tell(() => {call}));'
        for name, call in zip(names, calls, strict=True)
    ]
    modules = [Imported(module, own, own).line(system, '"', ";") for own, module in _MODULES]
    own = framework_imports(framework, system)
    head = "\n".join(["// @ts-nocheck", *dict.fromkeys([*own, *modules, *imports])])
    source = "\n\n".join([head, _HEAD, "\n".join(tests)]) + "\n"
    return Probe(posixpath.join(folder, _STEM + name[name.index(".") :]), source, tuple(names))
