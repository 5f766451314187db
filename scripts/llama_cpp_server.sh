#!/usr/bin/env bash
# Prints the Python of an environment with llama-cpp-python's own server, for benchmarks: the
# same compiled wheel as Tenon's.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

wheel=$(scripts/llama_wheel.sh)
folder=$(cache_folder)/peers/llama-cpp-server-$(basename "$(dirname "$wheel")")
if [[ ! -e $folder/ready ]]; then
    "$(find_python)" -m venv --clear "$folder"
    "$folder/bin/pip" install --quiet "$wheel[server]" >&2
    touch "$folder/ready"
fi
echo "$folder/bin/python"
