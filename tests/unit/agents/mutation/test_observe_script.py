"""What versions of a file in JavaScript answer is seen, under each of the test runners."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.languages.registry import language_of
from agents.tools.observe import NO_ANSWER, Observation, observe
from agents.tools.runners.choose import choose
from agents.tools.sandbox import Sandbox
from agents.tools.test_runner import TestRunner
from tests.script_miss import ScriptMiss

PACKAGES = Path(__file__).parents[3] / "javascript" / "node_modules"
CALLS = ["f(0)", "f(1)", "f(300)", "f(2)"]
TESTED = ScriptMiss("f", "export const f = (x) => x;\n", (("f(7)", "7"),))


async def seen(
    sandbox: Sandbox, root: Path, framework: str, *bodies: str, target: str = "near.js"
) -> list[Observation]:
    """Bodies of ``f(x)``, each asked `CALLS`."""
    versions = [f"export const f = (x) => {{\n  {body}\n}};\n" for body in bodies]
    files = [path.name for path in root.iterdir()]
    runner = TestRunner(sandbox, choose(root, target))
    assert runner.adapter.name == framework
    language = language_of(target, files, {"package.json": (root / "package.json").read_text()})
    calls = language.with_runner(framework).calls
    imports = [f'import {{ f }} from "./{target}";']
    test = f"near.test{Path(target).suffix}"
    probe = calls.probe(test, imports, CALLS)
    found = await observe(runner, root, target, [test], probe, versions)
    assert sorted(path.name for path in root.iterdir()) == sorted(files)
    return found


@pytest.fixture(params=["node", "vitest", "jest"])
def framework(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A repository for one of the runners."""
    assert PACKAGES.is_dir(), "The packages of the tests are missing: make setup-test."
    name = str(request.param)
    TESTED.write(tmp_path, name)
    if name != "node":
        (tmp_path / "node_modules").symlink_to(PACKAGES)
    return name


async def test_values_and_exceptions_are_told_and_what_fails_the_tests_is_not_sound(
    sandbox: Sandbox, tmp_path: Path, framework: str
) -> None:
    right, wrong = await seen(
        sandbox,
        tmp_path,
        framework,
        "if (x === 1) throw new RangeError('few: 1\\nor so'); return x === 2 ? undefined.a : x;",
        "return [x, `a'${x}`, { 'b-c': [[x], null, undefined] }];",
    )
    assert right.sound and not wrong.sound
    read = "TypeError: Cannot read properties of undefined (reading 'a')"
    assert right.answers == ("0", "RangeError: few: 1", "300", read)
    calls = language_of("near.js").calls
    value = """[0, "a'0", { "b-c": [[0], null, undefined] }]"""
    assert calls.agree(value, wrong.answers[0]), wrong.answers[0]


async def test_promises_are_awaited_and_long_values_differ_where_they_differ(
    sandbox: Sandbox, tmp_path: Path, framework: str
) -> None:
    bodies = [f"return x < 9 ? Promise.resolve(x) : 'a'.repeat(x){end}" for end in ("", " + '.'")]
    one, other = await seen(sandbox, tmp_path, framework, *bodies)
    assert one.answers[:2] == other.answers[:2] == ("0", "1")
    assert one.answers[2] != other.answers[2] and len(one.answers[2]) < 150


async def test_an_endless_loop_harms_no_other_version(
    sandbox: Sandbox, tmp_path: Path, framework: str
) -> None:
    bodies = ["while (x === 300); return x;", "return x;", "return ("]
    endless, fine, broken = await seen(sandbox, tmp_path, framework, *bodies)
    assert fine.sound and fine.answers == ("0", "1", "300", "2")
    assert endless.answers[2:] == (NO_ANSWER, NO_ANSWER)
    assert not broken.sound and broken.answers == (NO_ANSWER,) * 4


async def test_typescript_is_asked_without_its_types_being_checked(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "node_modules").symlink_to(PACKAGES)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "near.ts").write_text("export const f = (x: number): number => x;\n")
    text = TESTED.module(TESTED.tests).replace("./near.js", "./near.ts")
    (tmp_path / "near.test.ts").write_text(text)
    (found,) = await seen(sandbox, tmp_path, "node", "return x;", target="near.ts")
    assert found.sound and found.answers == ("0", "1", "300", "2")


@pytest.mark.parametrize("name", ["inspect", "createHash", "tell", "shown", "Saw"])
async def test_what_is_called_may_have_any_name(
    sandbox: Sandbox, tmp_path: Path, name: str
) -> None:
    one = ScriptMiss(name, f"export const {name} = (x) => x;\n", ((f"{name}(7)", "7"),))
    one.write(tmp_path)
    runner = TestRunner(sandbox, choose(tmp_path, "near.js"))
    calls = language_of("near.js", (), {"package.json": '{"type": "module"}'}).calls
    probe = calls.probe("near.test.js", [f'import {{ {name} }} from "./near.js";'], [f"{name}(1)"])
    (found,) = await observe(runner, tmp_path, "near.js", ["near.test.js"], probe, [one.source])
    assert found.sound and found.answers == ("1",)
