"""The lint, type and format checks that a repository already uses."""

from agents.tools.checks.contract import Check, CheckRun, Finding, new_findings
from agents.tools.checks.find import find_checks
from agents.tools.checks.run import Checker

__all__ = ["Check", "CheckRun", "Checker", "Finding", "find_checks", "new_findings"]
