#!/bin/bash
# The program itself: its answers, its exit codes, and what it links.
set -uo pipefail
verify=$1
"$2" "$TEST_TMPDIR" 3 || exit 1
cd "$TEST_TMPDIR" || exit 1
verify=$OLDPWD/$verify
origin=db.example.com/paliad
key=$(<vkey)
failed=0

# expect CODE PATTERN ARGUMENT…: the exit code, and an extended regular expression for all of its output.
expect() {
  local code=$1 pattern=$2 output status
  shift 2
  output=$("$verify" "$@" 2>&1 </dev/null)
  status=$?
  if ((status != code)) || ! grep -qE -- "$pattern" <<<"$output"; then
    echo "FAILED: $* exited with $status (expected $code) and said, without '$pattern':"
    echo "$output"
    failed=1
  fi
}

trusted=(--origin "$origin" --key "$key")
expect 0 'entries     10 of 10 \(0 to 9\)' bundle "${trusted[@]}"
expect 0 'The ledger verifies' "${trusted[@]}" bundle
expect 0 '^\{"ok":true,"size":10,"root":"[^"]{44}","checkpoint":\{"size":10,"origin":"db.example.com/paliad","signed":true\},"unanchored":0,"problems":\[\],' bundle "${trusted[@]}" -o json
expect 0 'The ledger verifies' bundle --origin "$origin" --keys vkey --checkpoint checkpoint
expect 0 'The ledger verifies' bundle --origin "$origin" --key "$key 10 11"
expect 0 'entries     1 of 10 \(2 to 2\)' --proof entry.tlog-proof --entry entry "${trusted[@]}"
expect 0 '"ok":true' --proof entry.tlog-proof --entry entry "${trusted[@]}" --output=json
"$verify" - "${trusted[@]}" <bundle >/dev/null || { echo 'FAILED: standard input'; failed=1; }

sed 's/m@laptop/n@laptop/' bundle >edited
expect 6 '^edited at seq 0: ' edited "${trusted[@]}"
expect 6 '"ok":false.*"kind":"edited","seq":0' edited "${trusted[@]}" -o json
expect 6 'untrusted: ' bundle --origin other --key "$key"
expect 6 'untrusted: .*trusted for 0 to 9 entries' bundle --origin "$origin" --key "$key 0 10"
expect 6 'malformed: ' vkey "${trusted[@]}"
head -c 500 bundle >'cut'
expect 6 'malformed: ' 'cut' "${trusted[@]}"
sed 's/"version":1/"version":2/' entry >other_entry
expect 6 'edited at seq 2: ' --proof entry.tlog-proof --entry other_entry "${trusted[@]}"
expect 6 'malformed: ' --proof bundle --entry entry "${trusted[@]}"
expect 6 'checkpoint: .*malformed|malformed: vkey: ' bundle "${trusted[@]}" --checkpoint vkey

expect 1 'cannot read absent: No such file' absent "${trusted[@]}"
expect 1 'cannot read .: ' . "${trusted[@]}"
expect 1 '"error":\{"kind":"unavailable"' absent "${trusted[@]}" -o json
expect 1 'cannot read absent' --proof absent --entry entry "${trusted[@]}"
expect 1 'cannot read absent' bundle --origin "$origin" --keys absent
expect 1 'cannot read absent' bundle "${trusted[@]}" --checkpoint absent

expect 2 '--key is required' bundle --origin "$origin"
expect 2 'origin is required' bundle --key "$key"
expect 2 'verifier key' bundle --origin "$origin" --key rubbish
expect 2 '"error":\{"kind":"invalid_input"' bundle --origin "$origin" --key rubbish -o json
expect 2 'give either' "${trusted[@]}"
expect 2 'give either' bundle --proof entry.tlog-proof --entry entry "${trusted[@]}"
expect 2 'entry' --proof entry.tlog-proof "${trusted[@]}"
expect 2 'goes with a BUNDLE' --proof entry.tlog-proof --entry entry "${trusted[@]}" --checkpoint checkpoint
expect 2 'understand' bundle "${trusted[@]}" --unknown
expect 0 'Exit codes' --help

# An auditor's machine has neither PostgreSQL nor git.
if ldd "$verify" | grep -E 'libpq|libgit2|libpg_query|spdlog'; then
  echo 'FAILED: it links what belongs to the controller'
  failed=1
fi
exit "$failed"
