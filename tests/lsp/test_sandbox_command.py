"""`tenon doctor --sandbox` shows what was tried, and fails where a promise is broken."""

import argparse
import dataclasses
import json
from pathlib import Path

from agents.tools.escapes import ESCAPES
from server import sandbox_command
from server.sandbox_command import prove_sandbox

FEW = [escape for escape in ESCAPES if escape.name in ("tcp", "daemon")]


def options(as_json: bool) -> argparse.Namespace:
    return argparse.Namespace(json=as_json, repository=Path())


async def test_json_says_for_each_sandbox_what_got_out(monkeypatch, capsys):
    monkeypatch.setattr(sandbox_command, "ESCAPES", FEW)
    assert await prove_sandbox(options(True)) == 0
    told = json.loads(capsys.readouterr().out)
    limits = {t["name"]: t["contained"] for t in told["trials"] if t["sandbox"] == "limits"}
    assert limits == {"tcp": False, "daemon": True}
    others = {t["sandbox"]: t["contained"] for t in told["trials"] if t["name"] == "tcp"}
    assert others.get("bubblewrap", True) is True
    assert others.get("landlock", False) is False
    assert told["used"] == told["trials"][0]["sandbox"]


async def test_table_names_what_is_not_contained(monkeypatch, capsys):
    monkeypatch.setattr(sandbox_command, "ESCAPES", FEW)
    assert await prove_sandbox(options(False)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(FEW[0].what in line and "NOT CONTAINED" in line for line in lines)
    assert any(FEW[1].what in line and "NOT" not in line for line in lines)


async def test_broken_promise_fails_the_command(monkeypatch, capsys):
    promised = [dataclasses.replace(FEW[0], limits=True)]
    monkeypatch.setattr(sandbox_command, "ESCAPES", promised)
    assert await prove_sandbox(options(False)) == 1
    assert "should be contained by limits" in capsys.readouterr().err
