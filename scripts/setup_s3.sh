#!/usr/bin/env bash
# Creates .venv-s3 with the S3 server that the tests of the object store start.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

say "Installing the S3 test server …"
[[ -x .venv-s3/bin/python ]] || "$(find_python)" -m venv .venv-s3
.venv-s3/bin/python -m pip install --quiet --disable-pip-version-check \
    --require-hashes --requirement requirements-s3.txt
