#!/usr/bin/env bash
# Branch coverage of the suite on SQLite: 95 % of the whole, all of what decides, records, stores or publishes.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/coverage erase
.venv/bin/python -m pytest -q -n "${DUGAI_TEST_WORKERS:-2}" -m "not browser and not postgres and not bench" \
  --cov --cov-report= </dev/null
status=0
.venv/bin/coverage report --fail-under=95 || status=1
echo
echo "policy、states、rules、journal、files、disclosure："
.venv/bin/coverage report --fail-under=100 \
  --include='dugai/*/policy.py,dugai/*/states.py,dugai/*/rules.py,dugai/journal/*,dugai/files/*,dugai/disclosure/*' \
  || status=1
exit "$status"
