"""The files under deploy/ are read by the programs they are for."""

from __future__ import annotations

import configparser
import datetime as dt
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.urls import reverse

from dugai.settings.databases import database_from_url

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


def certificate(folder: Path) -> None:
    """Make a certificate for an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dugai.example")])
    now = dt.datetime.now(tz=dt.UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(hours=1)
    )
    (folder / "dugai.crt").write_bytes(
        made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "dugai.key").write_bytes(text)


@pytest.mark.parametrize("name", ["nginx.conf", "nginx-portal.conf"])
def test_nginx_accepts_its_configuration(tmp_path: Path, name: str):
    if not Path(NGINX).exists():
        pytest.skip("nginx is not installed (scripts/system.sh test installs it)")
    certificate(tmp_path)
    shutil.copy(DEPLOY / "proxy.conf", tmp_path / "proxy.conf")
    for ending in ("crt", "key"):
        shutil.copy(tmp_path / f"dugai.{ending}", tmp_path / f"portal.{ending}")
    text = (DEPLOY / name).read_text(encoding="utf-8")
    text = (
        text.replace("/var/cache/nginx/", f"{tmp_path}/")
        .replace("/etc/dugai/tls/", f"{tmp_path}/")
        .replace("/etc/dugai/", f"{tmp_path}/")
    )
    text = text.replace("/var/log/nginx/", f"{tmp_path}/").replace("/run/nginx.pid", f"{tmp_path}/pid")
    (tmp_path / "nginx.conf").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [NGINX, "-t", "-e", "stderr", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_nginx_knows_our_addresses_and_our_limit():
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for name in ("healthz", "readyz", "metrics"):
        assert f"location = {reverse(name)} {{ return 404; }}" in text
    assert f"location = {reverse('sign_in')} {{" in text
    size = re.search(r"client_max_body_size (\d+)m", text)
    assert size is not None
    assert int(size[1]) << 20 > settings.UPLOAD_LIMIT


@pytest.mark.parametrize("name", ["dugai-web@.service", "dugai-worker@.service", "dugai-portal.service"])
def test_units_start_what_exists(name: str):
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(DEPLOY / "systemd" / name, encoding="utf-8")
    command = unit["Service"]["ExecStart"]
    assert command.startswith("/opt/dugai/bin/")
    served = "dugai.portal.wsgi:application" if "portal" in name else "dugai.wsgi:application"
    assert served in command or command.endswith("dugai worker")
    assert unit["Service"]["NoNewPrivileges"] == "yes"
    assert unit["Install"]["WantedBy"] == "multi-user.target"


def test_the_sample_site_names_two_servers_and_known_settings():
    site = json.loads((DEPLOY / "site.json").read_text(encoding="utf-8"))
    database = database_from_url(site["DUGAI_DATABASE_URL"])
    assert (database["HOST"], database["PORT"]) == ("10.0.0.11,10.0.0.12", "5432,5432")
    assert database["OPTIONS"]["target_session_attrs"] == "read-write"
    listed = (DEPLOY.parent / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    assert [name for name in site if f"`{name}`" not in listed] == []


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("postgresql://u:p@db/x", "db", ""),
        ("postgresql://u:p@db:5433/x", "db", "5433"),
        ("postgresql://u:p%40@a:1,b:2/x", "a,b", "1,2"),
        ("postgresql://u:p@a,b/x", "a,b", ""),
        ("postgresql://u:p@[::1]:5/x", "::1", "5"),
        ("postgresql://u:p@%2Frun%2Fpg/x", "/run/pg", ""),
    ],
)
def test_addresses_of_one_and_of_several_servers(url: str, host: str, port: str):
    database = database_from_url(url)
    assert (database["HOST"], database["PORT"]) == (host, port)
    assert database["USER"] == "u"
