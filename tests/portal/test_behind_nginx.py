"""The portal behind a real nginx with the cache of deploy/nginx-portal.conf (P12, S32)."""

from __future__ import annotations

import contextlib
import http.client
import secrets
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.db import connection

from dugai.management import portal as office
from tests.cast import Cast
from tests.portal.addresses import ACCESS
from tests.portal.conftest import filled, portal  # noqa: F401  fixtures of the portal's own tests
from tests.portal.running import PATIENCE, running
from tests.portal.test_apart import SECRET, fill, withdraw
from tests.unit.test_deploy import DEPLOY, NGINX, certificate

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        connection.vendor == "postgresql", reason="the proxy asks the process, not the engine"
    ),
]
FORMS = ("objection", "receipt", "journal_check")
WITHIN = 60
"""Seconds after which nothing withdrawn may be shown (P12)."""


@dataclass(frozen=True)
class Answer:
    """What came through the proxy."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def whole(self) -> str:
        """Headers and body, to look for what must not be there."""
        return f"{self.headers}\n{self.text}"


@dataclass
class Proxy:
    """A running nginx."""

    port: int
    context: ssl.SSLContext = field(default_factory=ssl._create_unverified_context)

    def ask(self, path: str, *, form: dict[str, str] | None = None, **headers: str) -> Answer:
        """Fetch one address, or send it a form."""
        wire = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=self.context)
        told = {"Host": "localhost", **{name.replace("_", "-"): value for name, value in headers.items()}}
        body = None
        if form is not None:
            body, told["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
        try:
            wire.request("GET" if form is None else "POST", quote(path, safe="/?=&%"), body, told)
            answer = wire.getresponse()
            return Answer(answer.status, answer.read().decode(errors="replace"), dict(answer.getheaders()))
        finally:
            wire.close()


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def nginx(folder: Path, upstream: int) -> Iterator[Proxy]:
    """Start nginx with our own configuration, only its places and ports changed."""
    if not Path(NGINX).exists():
        pytest.fail("nginx is missing: run scripts/system.sh test, which installs nginx-light")
    certificate(folder)
    for ending in ("crt", "key"):
        shutil.copy(folder / f"dugai.{ending}", folder / f"portal.{ending}")
    plain, secure = free_port(), free_port()
    text = (DEPLOY / "nginx-portal.conf").read_text(encoding="utf-8")
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{secure} ssl;"),
        ("server 127.0.0.1:8101;", f"server 127.0.0.1:{upstream};"),
        ("/var/cache/nginx/", f"{folder}/"),
        ("/etc/dugai/tls/", f"{folder}/"),
        ("/var/log/nginx/", f"{folder}/"),
        ("/run/nginx.pid", f"{folder}/pid"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    # The tests' folder belongs to who runs them, and so do the workers here.
    (folder / "nginx.conf").write_text(f"user root;\ndaemon off;\n{text}", encoding="utf-8")
    process = subprocess.Popen(
        [NGINX, "-e", str(folder / "error.log"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    )
    try:
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", secure), timeout=5):
                break
            assert process.poll() is None, (folder / "error.log").read_text()
            assert time.monotonic() < end, "nginx did not start"
            time.sleep(0.05)
        yield Proxy(secure)
    finally:
        process.terminate()
        process.wait(timeout=30)


def test_what_is_withdrawn_leaves_the_proxy_too(db, settings, tmp_path):
    """P12: pages, search, map and feed, in the plain and in the compressed cache, within a minute."""
    fill()
    place = office.prepare()
    office.write_file(place / office.FILE)
    carried = tmp_path / "elsewhere"
    place.rename(carried)
    pages = ("/problems/JY3-02/", "/problems/", f"/search?q={SECRET[:4]}", "/sitemap.xml", "/feed.xml")
    with running(carried) as site, nginx(tmp_path, site.port) as proxy:
        assert SECRET in proxy.ask(pages[0]).text
        for path in pages:
            proxy.ask(path)
            proxy.ask(path, Accept_Encoding="gzip")
        assert proxy.ask(pages[0]).headers["X-Cache"] == "HIT"
        withdraw()
        office.write_file(carried / office.FILE)
        began = time.monotonic()
        while any(SECRET in proxy.ask(path).text for path in pages) or proxy.ask(pages[0]).status != 404:
            assert time.monotonic() - began < WITHIN
            time.sleep(0.5)
        assert all("JY3-02" not in proxy.ask(path).text for path in pages)


def faults(proxy: Proxy, mark: str) -> list[str]:
    """Fetch every address as a second reader, and say where something of the first one comes back."""
    wrong = []
    for name, (path, status, _, kept) in ACCESS.items():
        for encoding in ("identity", "gzip") if name != "healthz" else ():
            answer = proxy.ask(path, Accept_Encoding=encoding)
            if mark in answer.whole or "Set-Cookie" in answer.headers:
                wrong.append(f"{name}: something of the first reader")
            if answer.status not in {status, 429, 503}:
                wrong.append(f"{name}: {answer.status}")
            if name in FORMS and answer.headers.get("X-Cache") == "HIT":
                wrong.append(f"{name}: a form out of the cache")
            if not kept and answer.status == 200 and answer.headers["Cache-Control"] != "no-store":
                wrong.append(f"{name}: kept")
    return wrong


def test_two_readers_behind_one_proxy_get_nothing_of_each_other(cast: Cast, filled, tmp_path):  # noqa: F811
    """S32: what one reader sends (headers, forms, receipts) is in no answer to another, at any address."""
    place = office.prepare()
    office.write_file(place / office.FILE)
    carried = tmp_path / "elsewhere"
    place.rename(carried)
    mark = f"reader{secrets.token_hex(8)}"
    with running(carried) as site, nginx(tmp_path, site.port) as proxy:
        for name, (path, *_) in ACCESS.items():
            if name == "healthz":
                continue
            joined = f"{path}{'&' if '?' in path else '?'}from={mark}"
            for address in (path, joined):
                proxy.ask(
                    address,
                    Cookie=f"who={mark}",
                    Referer=f"https://localhost/{mark}",
                    User_Agent=mark,
                    Accept_Language=mark,
                    X_Forwarded_Host=f"{mark}.example",
                )
        sent = proxy.ask(ACCESS["receipt"][0], form={"receipt": mark})
        assert sent.status == 200
        wrong = faults(proxy, mark)
        assert wrong == []
        assert proxy.ask(ACCESS["home"][0]).headers["X-Cache"] == "HIT"
