"""Which files stay out of the index by their names alone."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from memory.chunking.languages import words

SECRET = "secret"  # noqa: S105 - the reason that a report names
VENDORED = "vendored"
GENERATED = "generated"
BINARY = "binary"
LARGE = "too large"
TOO_MANY = "too many files"
UNREADABLE = "unreadable"

_SECRETS = re.compile(
    r"""
    \.env(?:\.(?!(?:example|sample|template|dist|defaults)$).*)? | .*\.env
    | .*\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk|ovpn|tfstate|tfstate\.backup|tfvars|gpg|asc|p8)
    | id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?
    | [._]netrc | \.npmrc | \.pypirc | \.htpasswd | \.pgpass | \.my\.cnf | \.git-credentials
    | \.dockercfg | \.dockerconfigjson | \.vault[-_]?(?:token|pass) | kubeconfig
    | (?:client[-_])?(?:secrets?|credentials?)(?:\.(?:ya?ml|json|toml|ini|cfg|conf|txt|xml))?
    | (?:gcp|google|service)[-_]?(?:service[-_]?)?account.*\.json
    """,
    re.VERBOSE | re.IGNORECASE,
)
_VENDORED = words(
    "node_modules bower_components jspm_packages vendor vendored third_party third-party"
    " thirdparty site-packages dist-packages .venv venv .tox .nox __pycache__ .git .hg .svn"
    " dist .next .nuxt .yarn .pnpm-store Pods Carthage .eggs .gradle .terraform"
)
"""Folders of other people's code and of build results, as GitHub's Linguist has them."""
_GENERATED = re.compile(
    r"""
    .*[.-]min\.(?:js|mjs|css) | .*\.(?:js|mjs|cjs|css|ts)\.map | .*\.bundle\.js
    | .*\.lock | .*\.lockb | .*[-.]lock\.(?:json|ya?ml) | npm-shrinkwrap\.json | go\.sum
    | gradle\.lockfile | .*_pb2(?:_grpc)?\.pyi? | .*\.pb(?:\.gw)?\.go | .*\.pb\.(?:cc|h)
    | .*_pb\.(?:js|d\.ts) | .*\.g\.dart | .*\.freezed\.dart | .*\.designer\.cs | .*\.snap
    | zz_generated\..* | .*\.generated\.\w+
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BINARY = words(
    ".png .jpg .jpeg .gif .bmp .ico .icns .webp .tif .tiff .psd .svg .mp3 .mp4 .wav .ogg .avi .mov"
    " .webm .flac .zip .gz .bz2 .xz .zst .7z .rar .tar .tgz .jar .war .whl .egg .deb .rpm .dmg .iso"
    " .exe .dll .so .dylib .a .o .obj .lib .class .pyc .pyo .pyd .wasm .node .bin .dat .db .sqlite"
    " .sqlite3 .parquet .arrow .feather .npy .npz .pkl .pickle .h5 .onnx .gguf .safetensors .pt"
    " .pth .pdf .doc .docx .xls .xlsx .ppt .pptx .odt .ttf .otf .woff .woff2 .eot .vsix"
)


def reason_to_leave_out(path: str) -> str:
    """Why the file stays out, in a word; empty if its name says nothing against it."""
    file = PurePosixPath(path)
    if _SECRETS.fullmatch(file.name) or path.endswith((".docker/config.json", ".kube/config")):
        return SECRET
    if not _VENDORED.isdisjoint(file.parts[:-1]):
        return VENDORED
    if _GENERATED.fullmatch(file.name):
        return GENERATED
    return BINARY if file.suffix.lower() in _BINARY else ""
