# Small helpers of the set-up scripts. Sourced, never run.
# shellcheck shell=bash

say() { printf '%s\n' "$*" >&2; }

die() {
    say "$*"
    exit 1
}

# need COMMAND ADVICE: stops with one line unless the command exists.
need() { command -v "$1" >/dev/null || die "$1 is missing. $2."; }

# apt_command PACKAGE…: the line that a person types to install Debian packages.
apt_command() { echo "sudo apt-get install -y $*"; }
