"""The sample repository, a wish for it, and what a scripted model answers until it is planned."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

EXAMPLE = Path(__file__).parents[1] / "examples" / "textkit"

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
PLANNING: list[dict[str, Any]] = [
    {"contains": "Sort a message", "reply": '{"intent": "talk"}'},
    {"agent": "spec_builder", "contains": "Behaviours:", "reply": '{"examples": []}'},
    {"agent": "spec_builder", "reply": json.dumps(DRAFT)},
    {"agent": "architect", "contains": "Map of", "reply": '{"file": "textkit/cleaning.py"}'},
    {"agent": "architect", "reply": "It adds slugify; look at the pattern for words."},
]


def git(repository: Path, *arguments: str) -> str:
    """Run Git as the person would."""
    command = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *arguments]
    done = subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def new_repository(root: Path) -> Path:
    """A fresh copy of the sample package with one commit on branch main."""
    shutil.copytree(EXAMPLE, root)
    return _committed(root)


def repository_of(root: Path, files: dict[str, str]) -> Path:
    """A repository with one commit that holds these files."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return _committed(root)


def _committed(root: Path) -> Path:
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "config", "user.name", "Ada")
    git(root, "config", "user.email", "ada@example.org")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "initial")
    return root
