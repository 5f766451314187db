#!/usr/bin/env bash
# Creates .venv-mongo with the MongoDB server that the tests of the stores start.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

say "Installing the MongoDB test server …"
[[ -x .venv-mongo/bin/python ]] || "$(find_python)" -m venv .venv-mongo
.venv-mongo/bin/python -m pip install --quiet --disable-pip-version-check \
    --require-hashes --requirement requirements-mongo.txt
