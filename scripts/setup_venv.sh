#!/usr/bin/env bash
# Creates .venv and brings it to the locked, hash-checked versions. With `dev`, the tools that
# check and test as well.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

requirements=requirements.txt
[[ ${1:-} == dev ]] && requirements=requirements-dev.txt

create_venv() {
    local python
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        install_debian python3-venv || die "venv is missing: $(apt_command python3-venv)"
    fi
    "$python" -m venv .venv
}

install() {
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"
}

[[ -x .venv/bin/python ]] || create_venv
say "Installing Python packages ($requirements) …"
install --require-hashes --requirement requirements-build.txt
wheel=$(scripts/llama_wheel.sh)
# One that is compiled otherwise has the same version, so pip would keep the old one.
if [[ $(cat .venv/llama-wheel 2>/dev/null) != "$wheel" ]]; then
    install --no-deps --no-index --force-reinstall "$wheel"
    echo "$wheel" >.venv/llama-wheel
fi
install --require-hashes --requirement "$requirements"
install --no-deps --no-build-isolation --no-index --editable .
