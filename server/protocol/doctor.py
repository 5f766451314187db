"""The settings in force, and what was checked."""

from __future__ import annotations

from typing import Literal

from attrs import define


@define
class DoctorParams:
    """No parameters."""


@define
class SettingInForce:
    """One setting, its value and where it came from."""

    name: str
    value: str
    source: Literal["environment", "editor", "default"]


@define
class Finding:
    """One thing that was checked."""

    name: str
    level: Literal["ok", "warning", "error"]
    text: str
    remedy: str = ""
    """Command or setting that mends it."""


@define
class DoctorResult:
    """Settings in force and what is missing."""

    settings: list[SettingInForce]
    findings: list[Finding]
