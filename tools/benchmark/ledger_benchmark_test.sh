#!/bin/bash
# The ledger's benchmark prints a figure in every row in its short form. Times are not looked at.
set -euo pipefail

answer=$("$1" "$2" "$3" "$4" --short)
echo "$answer"

rows=$(grep --count --extended-regexp \
  '^  .{40,}( +[0-9]+\.[0-9]){3} +[0-9]+\.[0-9]{2}x +[0-9]+\.[0-9]$' <<<"$answer" || true)
[[ $rows == 5 ]] || { echo "rows with figures: $rows, expected 5" >&2; exit 1; }
appends=$(grep --count --extended-regexp '^  .{40,}( +[0-9]+\.[0-9]{3}){3}x goal 0\.10$' <<<"$answer" || true)
[[ $appends == 2 ]] || { echo "rows of appends: $appends, expected 2" >&2; exit 1; }
