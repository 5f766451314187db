#!/usr/bin/env bash
# Writes the hash-checked lock files anew from pyproject.toml, with the newest versions that fit.
# The lock files name no package index, so that they serve everyone.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"$(find_python)" -m venv "$tools"
"$tools/bin/pip" install --quiet uv==0.13.9

compile() { # compile OUTPUT SOURCE OPTION…
    local output=$1
    shift
    "$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --native-tls \
        --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        --upgrade --output-file "$output" "$@"
    say "$output: $(grep -c '==' "$output") packages"
}

compile requirements.txt pyproject.toml
compile requirements-dev.txt pyproject.toml --extra dev --constraints requirements.txt
compile requirements-build.txt scripts/requirements-build.in --constraints requirements-dev.txt
compile requirements-mongo.txt scripts/requirements-mongo.in
compile requirements-s3.txt scripts/requirements-s3.in
