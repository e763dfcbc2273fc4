#!/usr/bin/env bash
# All the tests: the suite on SQLite, the same suite on a real PostgreSQL, the browser tests in a real Chromium,
# and the checks of the code. Two lanes run side by side; what a part prints is shown whole when the part ends.
# A part that fails, cannot run, or runs no test at all makes the whole run fail.
set -uo pipefail
cd "$(dirname "$0")/.."
exec </dev/null

scripts/system.sh test || exit 1
scripts/setup.sh test || exit 1

seed=${DUGAI_TEST_SEED:-$((16#$(od -An -N3 -tx1 /dev/urandom | tr -d ' \n')))}
workers=${DUGAI_TEST_WORKERS:-2}
unset DUGAI_DATABASE_URL DUGAI_TEST_DATABASE_URL
export PYTHONFAULTHANDLER=1

echo "Python:     $(.venv/bin/python -VV)"
.venv/bin/python - <<'PY'
import importlib.metadata as metadata
import pysqlite3
names = ("Django", "psycopg", "pytest", "hypothesis", "playwright")
print("Packages:  ", ", ".join(f"{name} {metadata.version(name)}" for name in names))
print("SQLite:    ", pysqlite3.sqlite_version)
PY
echo "PostgreSQL: $("$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)/postgres" --version)"
echo "Chromium:   $(chromium --version 2>/dev/null)"
echo "Seed:       $seed    (again with DUGAI_TEST_SEED=$seed make test)"

# One folder for all that the parts write, so that nothing stays behind. PostgreSQL's own user must pass through.
# In memory where there is room for it: thousands of databases that live for seconds must not wait for a disk that
# others use too. What a killed process wrote is there all the same; power cuts are no test of this run.
place=${TMPDIR:-/tmp}
memory=$(df --output=avail -B1G -t tmpfs /dev/shm 2>/dev/null | tail -n 1 | tr -dc 0-9)
if [ -z "${TMPDIR:-}" ] && [ "${memory:-0}" -ge 8 ] &&
  [ "$(awk '/^MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo)" -ge 12 ]; then
  place=/dev/shm
fi
out=$(mktemp -d "$place/dugai-test.XXXXXX")
chmod 711 "$out"
mkdir -m 1777 "$out/tmp"
export TMPDIR=$out/tmp
lanes=()
finish() {
  trap - EXIT INT TERM
  [ "${#lanes[@]}" -eq 0 ] || kill -TERM "${lanes[@]}" 2>/dev/null
  wait
  rm -rf "$out"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

part() { # name, then the command
  local name=$1 code=0 began=$SECONDS child=
  shift
  "$@" >"$out/$name.log" 2>&1 &
  child=$!
  trap 'kill -TERM "$child" 2>/dev/null; wait "$child"; exit 143' TERM
  wait "$child" || code=$?
  trap - TERM
  echo "$code" >"$out/$name.code"
  {
    flock 9
    printf '\n######## %s: exit %s after %s s ########\n' "$name" "$code" "$((SECONDS - began))"
    cat "$out/$name.log"
  } 9>"$out/print.lock"
}
# exec, so that a signal meant for the part reaches pytest itself.
suite() { # name, marks, more options
  local name=$1 marks=$2
  shift 2
  exec .venv/bin/python -m pytest -m "$marks" --randomly-seed="$seed" --output="$out/$name-pages" \
    --junitxml="$out/$name.xml" -o junit_family=xunit2 "$@"
}
on_postgres() {
  DUGAI_TEST_DATABASE_URL=$DUGAI_TEST_POSTGRES_URL suite postgres "not browser and not bench" "$@"
}
export -f suite on_postgres
export seed out

(
  part sqlite suite sqlite "not browser and not postgres and not bench" -n "$workers"
  part browser suite browser "browser"
) &
lanes+=($!)
(
  part postgres scripts/with_postgres.sh bash -c 'on_postgres "$@"' - -n "$workers"
  part checks scripts/check.sh
) &
lanes+=($!)
for running in "${lanes[@]}"; do
  wait "$running"
done
lanes=()

.venv/bin/python scripts/tally.py "$out" sqlite postgres browser checks
