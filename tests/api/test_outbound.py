"""One way out: whatever spelling leads inside, not one connection is made (S21, D18)."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dugai.kernel import outbound
from dugai.kernel.outbound import OutboundFailed, OutboundRefused

SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "0",
    "0.0.0.0",  # noqa: S104  spelled to be refused
    "2130706433",
    "017700000001",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "0x7f.0x0.0x0.0x1",
    "127.0.0.01",
    "00000177.0.0.1",
    "127.000.000.001",
    "3232235777",
    "192.168.1.1",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.254",
    "100.64.0.1",
    "100.127.255.254",
    "169.254.169.254",
    "169.254.1.1",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:a9fe:a9fe]",
    "[::127.0.0.1]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::1]",
    "[ff02::1]",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "localhost.localdomain",
    "ip6-localhost",
    "127.0.0.1.nip.io",
    "metadata.google.internal",
    "127。0。0。1",
    "①②⑦.⓪.⓪.①",
    "127.0.0.1%00.example",
    "good.example@127.0.0.1",
    "127.0.0.1#@good.example",
    "good.example\\@127.0.0.1",
    "good.example:80@127.0.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "240.0.0.1",
    "0x7f.0.0.0x1",
    "[::ffff:0:127.0.0.1]",
]

INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",  # noqa: S104  spelled to be refused
    "10.1.2.3",
    "172.20.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.0.8",
    "192.0.2.7",
    "198.18.0.9",
    "198.51.100.3",
    "203.0.113.9",
    "224.0.0.251",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd12::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "2002:7f00:1::1",
    "2001:0:53aa:64c::1",
    "2001:db8::1",
    "::7f00:1",
    "100::1",
]


@pytest.fixture
def canary():
    """Listen on loopback and count who comes."""
    came: list[object] = []
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    stop = threading.Event()

    def listen() -> None:
        while not stop.is_set():
            try:
                came.append(listener.accept()[1])
            except TimeoutError:
                continue

    thread = threading.Thread(target=listen)
    thread.start()
    yield listener.getsockname()[1], came
    stop.set()
    thread.join()
    listener.close()


def test_no_spelling_leads_inside(settings, canary):
    port, came = canary
    assert len(SPELLINGS) >= 60
    # Even a careless list, with every one of these spellings on it, opens nothing.
    bare = {spelling.strip("[]").lower() for spelling in SPELLINGS} - {
        "localhost",
        "localhost.localdomain",
        "ip6-localhost",
    }
    settings.OUTBOUND_HOSTS = frozenset(bare | {"good.example", "localhost"})
    wrong = []
    for spelling in SPELLINGS:
        for scheme in ("https", "http"):
            url = f"{scheme}://{spelling}:{port}/hook"
            try:
                outbound.post(url, b"{}", {})
            except OutboundRefused:
                continue
            except AssertionError:  # the guard of the tests saw a look-up that would have left this machine
                wrong.append(f"{url} was looked up")
                continue
            except OutboundFailed:
                wrong.append(f"{url} was tried")
                continue
            wrong.append(url)
    looked_up = {"127.0.0.1.nip.io", "metadata.google.internal"}
    assert not [line for line in wrong if not any(name in line for name in looked_up)], wrong
    time.sleep(0.1)
    assert came == []


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_points_inside_is_refused(settings, monkeypatch, address):
    settings.OUTBOUND_HOSTS = frozenset({"good.example"})
    tried: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *args, **options: tried.append(args))
    public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))
    inside = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, 443))
    for found in ([inside], [public, inside], [inside, public]):
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, found=found, **options: found)
        with pytest.raises(OutboundRefused):
            outbound.post("https://good.example/hook", b"{}", {})
    assert tried == []


def test_the_checked_address_is_the_one_connected_to(settings, monkeypatch):
    settings.OUTBOUND_HOSTS = frozenset({"good.example"})
    answers = [
        [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))] for address in ("8.8.8.8", "127.0.0.1")
    ]
    asked: list[object] = []
    tried: list[object] = []

    def resolve(*args, **options):
        asked.append(args)
        return answers[len(asked) - 1]

    def connect(address, **options):
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(OutboundFailed):
        outbound.post("https://good.example/hook", b"{}", {})
    assert len(asked) == 1
    assert tried == [("8.8.8.8", 443)]


@pytest.mark.parametrize(
    "url",
    [
        "http://good.example/",
        "ftp://good.example/",
        "file:///etc/passwd",
        "gopher://good.example/",
        "good.example",
        "https://",
        "https://good.example:99999/",
        "https://good.example/a b",
        "https://good.example/a\r\nHost: other",
        "https://other.example/",
        "https://good.example.other.example/",
        "https://user:word@good.example/",
        "https://good.example/#x",
        "https://good.example/" + "a" * 500,
    ],
)
def test_what_is_no_address_of_ours(settings, url):
    settings.OUTBOUND_HOSTS = frozenset({"good.example"})
    with pytest.raises(OutboundRefused):
        outbound.read(url)


def test_nothing_leaves_by_default():
    with pytest.raises(OutboundRefused):
        outbound.read("https://good.example/hook")


def test_public_addresses_are_open():
    for address in ("8.8.8.8", "114.114.114.114", "2400:3200::1"):
        assert outbound.is_open(ipaddress.ip_address(address)), address


class Other(BaseHTTPRequestHandler):
    """The other side, behaving in one of several bad ways by the path it is asked for."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append(self.path)
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/here")
            self.end_headers()
            return
        if self.path == "/slow":
            try:
                for _ in range(200):
                    self.wfile.write(b"H")
                    time.sleep(0.05)
            except OSError:
                pass
            return
        size = 2 * 1024 * 1024 if self.path == "/large" else 2
        self.send_response(200)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        self.wfile.write(b"x" * size)

    def log_message(self, *args) -> None:
        """Say nothing."""


@pytest.fixture
def other(settings):
    settings.OUTBOUND_HOSTS = frozenset({"127.0.0.1"})
    settings.OUTBOUND_LOOPBACK = True
    server = ThreadingHTTPServer(("127.0.0.1", 0), Other)
    server.came = []
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def there(server, path: str = "/") -> str:
    return f"http://127.0.0.1:{server.server_port}{path}"


def test_a_good_answer_is_a_status_and_no_more(other):
    answer = outbound.post(there(other), b"{}", {"Content-Type": "application/json"})
    assert answer == outbound.Answer(200)


def test_no_redirect_is_followed(other):
    assert outbound.post(there(other, "/elsewhere"), b"{}", {}).status == 302
    assert other.came == ["/elsewhere"]


def test_a_large_answer_is_cut(other):
    with pytest.raises(OutboundFailed) as refusal:
        outbound.post(there(other, "/large"), b"{}", {})
    assert "xx" not in refusal.value.message


def test_a_slow_answer_is_cut(other, monkeypatch):
    monkeypatch.setattr(outbound, "SECONDS", 0.4)
    start = time.monotonic()
    with pytest.raises(OutboundFailed):
        outbound.post(there(other, "/slow"), b"{}", {})
    assert time.monotonic() - start < 4
