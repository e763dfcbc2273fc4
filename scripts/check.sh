#!/usr/bin/env bash
# What the build asks of the code without running the product. Every check runs, also after one has failed.
set -uo pipefail
cd "$(dirname "$0")/.."
export DJANGO_SETTINGS_MODULE=dugai.settings.test
bin=.venv/bin
passed=0 failed=0

check() { # name, then the command; its output only when it fails
  local name=$1 output
  shift
  if output=$("$@" 2>&1 </dev/null); then
    passed=$((passed + 1))
    echo "通过 $name"
  else
    failed=$((failed + 1))
    printf '失败 %s\n%s\n' "$name" "$output"
  fi
}

check "ruff check" "$bin/ruff" check --output-format concise .
check "ruff format" "$bin/ruff" format --check --output-format concise .
check "mypy" "$bin/mypy"
check "lint-imports" "$bin/lint-imports" --no-cache --no-logo
check "bandit" "$bin/bandit" -q -r dugai -c pyproject.toml -ll -ii
check "makemigrations" "$bin/python" -W error -m django makemigrations --check --dry-run
check "architecture" "$bin/python" -m pytest tests/architecture -q -p no:cacheprovider

echo "checks: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
