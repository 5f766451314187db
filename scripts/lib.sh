# Small helpers of the set-up scripts. Sourced, never run.
# shellcheck shell=bash

say() { printf '%s\n' "$*" >&2; }

die() {
    say "$*"
    exit 1
}

cache_folder() { echo "${XDG_CACHE_HOME:-$HOME/.cache}/tenon"; }

# need COMMAND ADVICE: stops with one line unless the command exists.
need() { command -v "$1" >/dev/null || die "$1 is missing. $2"; }

# as_root COMMAND…: runs it as root, without ever asking for a password.
as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

may_be_root() { [[ $(id -u) == 0 ]] || sudo -n true 2>/dev/null; }

# apt_command PACKAGE…: the line that a person types to install Debian packages.
apt_command() { echo "sudo apt-get update && sudo apt-get install -y $*"; }

# install_debian PACKAGE…: installs them where that is allowed; otherwise returns 1.
install_debian() {
    command -v apt-get >/dev/null && may_be_root || return 1
    say "Installing Debian packages: $*"
    as_root apt-get update -q >&2 || return 1
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "$@" >&2
}

# find_python: prints the first Python that is new enough.
find_python() {
    local python
    for python in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$python"
            return
        fi
    done
    die "Python 3.11 or newer is missing. Install it ($(apt_command python3 python3-venv))," \
        "or name it: make setup PYTHON=/path/to/python3"
}
