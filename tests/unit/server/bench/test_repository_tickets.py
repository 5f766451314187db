"""Every ticket of the shop can be solved, has to be solved, and needs other files or none."""

from __future__ import annotations

import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from tests.benchmarks.plain_tickets import PLAIN_TICKETS
from tests.benchmarks.repository_tickets import TICKETS, ShopTicket

_ALL = (*TICKETS, *PLAIN_TICKETS)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What the tests of each ticket said with all references in place, in one run of pytest."""
    root = tmp_path_factory.mktemp("shop")
    texts = dict(TICKETS[0].task().files)
    for ticket in _ALL:
        task = ticket.task()
        before = texts.get(task.target_file, "")
        texts |= {**task.tests, task.target_file: f"{before}\n\n{ticket.reference}"}
    for path, text in texts.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    report = root / "report.xml"
    options = ["-q", "-p", "no:cacheprovider", f"--rootdir={root}", f"--junit-xml={report}"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    subprocess.run(
        [sys.executable, "-m", "pytest", *options, "tests"],
        check=False,
        cwd=root,
        env={**environment, "PYTHONPATH": str(root)},
        capture_output=True,
    )
    found: dict[str, set[str]] = {}
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314
        name = case.get("classname", "").removeprefix("tests.")
        found.setdefault(name, set()).add("failed" if len(case) else "passed")
    return found


@pytest.mark.parametrize("ticket", _ALL, ids=lambda ticket: ticket.symbol)
def test_reference_passes_the_tests(outcomes: dict[str, set[str]], ticket: ShopTicket) -> None:
    assert outcomes[ticket.test_name] == {"passed"}


@pytest.mark.parametrize("ticket", TICKETS, ids=lambda ticket: ticket.symbol)
def test_ticket_needs_another_file_and_a_new_one(ticket: ShopTicket) -> None:
    task = ticket.task()
    assert "from shop." in ticket.reference and task.target_file not in task.files
    name = ticket.symbol.rpartition(".")[2]
    assert not any(f"def {name}(" in text for text in task.files.values())


@pytest.mark.parametrize("ticket", PLAIN_TICKETS, ids=lambda ticket: ticket.symbol)
def test_plain_ticket_is_for_a_file_that_is_there(ticket: ShopTicket) -> None:
    task = ticket.task()
    assert "import" not in ticket.reference and task.target_file in task.files
    name = ticket.symbol.rpartition(".")[2]
    assert not any(f"def {name}(" in text for text in task.files.values())
