#!/usr/bin/env bash
# Prints the path of a compiled wheel of llama-cpp-python at the locked version, compiling it
# (about three minutes on two cores) unless this machine has done so before. The wheel is made
# for this processor, so the processor is part of the key that it is kept under.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh
export PATH=$PWD/.venv/bin:$PATH

locked=$(awk '/^llama-cpp-python==/ {on = 1} on {print} on && !/\\$/ {exit}' requirements.txt)
[[ -n $locked ]] || die "requirements.txt does not lock llama-cpp-python. Run: make lock"

key() {
    echo "$locked"
    echo "${CMAKE_ARGS:-} ${CFLAGS:-} ${CXXFLAGS:-}"
    cat scripts/amx_tile_config.h scripts/llama_build.cmake
    python -c 'import sysconfig; print(sysconfig.get_platform())'
    grep -m 1 -E '^(flags|Features)' /proc/cpuinfo || true
}

folder=$(cache_folder)/wheels/$(key | sha256sum | cut -c 1-16)
mkdir -p "$folder"
exec 9>"$folder.lock"
flock 9
if ! compgen -G "$folder/*.whl" >/dev/null; then
    need g++ "Install a C++ compiler: $(apt_command build-essential)"
    say "Compiling llama-cpp-python (once on this machine, about three minutes on two cores) …"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    echo "$locked" >"$work/requirement.txt"
    cp scripts/amx_tile_config.h scripts/llama_build.cmake "$work"
    export CMAKE_ARGS="${CMAKE_ARGS:-} -DCMAKE_PROJECT_llama_cpp_INCLUDE=$work/llama_build.cmake"
    pip wheel --quiet --no-deps --no-build-isolation --no-cache-dir --require-hashes \
        --wheel-dir "$work/wheel" --requirement "$work/requirement.txt" >&2
    mv "$work"/wheel/*.whl "$folder/"
fi
compgen -G "$folder/*.whl"
