#!/usr/bin/env bash
# setup_node.sh FOLDER: installs the locked node packages of a folder. None of their install
# scripts is needed.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

need node "Install Node.js 20 or newer with npm"
need npm "Install Node.js 20 or newer with npm"
node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' ||
    die "Node.js 20 or newer is needed; this is $(node --version)"
say "Installing node packages of $1 …"
cd "$1"
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
