#!/usr/bin/env bash
# Sees to the Debian packages. `run`: what the product uses (it works without, with a warning).
# `test`: what the tests cannot do without.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

missing=()
want() { # want COMMAND PACKAGE
    command -v "$1" >/dev/null || missing+=("$2")
}

case ${1:-} in
    run) want bwrap bubblewrap ;;
    test)
        want chromium chromium
        want git-lfs git-lfs
        want rg ripgrep
        want strace strace
        ;;
    *) die "usage: $0 run|test" ;;
esac

if ((${#missing[@]} == 0)) || install_debian "${missing[@]}"; then
    exit 0
fi
if [[ $1 == run ]]; then
    say "Without bubblewrap, Landlock or limits alone confine what a model wrote, and leave it the network."
    say "To have the sandbox: $(apt_command "${missing[@]}")"
else
    die "The tests need packages: $(apt_command "${missing[@]}")"
fi
