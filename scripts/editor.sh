#!/usr/bin/env bash
# Packs the extension and installs it into `code`. Without one, shows it in the test VS Code on
# this machine: prints the address to open, and stops with Ctrl+C.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

vsix=extension/tenon.vsix
(cd extension && npm run --silent package) >&2
if command -v code >/dev/null; then
    code --install-extension "$vsix" --force
    say "Open a Git repository in VS Code and click the Tenon icon in the activity bar."
    exit 0
fi

scripts/setup_debian.sh test
vscode=$(scripts/install_test_vscode.sh)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
repository=$(.venv/bin/python scripts/sample_repository.py "$work/textkit")
port=$(.venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
code_server() {
    node "$vscode/node_modules/code-server/out/node/entry.js" \
        --extensions-dir "$work/extensions" --user-data-dir "$work/user" "$@"
}
code_server --install-extension "$vsix" >&2
say "Open http://127.0.0.1:$port/?folder=$repository"
say "Stop with Ctrl+C; the sample repository goes with it."
TENON_COMMAND=$PWD/.venv/bin/tenon code_server --auth none --bind-addr "127.0.0.1:$port" \
    --disable-telemetry --disable-update-check --disable-workspace-trust "$repository" >/dev/null
