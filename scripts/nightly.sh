#!/usr/bin/env bash
# The reliability tests at their larger sizes, in chunks that are kept: a run that was cut short goes on where it
# was. `make nightly ARGS=--again` begins anew; ARGS="kill rot" runs some chunks only. Counts are printed at the end.
set -uo pipefail
cd "$(dirname "$0")/.."
exec </dev/null

# chunk | engine | variables | tests
chunks() {
  cat <<'LIST'
kill-sqlite|sqlite|DUGAI_TEST_KILLS=500|tests/fault/test_killed.py
kill-postgres|postgres|DUGAI_TEST_KILLS=500|tests/fault/test_killed.py
backup-sqlite|sqlite|DUGAI_TEST_BACKUP_KILLS=50|tests/fault/test_backup.py
backup-postgres|postgres|DUGAI_TEST_BACKUP_KILLS=50|tests/fault/test_backup.py
rot|sqlite|DUGAI_TEST_ROT_FILES=10000|tests/fault/test_scrub.py
failover|sqlite|DUGAI_TEST_FAILOVERS=20|tests/fault/test_failover.py
health|sqlite||tests/fault/test_health.py tests/fault/test_move.py
pairs-sqlite|sqlite|DUGAI_TEST_PAIRS=250|tests/concurrency
pairs-postgres|postgres|DUGAI_TEST_PAIRS=250|tests/concurrency
machines|sqlite|DUGAI_TEST_MACHINE_EXAMPLES=300|tests/property
fuzz|sqlite|DUGAI_FUZZ=20|tests/unit/intake_formats/test_fuzz.py
api|sqlite|DUGAI_API_CASES=30 DUGAI_API_SECONDS=3600|tests/api/test_schemathesis.py
LIST
}

place=${DUGAI_NIGHTLY_PLACE:-var/nightly}
mkdir -p "$place"
commit=$(git rev-parse HEAD 2>/dev/null || echo none)
[ "${1:-}" = --again ] && { rm -f "$place"/*.done; shift; }
wanted=" $* "
passed=0 failed=0 kept=0
while IFS='|' read -r name engine variables tests; do
  [ "$wanted" = "  " ] || [[ "$wanted" == *" ${name%%-*} "* || "$wanted" == *" $name "* ]] || continue
  if [ "$(cat "$place/$name.done" 2>/dev/null)" = "$commit" ]; then
    echo "已有 $name"
    kept=$((kept + 1))
    continue
  fi
  began=$SECONDS code=0
  # shellcheck disable=SC2206  # a list of paths without spaces
  words=(.venv/bin/python -m pytest $tests -q -o timeout=7200 -p no:cacheprovider)
  # shellcheck disable=SC2016  # the address is known only inside
  if [ "$engine" = postgres ]; then
    env ${variables:+$variables} scripts/with_postgres.sh bash -c \
      'export DUGAI_TEST_DATABASE_URL=$DUGAI_TEST_POSTGRES_URL; exec "$@"' - "${words[@]}" >"$place/$name.log" 2>&1 || code=$?
  else
    env ${variables:+$variables} "${words[@]}" >"$place/$name.log" 2>&1 || code=$?
  fi
  if [ "$code" -eq 0 ]; then
    echo "$commit" >"$place/$name.done"
    passed=$((passed + 1))
    echo "通过 $name  $variables  $((SECONDS - began)) 秒  $(tail -n 1 "$place/$name.log")"
  else
    failed=$((failed + 1))
    echo "失败 $name  $variables  $((SECONDS - began)) 秒  见 $place/$name.log"
    tail -n 15 "$place/$name.log"
  fi
done < <(chunks)
echo "nightly: $passed passed, $kept kept, $failed failed"
[ "$failed" -eq 0 ] && [ "$((passed + kept))" -gt 0 ]
