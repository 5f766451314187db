#!/usr/bin/env bash
# Lets the team build one feature with the local model: in a fresh copy of the sample project,
# or in the repository REPO. Exit code 0 only if it was merged and a clean checkout of the
# result passes its tests. The last line is TENON_RUN_REPOSITORY=<path>.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

fresh_sample() {
    local data
    data=${TENON_DATA_DIR:-$(.venv/bin/python -c 'import platformdirs as p; print(p.user_data_dir("tenon"))')}
    .venv/bin/python scripts/sample_repository.py "$data/samples/textkit-$(date +%Y%m%d-%H%M%S)-$$"
}

if [[ -n ${REPO:-} ]]; then
    [[ -n ${REQUEST:-} ]] || die 'Say what to build: make run REPO=path REQUEST="…"'
    repository=$(git -C "$REPO" rev-parse --show-toplevel) || die "$REPO is not a Git repository."
    request=$REQUEST
else
    repository=$(fresh_sample)
    request=${REQUEST:-$(<examples/textkit.request.txt)}
fi
base=$(git -C "$repository" rev-parse --verify --quiet HEAD) ||
    die "$repository has no commit yet. Make one first: git commit --allow-empty -m 'Start'"

trap 'echo "TENON_RUN_REPOSITORY=$repository"' EXIT
.venv/bin/tenon run --repository "$repository" --request "$request" --yes ${SEED:+--seed "$SEED"}
.venv/bin/python scripts/verify_clean_checkout.py "$repository" "$base"
