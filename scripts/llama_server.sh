#!/usr/bin/env bash
# Prints the path of llama.cpp's own server, for benchmarks, built (about ten minutes, once on
# this machine) from the source that the locked llama-cpp-python carries, as that one is built.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

version=$(sed -n 's/^llama-cpp-python==\([^ ]*\).*/\1/p' requirements.txt)
target=$(cache_folder)/peers/llama-server-$version-amx
if [[ ! -x $target ]]; then
    say "Building llama-server (once on this machine, about ten minutes on two cores) …"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    .venv/bin/pip download --quiet --no-binary :all: --no-deps --no-build-isolation \
        --dest "$work" "llama-cpp-python==$version" >&2
    tar -xf "$work"/llama_cpp_python-*.tar.gz -C "$work" --strip-components 1
    cp scripts/amx_tile_config.h "$work"
    include="-include $work/amx_tile_config.h"
    export CFLAGS="${CFLAGS:-} $include" CXXFLAGS="${CXXFLAGS:-} $include"
    cmake -S "$work/vendor/llama.cpp" -B "$work/build" -DCMAKE_BUILD_TYPE=Release \
        -DGGML_NATIVE=ON -DBUILD_SHARED_LIBS=OFF -DLLAMA_BUILD_SERVER=ON -DLLAMA_CURL=OFF \
        -DLLAMA_OPENSSL=OFF -DLLAMA_BUILD_UI=OFF -DLLAMA_USE_PREBUILT_UI=OFF \
        -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF >&2
    cmake --build "$work/build" --target llama-server -j "$(nproc)" >&2
    mkdir -p "$(dirname "$target")"
    mv "$work/build/bin/llama-server" "$target"
fi
echo "$target"
