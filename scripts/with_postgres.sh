#!/usr/bin/env bash
# Run a command beside a PostgreSQL cluster that lives only as long as the command:
#   scripts/with_postgres.sh sh -c 'psql "$DUGAI_TEST_POSTGRES_URL" -c "select version()"'
# The cluster listens on loopback and on a socket in its own folder, with a password drawn for this run. It does
# not wait for the disk (fsync off): what it holds is thrown away. DUGAI_TEST_POSTGRES_FSYNC=on for durability tests.
set -euo pipefail

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
if [ -z "$bin" ] && command -v initdb >/dev/null; then
  bin=$(dirname "$(command -v initdb)")
fi
if [ -z "$bin" ]; then
  echo "找不到 PostgreSQL 服务端程序，请先执行 scripts/system.sh。(No PostgreSQL server found.)" >&2
  exit 3
fi

# PostgreSQL refuses to run as root; the package has made a user for it.
as_owner=()
if [ "$(id -u)" -eq 0 ]; then
  as_owner=(runuser -u postgres --)
fi

child=
folder=$(mktemp -d "${TMPDIR:-/tmp}/dugai-pg.XXXXXX")
stop() {
  trap - EXIT INT TERM HUP
  if [ -n "$child" ]; then
    kill -TERM "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
  fi
  (cd / && "${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1) || true
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf '%s' "$password" >"$folder/password"
if [ "$(id -u)" -eq 0 ]; then
  chown -R postgres "$folder"
fi
chmod 700 "$folder"

cd_run() { (cd / && "${as_owner[@]}" "$@"); }
cd_run "$bin/initdb" -D "$folder/data" -U dugai --pwfile="$folder/password" --auth=scram-sha-256 \
  -E UTF8 --locale=C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1 || {
  cat "$folder/initdb.log" >&2
  exit 3
}

fsync=${DUGAI_TEST_POSTGRES_FSYNC:-off}
started=no
for _ in 1 2 3 4 5; do
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  options="-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$folder"
  options="$options -c fsync=$fsync -c synchronous_commit=$fsync -c full_page_writes=$fsync"
  options="$options -c max_connections=100 -c shared_buffers=128MB -c max_locks_per_transaction=256"
  options="$options -c timezone=UTC -c log_min_messages=warning"
  if cd_run "$bin/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w -t 60 -o "$options" start >/dev/null 2>&1; then
    started=yes
    break # another program may have taken the port in between; then the next one is tried
  fi
done
if [ "$started" = no ]; then
  cat "$folder/server.log" >&2
  exit 3
fi

export DUGAI_TEST_POSTGRES_URL="postgresql://dugai:$password@127.0.0.1:$port/postgres"
export DUGAI_TEST_POSTGRES_BIN="$bin"
# In the background, so that a signal is answered at once and not when the command has ended.
status=0
"$@" </dev/null &
child=$!
wait "$child" || status=$?
child=
exit "$status"
