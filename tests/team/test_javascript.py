"""JavaScript and TypeScript go the same way as Python, from the wish to the merge."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from agents.orchestrator import Orchestrator
from agents.progress import silent
from memory.records import AcceptanceTest, Ticket, TicketState
from server.models.scripted import ScriptedModel
from tests.sample import git, repository_of
from tests.team.conftest import Gather, ready_ticket

TEXT = """\
/** The first letter in capitals. */
export function capitalise(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export   const SEPARATOR = "-";   // spaced as a person left it
"""
TESTS = """\
import { test } from "node:test";
import assert from "node:assert/strict";
import { capitalise } from "../src/text.js";

test("capitalise", () => {
  assert.equal(capitalise("abc"), "Abc");
});
"""
SLUGIFY = """```javascript
function words(text) {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

export function slugify(text) {
  return words(text).join(SEPARATOR);
}
```"""
WRONG = """```javascript
export function slugify(text) {
  return text.toLowerCase();
}
```"""
BROUGHT = """\
import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { slugify } from "../src/text.js";

describe("slugify", () => {
  it("joins words", () => {
    assert.strictEqual(slugify("Hello, World!"), "hello-world");
  });

  it("gives nothing for nothing", () => {
    assert.strictEqual(slugify("--"), "");
  });
});
"""
STUB = """
export function slugify(text) {
  throw new Error("not implemented");
}
"""
WISH = (
    "Add a function slugify(text) that turns a title into a URL slug. For example "
    'slugify("Hello, World!") returns "hello-world" and slugify("---") returns "".'
)
REVIEW = {"agent": "architect", "reply": "Look at it."}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A small package in JavaScript, in the place of the sample in Python."""
    root = tmp_path / "répo with space"
    files = {
        "package.json": json.dumps({"type": "module", "scripts": {"test": "node --test"}}),
        "src/text.js": TEXT,
        "test/text.test.js": TESTS,
    }
    return repository_of(root, files)


def node_tests(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["node", "--test"], cwd=root, capture_output=True, text=True, check=False)


async def run(team: Orchestrator, *tests: AcceptanceTest, symbol: str = "slugify") -> Ticket:
    words = "Turn a title into a URL slug."
    ticket = await team.add_ticket("Slugs", words, "src/text.js", symbol, tests)
    return await team.run_ticket(ticket.id, silent)


async def test_ticket_with_node_tests_is_built_and_merged(gather: Gather, repository: Path) -> None:
    text = repository / "src" / "text.js"
    text.write_text(TEXT + STUB)
    git(repository, "commit", "-qam", "stub")
    team = await gather(WRONG, SLUGIFY)
    brought = AcceptanceTest(path="test/slugify.test.js", text=BROUGHT, origin="ticket")
    ticket = await run(team, brought)

    assert ticket.state is TicketState.REVIEW, ticket.note
    evidence = ticket.evidence
    assert evidence.red_run and evidence.red_run.failed == 2
    assert evidence.green_run and evidence.green_run.passed == 2
    assert evidence.suite_run and evidence.suite_run.passed == 3
    assert evidence.candidates_run == 2 and list(evidence.test_hashes) == [brought.path]
    assert (await team.accept_ticket(ticket.id)).state is TicketState.MERGED
    merged = text.read_text()
    assert merged.startswith(TEXT), "every other byte stays"
    assert "\nfunction words(text) {" in merged and merged.count("slugify") == 1
    assert node_tests(repository).returncode == 0


async def test_sentence_with_examples_becomes_a_merged_branch(
    gather: Gather, repository: Path
) -> None:
    team = await gather(WRONG, SLUGIFY)
    ticket = await team.run_ticket(await ready_ticket(team, WISH), silent)

    assert ticket.state is TicketState.REVIEW, ticket.note
    assert (ticket.target_file, ticket.target_symbol) == ("src/text.js", "slugify")
    assert list(ticket.evidence.test_hashes) == ["test/slugify.test.js"]
    assert ticket.evidence.red_run and ticket.evidence.green_run
    assert ticket.evidence.green_run.passed == 2
    await team.accept_ticket(ticket.id)
    assert (repository / "src" / "text.js").read_text().startswith(TEXT)
    assert (
        'assert.equal(slugify("---"), "");' in (repository / "test" / "slugify.test.js").read_text()
    )
    assert node_tests(repository).returncode == 0
    assert git(repository, "status", "--porcelain") == ""


async def test_near_miss_is_mended_by_small_changes_without_the_model(
    gather: Gather, repository: Path
) -> None:
    near = """```javascript
export function slugify(text) {
  return text.toLowerCase().trim().replace(/[^a-z0-9]/g, "-").replace(/^-+|-+$/, "");
}
```"""
    team = await gather(near)
    ticket = await team.run_ticket(await ready_ticket(team, WISH), silent)

    assert ticket.state is TicketState.REVIEW, ticket.note
    assert ticket.evidence.rung == "mutation"
    assert ticket.evidence.green_run and ticket.evidence.green_run.passed == 2
    await team.accept_ticket(ticket.id)
    assert node_tests(repository).returncode == 0


WHOLE = """```javascript
export function words(text) {
  return text.toLowerCase().match(/[a-z]+/g) ?? [];
}

export function slugify(text) {
  return words(text).join("_");
}
```"""


@pytest.mark.parametrize("goes_on", [True, False])
async def test_part_that_fails_is_written_anew_in_its_file(
    gather: Gather, repository: Path, monkeypatch: pytest.MonkeyPatch, goes_on: bool
) -> None:
    """Also by a model of an endpoint, which may not go on from the head of a function."""
    monkeypatch.setattr(ScriptedModel, "continues_answers", lambda *_: goes_on)
    body = '  return words(text).join("-");'
    anew = f"```javascript\nfunction slugify(text) {{\n{body}\n}}\n```"
    rules = [
        {"agent": "developer", "matches": r"slugify\(text\) \{\s*$", "reply": body},
        {"agent": "developer", "contains": "new version of `slugify`", "reply": anew},
    ]
    ticket = await slugs(await gather(WHOLE, rules=rules), repository)

    assert ticket.state is TicketState.REVIEW, ticket.note
    assert ticket.evidence.rung == "part"


async def test_a_body_of_comments_alone_is_no_candidate(gather: Gather, repository: Path) -> None:
    body = {"agent": "developer", "matches": r"slugify\(text\) \{\s*$", "reply": "  // later"}
    ticket = await slugs(await gather(WHOLE, rules=[body], max_candidates=20), repository)
    best = ticket.evidence.best_attempt
    assert best is not None and 'join("_")' in best.text


async def slugs(team: Orchestrator, repository: Path) -> Ticket:
    """A ticket for a file with two stubs."""
    stub = "export function words(text) {}\n\nexport function slugify(text) {}\n"
    (repository / "src" / "slug.js").write_text(stub)
    git(repository, "add", "--all")
    git(repository, "commit", "-qm", "stub")
    tests = BROUGHT.replace("../src/text.js", "../src/slug.js")
    brought = AcceptanceTest(path="test/slug.test.js", text=tests, origin="ticket")
    ticket = await team.add_ticket("Slugs", "Slugs.", "src/slug.js", "", [brought])
    return await team.run_ticket(ticket.id, silent)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('test("a", () => {\n', "do not parse"),
        ('import "nowhere";\nimport { test } from "node:test";\ntest("a", () => {});\n',
         "prove nothing"),
        ('import { test } from "node:test";\ntest("a", () => {});\n', "passes already"),
    ],
)  # fmt: skip
async def test_tests_that_prove_nothing_block_the_ticket_before_any_code(
    gather: Gather, text: str, words: str
) -> None:
    team = await gather(SLUGIFY)
    ticket = await run(team, AcceptanceTest(path="test/a.test.js", text=text, origin="ticket"))
    assert ticket.state is TicketState.BLOCKED
    assert words in ticket.note and ticket.evidence.candidates_run == 0


PACKAGES = Path(__file__).parents[1] / "javascript" / "node_modules"
LEDGER = """\
import { round } from './numbers';

export interface Entry {
    amount: number;
}

export class Ledger {
    constructor(private readonly entries: Entry[]) {}

    count(): number {
        return this.entries.length;
    }

    total(): number {
        throw new Error('not implemented');
    }
}
"""
NUMBERS = "export const round = (n: number): number => Math.round(n * 100) / 100;\n"
LEDGER_TESTS = """\
import { beforeEach, describe, expect, it } from 'vitest';
import { Ledger } from '../src/ledger';

describe('Ledger', () => {
  let ledger: Ledger;
  beforeEach(() => {
    ledger = new Ledger([{ amount: 1.005 }, { amount: 2 }]);
  });
  it('adds up', () => {
    expect(ledger.total()).toBe(3.01);
  });
  it.each([[1, 1], [2, 2]])('of one %i', (amount, expected) => {
    expect(new Ledger([{ amount }]).total()).toBe(expected);
  });
});
"""
TOTAL = """```typescript
total(): number {
  const sum = this.entries.reduce((all, entry) => all + entry.amount, 0);
  return round(sum);
}
```"""


@pytest.fixture
def packages(repository: Path) -> Path:
    """The repository with vitest and tsx installed."""
    assert PACKAGES.is_dir(), "The packages of the tests are missing: make setup-test."
    (repository / "node_modules").symlink_to(PACKAGES)
    (repository / ".gitignore").write_text("node_modules\n")
    return repository


def commit(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "more")


async def test_method_in_typescript_with_vitest_is_built_and_merged(
    gather: Gather, packages: Path
) -> None:
    manifest = json.dumps({"type": "module", "scripts": {"test": "vitest"}})
    commit(
        packages,
        {"package.json": manifest, "src/ledger.ts": LEDGER, "src/numbers.ts": NUMBERS,
         "test/text.test.js": TESTS.replace('"node:test"', '"vitest"')},
    )  # fmt: skip
    team = await gather(TOTAL.replace("round(sum)", "sum"), TOTAL)
    tests = AcceptanceTest(path="test/ledger.test.ts", text=LEDGER_TESTS, origin="ticket")
    ticket = await team.add_ticket(
        "Total", "The total, rounded.", "src/ledger.ts", "Ledger.total", [tests]
    )
    ticket = await team.run_ticket(ticket.id, silent)

    assert ticket.state is TicketState.REVIEW, ticket.note
    assert ticket.evidence.red_run and ticket.evidence.red_run.failed == 3
    assert ticket.evidence.green_run and ticket.evidence.green_run.passed == 3
    assert ticket.evidence.candidates_run == 2
    await team.accept_ticket(ticket.id)
    merged = (packages / "src" / "ledger.ts").read_text()
    before, _, after = LEDGER.partition("        throw new Error('not implemented');\n    }")
    assert merged.startswith(before) and merged.endswith(after)
    assert "return round(sum);" in merged


async def test_sentence_about_typescript_becomes_a_merged_branch(
    gather: Gather, packages: Path
) -> None:
    text = "export const SEPARATOR: string = '-';\n"
    commit(packages, {"src/slug.ts": text, "src/other.ts": "export const a: number = 1;\n"})
    git(packages, "rm", "-q", "src/text.js", "test/text.test.js")
    git(packages, "commit", "-qm", "only TypeScript")
    answer = SLUGIFY.replace("javascript", "typescript").replace("(text)", "(text: string)")
    answer = answer.replace("words(text: string).join", "words(text).join")
    plan = {"agent": "architect", "contains": "Map of", "reply": '{"file": "src/slug.ts"}'}
    team = await gather(answer, rules=[plan])
    ticket = await team.run_ticket(await ready_ticket(team, WISH), silent)

    assert ticket.state is TicketState.REVIEW, ticket.note
    assert list(ticket.evidence.test_hashes) == ["test/slugify.test.ts"]
    assert ticket.evidence.green_run and ticket.evidence.green_run.passed == 2
    await team.accept_ticket(ticket.id)
    assert (packages / "src" / "slug.ts").read_text().startswith(text)


async def test_commonjs_stays_commonjs(gather: Gather, repository: Path) -> None:
    old = "function capitalise(text) {\n  return text;\n}\n\nmodule.exports = { capitalise };\n"
    commit(repository, {"package.json": "{}", "src/text.js": old})
    git(repository, "rm", "-q", "test/text.test.js")
    git(repository, "commit", "-qm", "no tests")
    team = await gather(SLUGIFY.replace("SEPARATOR", '"-"'))
    ticket = await team.run_ticket(await ready_ticket(team, WISH), silent)

    assert ticket.state is TicketState.REVIEW, ticket.note
    await team.accept_ticket(ticket.id)
    merged = (repository / "src" / "text.js").read_text()
    assert merged.endswith("\n\nmodule.exports = { capitalise, slugify };\n")
    assert "export function" not in merged and "helper" not in merged
    assert node_tests(repository).returncode == 0


async def test_criterion_without_an_example_is_tested_by_the_model(
    gather: Gather, repository: Path
) -> None:
    test = (
        '```javascript\nimport { test } from "node:test";\n\ntest("slug", () => {\n'
        '  assert.equal(slugify("A b"), "a-b");\n});\n```'
    )
    team = await gather(SLUGIFY, rules=[{"agent": "tester", "reply": test}])
    wish = "Add a function slugify(text) that joins words by hyphens."
    ticket = await team.run_ticket(await ready_ticket(team, wish), silent)

    assert ticket.state is TicketState.REVIEW, ticket.note
    assert ticket.evidence.green_run and ticket.evidence.green_run.passed == 2
    (path,) = ticket.evidence.test_hashes
    text = git(repository, "show", f"{ticket.branch}:{path}")
    assert 'import { slugify } from "../src/text.js";' in text
