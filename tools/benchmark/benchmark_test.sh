#!/bin/bash
# The benchmark's short form prints a figure in every row. Times are not looked at: machines differ.
set -euo pipefail

answer=$("$1" "$2" "$3" "$4" "$5" --short)
echo "$answer"

# name, then five figures
rows=$(grep --count --extended-regexp \
  '^  (floor|paliadctl).{40,}( +[0-9]+\.[0-9]){3} +[0-9]+\.[0-9]{2}x +[0-9]+\.[0-9]$' <<<"$answer" || true)
ratios=$(grep --count --extended-regexp '^  paliadctl.* +[0-9]+\.[0-9]{2}x (goal [0-9.]+)?$' <<<"$answer" || true)
[[ $rows == 11 ]] || { echo "rows with figures: $rows, expected 11" >&2; exit 1; }
[[ $ratios == 7 ]] || { echo "ratios: $ratios, expected 7" >&2; exit 1; }
