#!/usr/bin/env bash
# Write the locks from pyproject.toml: exact versions with hashes, wheels only.
# Pins already in the locks stay; `scripts/lock.sh --upgrade` looks for newer ones.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=${UV:-.venv/bin/uv}
if [ ! -x "$uv" ]; then
  echo "先执行 scripts/setup.sh test，再重写锁定文件。" >&2
  exit 1
fi
mkdir -p requirements
compile() { # lock name, then what to compile
  local lock=$1
  shift
  "$uv" pip compile --quiet --python-platform x86_64-manylinux_2_28 --python-version 3.11 \
    --generate-hashes --only-binary :all: --no-annotate --no-header \
    --no-emit-index-url --no-emit-find-links --no-emit-build-options \
    "$@" --output-file "requirements/$lock.txt" >/dev/null
  # Resolved on one machine, installed on two kinds: what has no wheels for the other keeps its marker.
  sed -i -E "s/^(openvino[a-z-]*==[^ ]+) /\\1 ; platform_machine == 'x86_64' /" "requirements/$lock.txt"
  local count
  count=$(grep -c '^[a-z0-9]' "requirements/$lock.txt")
  echo "requirements/$lock.txt: $count 个软件包"
}
build=$(mktemp)
trap 'rm -f "$build"' EXIT
sed -n 's/^requires = \["\(.*\)"\]$/\1/p' pyproject.toml >"$build"

# The widest lock first; the others take its pins, so that two locks never differ about one package.
compile dev --extra s3 --extra dev pyproject.toml "$@"
compile runtime --constraint requirements/dev.txt pyproject.toml "$@"
compile ocr --constraint requirements/dev.txt --extra ocr pyproject.toml "$@"
compile build "$build" "$@"
