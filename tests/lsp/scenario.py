"""What tests on the real server process share: a script for the model, and its variables."""

import json
import os
from pathlib import Path

from tests.sample import PLANNING, SLUGIFY

LONG_REPLY = "Here is a long answer about everything there is to say. " * 200
RULES = [
    *PLANNING,
    {"agent": "developer", "reply": SLUGIFY},
    {"agent": "project_manager", "reply": LONG_REPLY},
]


def environment(
    folder: Path, *, delay: float = 0.0, first_rules: list[dict[str, str]] | None = None
) -> dict[str, str]:
    """Variables that give the server a data folder and a scripted model of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "script.json"
    rules = [*(first_rules or []), *RULES]
    script.write_text(json.dumps({"rules": rules, "delay_seconds_per_token": delay}))
    own = {name: value for name, value in os.environ.items() if not name.startswith("TENON_")}
    return own | {"TENON_DATA_DIR": str(folder / "data"), "TENON_SCRIPTED_MODEL": str(script)}
