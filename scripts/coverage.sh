#!/usr/bin/env bash
# Branch coverage of the suite on both engines: 95 % of the whole, all of what decides, records, stores or publishes.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/coverage erase
run=(.venv/bin/python -m pytest -q -n "${DUGAI_TEST_WORKERS:-2}" --cov --cov-report=)
"${run[@]}" -m "not browser and not postgres and not bench" </dev/null
# shellcheck disable=SC2016  # the address is known only inside
scripts/with_postgres.sh bash -c 'export DUGAI_TEST_DATABASE_URL=$DUGAI_TEST_POSTGRES_URL; exec "$@"' - \
  "${run[@]}" --cov-append -m "not browser and not bench"
status=0
.venv/bin/coverage report --fail-under=95 || status=1
echo
echo "policy、states、rules、journal、files、disclosure："
.venv/bin/coverage report --fail-under=100 \
  --include='dugai/*/policy.py,dugai/*/states.py,dugai/*/rules.py,dugai/journal/*,dugai/files/*,dugai/disclosure/*' ||
  status=1
exit "$status"
