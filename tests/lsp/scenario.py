"""What tests on the real server process share: a repository, a script for the model, a client."""

import json
import os
import shutil
import subprocess
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "textkit"

REQUEST = (
    "Add a function slugify(text) that turns a title into a URL slug. For example "
    'slugify("Hello, World!") returns "hello-world" and slugify("---") returns "".'
)
SLUGIFY = '''```python
import re


def slugify(text: str) -> str:
    """Turn a title into a URL slug."""
    words = re.findall(r"[a-z0-9]+", strip_accents(text).lower())
    return "-".join(words)
```'''
DRAFT = {
    "statement": "When a caller passes a title to `slugify`, the library shall return its slug.",
    "title": "URL slugs",
    "criteria": ["Words are joined by hyphens.", "Nothing but hyphens gives nothing."],
}
LONG_REPLY = "Here is a long answer about everything there is to say. " * 200
RULES = [
    {"contains": "Sort a message", "reply": '{"intent": "talk"}'},
    {"agent": "spec_builder", "contains": "Behaviours:", "reply": '{"examples": []}'},
    {"agent": "spec_builder", "reply": json.dumps(DRAFT)},
    {"agent": "architect", "contains": "Map of", "reply": '{"file": "textkit/cleaning.py"}'},
    {"agent": "architect", "reply": "It adds slugify; look at the pattern for words."},
    {"agent": "developer", "reply": SLUGIFY},
    {"agent": "project_manager", "reply": LONG_REPLY},
]


def git(repository: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *arguments]
    done = subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def new_repository(root: Path) -> Path:
    """A copy of the sample package with one commit."""
    shutil.copytree(EXAMPLE, root)
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "config", "user.name", "Ada")
    git(root, "config", "user.email", "ada@example.org")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "initial")
    return root


def environment(folder: Path, *, delay: float = 0.0, first_rules: list[dict] | None = None) -> dict:
    """Variables that give the server a data folder and a scripted model of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "script.json"
    rules = [*(first_rules or []), *RULES]
    script.write_text(json.dumps({"rules": rules, "delay_seconds_per_token": delay}))
    own = {name: value for name, value in os.environ.items() if not name.startswith("TENON_")}
    return own | {"TENON_DATA_DIR": str(folder / "data"), "TENON_SCRIPTED_MODEL": str(script)}
