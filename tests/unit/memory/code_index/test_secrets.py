"""No secret gets into the index; the code around it does."""

import pytest

from memory.chunking.chunker import chunk_text
from memory.code_index.secrets import MASK, redact

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----"
SECRETS = {
    "AWS": ("a.py", 'key_id = "{}"', "AKIA" + "IOSFODNN7EXAMPLE"),
    "GitHub": ("a.py", "token = '{}'", "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345"),
    "Slack": (
        "a.js",
        "post('{}')",
        "xoxb-" + "263594206564-2343594206564-FGqddMF8t08v8N7Oq4i57vs1",
    ),
    "password": ("a.py", 'password = "{}"', "hunter2secret"),
    "password in YAML": ("a.yaml", "db_password: {}", "hunter2secret"),
    "basic authentication": ("a.go", 'url := "postgres://bob:{}@host/db"', "s3cretpw9"),
    "random": ("a.ts", 'const x = "{}";', "c3VwZXIgbG9uZyBzdHJpbmcgc2hvdWxkIGNhdXNlIGVub3VnaCB"),
    "hexadecimal": ("a.rs", 'let x = "{}";', "2b00042f7481c7b056c4b410d28f33cf9e3c2b1a"),
}


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_masked_and_the_line_stays(kind):
    path, line, secret = SECRETS[kind]
    source = line.format(secret)
    assert redact(path, source) == line.format(MASK)


def test_a_private_key_is_masked_and_lines_keep_their_numbers():
    source = f'KEY = """{KEY}"""\n\ndef sign():\n    return KEY\n'
    masked = redact("a.py", source)
    assert "MIIEow" not in masked
    assert "IBAAKC" not in masked
    (function,) = [c for c in chunk_text("a.py", masked) if c.symbol == "sign"]
    assert function.start_line == source.split("\n").index("def sign():") + 1


@pytest.mark.parametrize(
    "source",
    [
        'password = getpass("Password: ")',
        'api_key = os.environ["API_KEY"]',
        'secret = "{{ vault.secret }}"',
        'text = "Enter your password, please"',
        'path = "agents/tools/runners/guests/unittest_guest"',
        'uid = "123e4567-e89b-12d3-a456-426614174000"',
        'letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"',
        "def password_is_right(password: str) -> bool: ...",
    ],
)
def test_ordinary_code_stays_as_it_is(source):
    assert redact("a.py", source) == source
