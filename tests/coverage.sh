#!/usr/bin/env bash
# Builds the tests of the ledger and of the reports' rules with counters, runs
# them, and prints the share of lines that ran, by file and in all. Run by hand;
# needs gcovr (Debian's package). Usage: tests/coverage.sh
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/coverage
if ! command -v gcovr >/dev/null; then
  echo "gcovr is missing: apt-get install gcovr" >&2
  exit 1
fi

cd "$root"
cmake --preset coverage
mapfile -t programs < <(
  ninja -C "$build" -t targets all |
    sed -n 's#^tests/\(ledger\|report\|service\)/\([a-z_0-9]*_test\): .*#tests/\1/\2#p' |
    sort -u
)
ninja -C "$build" "${programs[@]}"
find "$build" -name '*.gcda' -delete
for program in "${programs[@]}"; do
  "$build/$program" --gtest_brief=1
done

for part in ledger service/report; do
  echo "== $part"
  gcovr --root "$root" --filter "$root/$part/" --object-directory "$build" \
    --exclude-throw-branches --gcov-ignore-parse-errors "$build"
done
