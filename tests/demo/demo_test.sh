#!/bin/bash
# The demo as a person runs it, without installing and building: demo_test.sh DEMO PALIADCTL
set -euo pipefail

demo=$(realpath "$1")
paliadctl=$(realpath "$2")

# Short, and open to the user that the server runs as; everything that the demo leaves would be here.
temp=$(mktemp -d /tmp/demo-test.XXXXXX)
chmod 711 "$temp"
export TMPDIR=$temp/t
mkdir -m 711 "$TMPDIR"

fail() {
  echo "FAILED: $1" >&2
  cat "$temp/out" >&2
  exit 1
}

processes() {
  local file
  for file in /proc/[0-9]*/cmdline; do
    if [[ $(tr '\0' ' ' <"$file" 2>/dev/null) == *"$TMPDIR/"* ]]; then
      echo "$file"
    fi
  done
}

expect_nothing_left() {
  [[ -z $(ls -A "$TMPDIR") ]] || fail "the demo left $(ls "$TMPDIR")"
  [[ -z $(processes) ]] || fail "the demo left processes: $(processes)"
}

expect_line() { grep -qF -- "$1" "$temp/out" || fail "the output lacks: $1"; }

# The command that `--keep` printed under a name.
command_of() { sed -n "s/^   $1  *\(.*[^\\]\)\( \\\\\)\{0,1\}$/\1/p" "$temp/out"; }

clean_up() {
  if [[ -n ${kept-} && -d $kept ]]; then
    "$demo" --stop "$kept"
  fi
  rm -rf "$temp"
}
trap clean_up EXIT

echo '== to the end'
"$demo" --binary "$paliadctl" >"$temp/out" 2>&1 || fail "exit code $?"
expect_line '12 desired, 0 applied, 12 pending'
expect_line 'applied  103_create_holiday'
expect_line '[version-collision]'
expect_line '[renamed-after-apply]'
expect_line 'migrations/105_create_guest.up.sql:8:20: error: column person.mail does not exist'
expect_line '105_add_person_phone.up.sql:1:39: error: the new column booking.person.phone is NOT NULL without a default'
expect_line 'hint: waived: no release since 41 reads it, see #812'
expect_line 'dry run: 1 migration applied (built template, base of 13 migrations)'
expect_line 'locks     booking.room: AccessExclusiveLock, blocks reads and writes'
expect_line 'in sync: 13 desired, 13 applied'
expect_line 'Everything went as narrated.'
! grep -q $'\e' "$temp/out" || fail 'colours in a pipe'
expect_nothing_left

echo '== interrupted'
"$demo" --binary "$paliadctl" >"$temp/out" 2>&1 &
for ((i = 0; i < 300; ++i)); do
  grep -q '^3\.' "$temp/out" && break
  sleep 0.1
done
kill -TERM $!
status=0
wait $! || status=$?
((status == 143)) || fail "exit code $status after SIGTERM"
expect_nothing_left

echo '== a paliadctl that is not as narrated'
printf '#!/bin/sh\nexec true\n' >"$temp/true"
chmod 755 "$temp/true"
status=0
"$demo" --binary "$temp/true" >"$temp/out" 2>&1 || status=$?
((status == 1)) || fail "exit code $status where plan answers nothing"
expect_line "step 2 (What would a run do?) did not go as narrated: 'paliadctl plan' should have ended with exit code 4"
expect_nothing_left

echo '== --keep'
"$demo" --keep --binary "$paliadctl" >"$temp/out" 2>&1 || fail "exit code $?"
kept=$(ls -d "$TMPDIR"/paliad-demo.*)
answer=$(eval "$(command_of psql) -XAtc 'SELECT count(*) FROM paliad.applied_migrations'") || fail 'psql'
[[ $answer == 13 ]] || fail "the kept database has $answer migrations"
eval "$(grep -A 2 '^   paliadctl ' "$temp/out" | sed '1s/^   paliadctl//')" >"$temp/plan" || fail 'plan'
grep -q '0 pending' "$temp/plan" || fail "plan: $(cat "$temp/plan")"
eval "$(command_of stop)" || fail 'stop'
expect_nothing_left

echo '== wrong usage'
status=0
"$demo" --kep >"$temp/out" 2>&1 || status=$?
((status == 2)) || fail "exit code $status"
status=0
"$demo" --stop "$temp" >"$temp/out" 2>&1 || status=$?
((status == 1)) || fail "exit code $status for a folder that is not the demo's"
[[ -d $temp ]] || fail 'somebody else'\''s folder was removed'
