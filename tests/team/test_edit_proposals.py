"""Code actions propose the new text of a document, in its own language, and write nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.edit_proposals import EditRequest
from agents.errors import InvalidStateError
from agents.inference import CompletionRequest
from agents.progress import silent
from server.models.scripted import ScriptedModel
from tests.sample import git
from tests.team.conftest import Gather

SCRIPT = """\
/** Twice a number. */
export function twice(x) {
  return x + x + x;
}

export class Box {
  #items = [];

  add(item) {
    this.#items.push(item);
  }
}
"""
TESTS = """\
import assert from "node:assert/strict";
import { test } from "node:test";
import { Box } from "../src/numbers.js";

test("a box takes things", () => {
  assert.equal(new Box().add(1), undefined);
});
"""
FIXED = "```javascript\nexport function twice(x) {\n  return x + x;\n}\n```"
WRITTEN = """```javascript
import { test } from "node:test";
import assert from "node:assert/strict";
import { twice } from "../src/numbers.js";

test("twice of two", () => {
  assert.equal(twice(2), 4);
});

test("twice of nothing", () => {
  assert.equal(twice(0), 0);
});
```"""


def asked(kind: str, line: int, path: str = "src/numbers.js", text: str = SCRIPT) -> EditRequest:
    return EditRequest(kind, path, text, line, line)  # type: ignore[arg-type]


async def test_a_function_of_javascript_is_mended_alone(gather: Gather) -> None:
    team = await gather(FIXED)
    proposal = await team.propose_edit(asked("fix", 2), silent)
    assert proposal.after == SCRIPT.replace("x + x + x", "x + x")
    assert proposal.title == "Fix twice"


async def test_types_of_typescript_are_kept(gather: Gather) -> None:
    text = "export const half = (x: number): number => x * 2;\n"
    reply = "```typescript\nexport const half = (x: number): number => x / 2;\n```"
    team = await gather(reply)
    proposal = await team.propose_edit(asked("fix", 0, "src/half.ts", text), silent)
    assert proposal.after == text.replace("x * 2", "x / 2")


async def test_tests_join_those_of_the_file_and_import_what_is_missing(
    gather: Gather, repository: Path
) -> None:
    place = repository / "test" / "numbers.test.js"
    place.parent.mkdir()
    (repository / "package.json").write_text('{"type": "module"}')
    place.write_text(TESTS)
    git(repository, "add", "--all")
    git(repository, "commit", "-qm", "tests")
    team = await gather(WRITTEN)
    proposal = await team.propose_edit(asked("test", 1), silent)
    assert proposal.path == "test/numbers.test.js"
    assert proposal.before == TESTS and place.read_text() == TESTS
    head, _, rest = TESTS.partition("\n\n")
    added = 'import { twice } from "../src/numbers.js";'
    assert proposal.after.startswith(f"{head}\n{added}\n\n{rest}")
    assert proposal.after.count("import assert") == 1
    assert proposal.explanation == "Adds twice of two, twice of nothing."


async def test_tests_of_a_file_without_any_get_a_file_of_their_own(
    gather: Gather, repository: Path
) -> None:
    team = await gather(WRITTEN)
    proposal = await team.propose_edit(asked("test", 1), silent)
    assert proposal.path == "test/numbers.test.js" and proposal.before == ""
    assert 'twice } from "../src/numbers.js"' in proposal.after
    assert not (repository / proposal.path).exists()


async def test_a_cursor_outside_of_code_is_told(gather: Gather) -> None:
    team = await gather(FIXED)
    with pytest.raises(InvalidStateError, match="JavaScript"):
        await team.propose_edit(asked("fix", 4), silent)
    with pytest.raises(InvalidStateError, match="parses"):
        await team.propose_edit(asked("fix", 0, text="function ("), silent)


async def test_python_goes_on_as_before(gather: Gather) -> None:
    text = "X = 1\n\n\ndef half(x):\n    return x * 2\n\n\nclass A:\n    n = 1\n"
    team = await gather("```python\ndef half(x):\n    return x / 2\n```")
    proposal = await team.propose_edit(asked("fix", 4, "textkit/half.py", text), silent)
    assert proposal.after == text.replace("x * 2", "x / 2")


async def no_room_for_others(_model: ScriptedModel, request: CompletionRequest) -> int:
    """Tokens of a prompt, as a model counts that has a small window."""
    text = "\n".join(turn.content for turn in request.messages)
    return 9999 if "uses of other files" in text else 100


@pytest.mark.parametrize("room", [True, False])
async def test_a_mended_function_uses_what_other_files_define(
    gather: Gather, repository: Path, monkeypatch: pytest.MonkeyPatch, room: bool
) -> None:
    """The model sees what the code names, if that fits; what it does not import is imported."""
    if not room:
        monkeypatch.setattr(ScriptedModel, "count_tokens", no_room_for_others)
    (repository / "textkit" / "money.py").write_text(
        'def round_cash(cents: int) -> int:\n    """To 5 cents."""\n    return cents\n'
    )
    git(repository, "add", "--all")
    git(repository, "commit", "-qm", "money")
    text = "def due(cents):\n    return roundcash(cents)  # round_cash\n"
    seen = (
        "part to change"
        if not room
        else r"- round_cash\(cents: int\) -> int \(textkit/money.py\): To 5 cents."
    )
    reply = "```python\ndef due(cents):\n    return round_cash(cents)\n```"
    team = await gather("no", rules=[{"agent": "developer", "matches": seen, "reply": reply}])
    request = EditRequest("fix", "textkit/due.py", text, 1, 1, '"roundcash" is not defined')
    proposal = await team.propose_edit(request, silent)
    assert proposal.after == (
        "from textkit.money import round_cash\n\n\ndef due(cents):\n    return round_cash(cents)\n"
    )
