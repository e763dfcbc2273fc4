#!/usr/bin/env bash
# Make .venv from the locks: `setup.sh run` for a running house, `setup.sh test` with the tools and the reading
# of scans beside it. A stamp holds the digest of the locks, so a second call costs nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

kind=${1:-run}
case "$kind" in
  run) locks=(runtime) ;;
  test) locks=(dev ocr) ;;
  *)
    echo "用法：scripts/setup.sh [run|test]" >&2
    exit 2
    ;;
esac

python=${PYTHON:-python3}
if ! "$python" -c 'import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null; then
  echo "需要 Python 3.11 至 3.14；可用 PYTHON=/路径/python3.11 指定。(Python 3.11 to 3.14 is needed.)" >&2
  exit 1
fi

venv=$PWD/.venv
digest=$({
  "$python" -VV
  echo "$PWD"
  sed '/^\[tool\.ruff/,$d' pyproject.toml # what the checks are set to changes nothing that is installed
  cat scripts/setup.sh requirements/*.txt
} | sha256sum | cut -d' ' -f1)
settled() { [ "$(cat "$venv/.stamp-$1" 2>/dev/null)" = "$digest" ]; }
if settled test || settled "$kind"; then
  exit 0
fi

scripts/system.sh run

# Made anew when the interpreter behind it is gone or the checkout has moved.
if ! "$venv/bin/python" -c "import sys; raise SystemExit(sys.prefix != '$venv')" 2>/dev/null; then
  echo "创建 .venv"
  rm -rf "$venv"
  "$python" -m venv "$venv"
fi
rm -f "$venv"/.stamp-*

# pip, because it obeys this machine's own settings (mirrors, certificates); -qq, because each mirror that lacks
# a package would say so in a line of its own.
pip() { "$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-deps "$@"; }
for lock in build "${locks[@]}"; do
  echo "安装 requirements/$lock.txt"
  pip --require-hashes -r "requirements/$lock.txt"
done
pip --no-build-isolation -e .
echo "$digest" >"$venv/.stamp-$kind"
