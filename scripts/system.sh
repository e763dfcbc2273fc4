#!/usr/bin/env bash
# What Debian 12 must bring: `system.sh run` for a running house (Python's venv), `system.sh test` for the tests too
# (a PostgreSQL server, nginx, Chromium, LibreOffice's writer, a font that has Chinese). Says and changes nothing
# when everything is there.
set -euo pipefail

missing=()
"${PYTHON:-python3}" -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
if [ "${1:-test}" = test ]; then
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
  command -v chromium >/dev/null || missing+=(chromium)
  command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || missing+=(nginx-light)
  command -v soffice >/dev/null || missing+=(libreoffice-writer-nogui)
  compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null || missing+=(fonts-noto-cjk)
fi
if [ "${#missing[@]}" -eq 0 ]; then
  exit 0
fi

refuse() {
  echo "缺少系统软件包：${missing[*]}。$1" >&2
  echo "Missing system packages: ${missing[*]}. $2" >&2
  exit 1
}
grep -qs '^ID=debian' /etc/os-release || refuse \
  "本机不是 Debian，请用本系统的软件包管理器安装后重试。" \
  "This is not Debian; install them with this system's own package manager and try again."
[ "$(id -u)" -eq 0 ] || refuse \
  "请以 root 执行：apt-get install ${missing[*]}" \
  "As root, run: apt-get install ${missing[*]}"

echo "安装系统软件包：${missing[*]}（installing system packages）"
export DEBIAN_FRONTEND=noninteractive
for try in 1 2 3; do
  if apt-get update -q; then
    break
  fi
  [ "$try" -lt 3 ] || refuse "三次更新软件源都没有成功。" "apt-get update failed three times."
  sleep $((try * 5))
done
# A server for the machine is not wanted: with_postgres.sh makes a cluster of its own for each run.
mkdir -p /etc/postgresql-common
# Nor is a web server: the tests only ask nginx to read our configuration, so nothing is started now.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
[ -e /etc/postgresql-common/createcluster.conf ] ||
  echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
for try in 1 2 3; do
  if apt-get install -y -q --no-install-recommends "${missing[@]}" </dev/null; then
    exit 0
  fi
  sleep $((try * 5))
done
refuse "三次安装都没有成功。" "apt-get install failed three times."
