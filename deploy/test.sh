#!/usr/bin/env bash
# Sets up a fresh Debian 12, builds Annals and runs all its tests.
# Usage: deploy/test.sh [preset]      preset: release (default), asan or tsan
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
preset=${1:-release}
build=$("$root/deploy/setup.sh" "$preset" | tail -n 1)
exec ctest --test-dir "$build" --output-on-failure -j "$(nproc)"
