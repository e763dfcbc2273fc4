#!/usr/bin/env bash
# The minutes between two commits: rules and services on SQLite, the order of the rooms, ruff.
set -uo pipefail
cd "$(dirname "$0")/.."
status=0
.venv/bin/ruff check --output-format concise . || status=1
.venv/bin/lint-imports --no-cache --no-logo || status=1
folders=()
for folder in unit service property architecture; do
  [ -d "tests/$folder" ] && folders+=("tests/$folder")
done
.venv/bin/python -m pytest "${folders[@]}" -q -n 2 \
  -m "not slow and not browser and not postgres and not bench" "$@" </dev/null || status=1
exit "$status"
