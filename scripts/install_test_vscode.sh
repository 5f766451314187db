#!/usr/bin/env bash
# Installs the VS Code that the editor tests drive (code-server) into the user's cache folder
# and prints its folder. Built beside its final place and renamed at the end, so a half-made
# one is never used.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/lib.sh
source "$here/lib.sh"

version=4.100.3

target=${TENON_TEST_VSCODE:-$(cache_folder)/vscode-$version}

link_ripgrep() {
    local bin=node_modules/@vscode/ripgrep/bin
    mkdir -p "$bin"
    ln -sf "$(command -v rg)" "$bin/rg"
}

# node-gyp would download the headers of Node; use those installed beside it.
use_installed_node_headers() {
    local prefix
    prefix=$(node -p 'path.dirname(path.dirname(process.execPath))')
    if [[ -f $prefix/include/node/node.h ]]; then
        export npm_config_nodedir=$prefix
    fi
}

install_packages() { # npm runs no install script here: some download, and fail without a way out
    npm "$@" --ignore-scripts --no-audit --no-fund --loglevel=error
}

build() {
    cp "$here/test-vscode/package.json" "$here/test-vscode/package-lock.json" .
    install_packages ci
    npm rebuild argon2 --loglevel=error
    cd node_modules/code-server/lib/vscode
    install_packages install --omit=dev
    npm rebuild node-pty @parcel/watcher @vscode/spdlog native-watchdog --loglevel=error
    link_ripgrep
    ln -sfn node_modules node_modules.asar
    (cd extensions && install_packages install --omit=dev)
}

if [[ -f $target/node_modules/code-server/out/node/entry.js ]]; then
    echo "$target"
    exit 0
fi
need npm "Install Node.js 20 with npm"
need rg "Install ripgrep: $(apt_command ripgrep)"
mkdir -p "$(dirname "$target")"
exec 9>"$target.lock"
flock 9
if [[ ! -d $target ]]; then
    say "Installing the test VS Code (once, about two minutes) …"
    use_installed_node_headers
    rm -rf "$target.partial"
    mkdir "$target.partial"
    (cd "$target.partial" && build) >&2
    mv "$target.partial" "$target"
fi
echo "$target"
