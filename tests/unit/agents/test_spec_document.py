"""The spec file is read tolerantly and changed only where a change says so."""

import pytest

from agents.spec_document import apply_change, parse_spec, render_requirement
from memory.records import Criterion, Requirement, RequirementChange

SPEC = """# Spec: demo

Free text of the person.

## REQ-aaaaaa First

When a, the library shall b.

- AC-1: shows it. `f("a → b")` → `"x"`
- AC-2: refuses. `f(None)` raises `TypeError`

Notes under the first.

## REQ-bbbbbb Second

When c, the library shall d.

# Appendix

Kept.
"""


def _requirement(identifier: str = "REQ-cccccc") -> Requirement:
    return Requirement(
        id=identifier,
        title="Third",
        statement="When e, the library shall f.",
        source="Add g(n), please:\n\n    g(1) returns 2",
        criteria=[Criterion(id="AC-1", text="adds", call="g(1)", expected="2", origin="person")],
    )


def test_requirements_and_examples_are_read() -> None:
    document = parse_spec(SPEC)

    assert document.title == "demo"
    assert [r.id for r in document.requirements] == ["REQ-aaaaaa", "REQ-bbbbbb"]
    first, second = document.requirements[0].criteria
    assert (first.call, first.expected, first.text) == ('f("a → b")', '"x"', "shows it.")
    assert (second.call, second.raises) == ("f(None)", "TypeError")


def test_rendered_requirement_reads_back_the_same() -> None:
    requirement = _requirement()
    assert parse_spec(render_requirement(requirement)).requirements == [requirement]


def test_added_requirement_goes_to_the_end_and_leaves_the_rest_alone() -> None:
    change = RequirementChange(requirement_id="REQ-cccccc", kind="add", after=_requirement())
    text = apply_change(SPEC, change, "demo")
    assert text.startswith(SPEC.rstrip("\n"))
    assert "REQ-cccccc" in [r.id for r in parse_spec(text).requirements]


def test_modified_requirement_changes_alone() -> None:
    after = _requirement("REQ-aaaaaa")
    change = RequirementChange(requirement_id="REQ-aaaaaa", kind="modify", after=after)
    text = apply_change(SPEC, change, "demo")
    assert parse_spec(text).requirements[0] == after
    assert text.startswith("# Spec: demo\n\nFree text of the person.\n\n## REQ-aaaaaa Third")
    assert text.endswith(SPEC[SPEC.index("## REQ-bbbbbb") :])


def test_removed_requirement_takes_nothing_else_along() -> None:
    change = RequirementChange(requirement_id="REQ-bbbbbb", kind="remove")
    text = apply_change(SPEC, change, "demo")
    assert "REQ-bbbbbb" not in text
    assert text.endswith("# Appendix\n\nKept.\n")


def test_applying_a_change_twice_is_the_same_as_once() -> None:
    change = RequirementChange(requirement_id="REQ-cccccc", kind="add", after=_requirement())
    once = apply_change(SPEC, change, "demo")
    assert apply_change(once, change, "demo") == once


def test_new_file_gets_a_title() -> None:
    change = RequirementChange(requirement_id="REQ-cccccc", kind="add", after=_requirement())
    assert apply_change("", change, "demo").startswith("# Spec: demo\n\n## REQ-cccccc Third\n")


def test_line_ends_of_windows_stay() -> None:
    change = RequirementChange(requirement_id="REQ-cccccc", kind="add", after=_requirement())
    text = apply_change(SPEC.replace("\n", "\r\n"), change, "demo")
    assert "\n" not in text.replace("\r\n", "")


@pytest.mark.parametrize("text", ["", "no headings", "## REQ-\n", "- AC-1: alone", "#" * 50])
def test_any_text_can_be_read(text: str) -> None:
    assert parse_spec(text).requirements == []
