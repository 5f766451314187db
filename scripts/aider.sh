#!/usr/bin/env bash
# Prints the path of Aider, for benchmarks, in an environment of its own (installed once on this
# machine: it pins older versions of much that Tenon needs).
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

version=0.86.1
folder=$(cache_folder)/peers/aider-$version
if [[ ! -e $folder/ready ]]; then
    say "Installing Aider (once on this machine) …"
    "$(find_python)" -m venv --clear "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check "aider-chat==$version" pytest >&2
    touch "$folder/ready"
fi
echo "$folder/bin/aider"
