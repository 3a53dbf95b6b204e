#!/usr/bin/env bash
# Sets up a fresh Debian 12, builds Annals, and shows the main job on a real
# published report: submitted, corrected, and its history reviewed with proof.
# Usage: deploy/demo.sh [--lang zh|en]      (default: from the locale)
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$("$root/deploy/setup.sh" release | tail -n 1)
export PATH="$build/client:$build/service:$PATH"

language=()
case "${1:-}" in
  --lang) language=(--lang "${2:?--lang needs zh or en}") ;;
  '') ;;
  *) echo "usage: deploy/demo.sh [--lang zh|en]" >&2; exit 2 ;;
esac

work=$(mktemp -d)
daemon=
cleanup() {
  if [ -n "$daemon" ]; then kill "$daemon" 2>/dev/null || true; wait "$daemon" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap cleanup EXIT

say() { printf '\n\033[1m── %s\033[0m\n' "$*"; }
annals() { command annals "${language[@]}" "$@"; }
# Shows the command as a person would type it, runs it, and returns its exit code.
show() {
  printf '\n$ %s\n' "$*"
  "$@"
}
# The same with its output in a file.
show_to() {
  local file=$1
  shift
  printf '\n$ %s >%s\n' "$*" "$file"
  "$@" >"$file"
}
# Runs a command that must end with the given exit code.
expect_exit() {
  local want=$1 code=0
  shift
  show "$@" || code=$?
  if [ "$code" -ne "$want" ]; then
    echo "demo: expected exit code $want, got $code" >&2
    exit 1
  fi
  echo "(exit code $code)"
}

agency=11410303005450123N          # made up; its check characters are right
report=agencies/$agency/reports/2024
cp "$root/tests/data/xigong-2024.txt" "$work/report.txt"
cd "$work"

say "A daemon with an empty ledger, on loopback"
annalsd --data_dir="$work/data" --listen=127.0.0.1:0 --origin=demo.example/annals \
  >daemon.out 2>daemon.log &
daemon=$!
until grep -q '^serving on ' daemon.out; do
  kill -0 "$daemon" 2>/dev/null || { cat daemon.log >&2; exit 1; }
  read -rt 0.1 <> <(:) || true
done
cat daemon.out
ANNALS_SERVER=$(sed -n 's/^serving on //p' daemon.out)
key=$(sed -n 's/^verifier key: //p' daemon.out)
export ANNALS_SERVER ANNALS_CONFIG_DIR="$work/config"
unset ANNALS_KEY

say "The client pins the ledger's key: from now on it believes nothing else"
show annals trust add "$key"

say "The agency is registered; that is the ledger's first entry"
show annals agency register "$agency" --name 洛阳市西工区人民政府办公室 --division 410303

say "The report as the agency published it becomes structured figures"
show annals import report.txt -o report.json
show annals check report.json

say "Every sum is right, but the prose says 30 applications and the table 35: a warning must be acknowledged"
expect_exit 5 annals submit report.json --agency "$agency" --year 2024 --reason 首次报送

say "Acknowledged with a reason, which is recorded"
show annals submit report.json --agency "$agency" --year 2024 --reason 首次报送 \
  --ack N-REQUESTS=正文仅统计区政府办公室受理件数
before=$(date +%Y-%m-%dT%H:%M:%S.%N%:z)

say "A citizen objects: one of the reconsiderations was not upheld but corrected"
show_to corrected.json annals get "$report" --format json
sed -i '/"reconsideration"/,/}/ { s/"upheld": *1/"upheld": 0/; s/"corrected": *1/"corrected": 2/ }' corrected.json
echo "(in corrected.json, t4.reconsideration: upheld 1 becomes 0, corrected 1 becomes 2)"
show annals correct corrected.json --agency "$agency" --year 2024 \
  --reason-code figure-error --reason 复议结果统计有误，经核对更正 \
  --ack N-REQUESTS=正文仅统计区政府办公室受理件数

say "The page was replaced, and this time it left a trace"
show annals history "$report"
show annals diff "$report"

say "Revision 1, exactly as it stood"
show annals get "$report" --revision 1 --format table

say "The report as of the moment before the correction is the same revision"
show_to revision-1.json annals get "$report" --revision 1 --format json
show_to as-of.json annals get "$report" --as-of "$before" --format json
cmp revision-1.json as-of.json && echo "identical to revision 1"

say "Proof, checked by the client itself with nothing but the verifier key"
show annals verify "$report" --revision 1
show annals verify "$report" --revision 2

say "A receipt to keep: proof that needs no server, made of standard parts"
show annals receipt "$report" --revision 1 -o revision-1.receipt
show cat revision-1.receipt

say "The daemon answers what it accepted, and stops"
kill -TERM "$daemon"
wait "$daemon"
daemon=
tail -n 1 daemon.log

say "Without any server, anyone who has the verifier key can check the receipt"
show annals verify-receipt revision-1.receipt --key "$key"
say "One changed character of the report, and it is refused"
sed -i 's/2024/2025/' revision-1.receipt.content
expect_exit 8 annals verify-receipt revision-1.receipt --key "$key"
