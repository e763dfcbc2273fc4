"""The one way out (reliability rule D18): listed hosts, the address checked and then connected to.

    outbound.post("https://data.example/hook", body, {"Content-Type": "application/json"})

`settings.OUTBOUND_HOSTS` lists host names, empty by default: nothing leaves. The name is resolved once,
every address is checked, and the connection goes to the address that was checked: a second answer of the
resolver cannot lead elsewhere. No redirects, no proxies, 5 seconds for the exchange, at most 1 MB is read
and none of it shown.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from dugai.kernel.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 5.0
MOST_BYTES = 1024 * 1024
LONGEST_URL = 500
NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*", re.ASCII)
NUMBER_LIKE = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.ASCII)
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class OutboundRefused(Refused):
    """An address we do not speak to."""

    code = "outbound_refused"


class OutboundFailed(Refused):
    """The other side could not be reached, or did not answer as asked; no word of its answer is told."""

    code = "outbound_failed"


class OutboundUnreached(OutboundFailed):
    """Nothing was handed over: whoever tries again cannot say it twice."""


class OutboundRejected(OutboundFailed):
    """The other side said no. `permanent`: it will say so again."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        """Keep the sentence and whether another try makes sense."""
        super().__init__(message)
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: host in lower case, port, and the path with its query."""

    secure: bool
    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class Answer:
    """All that is told of an answer: its status. `body` is for programs to read and shown to nobody."""

    status: int
    body: bytes = field(default=b"", compare=False, repr=False)

    @property
    def good(self) -> bool:
        """Say whether the other side took it."""
        return 200 <= self.status < 300


def read(url: str) -> Target:
    """Return the parts of an address that may be spoken to. Raises `OutboundRefused` for every other one.

    A host is a listed name, in plain letters; numbers in whatever spelling are no names.
    """
    if len(url) > LONGEST_URL or not url.isascii() or any(char <= " " or char in "\\\x7f" for char in url):
        raise OutboundRefused("地址里有不能用的字符，或超过 500 个字符")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise OutboundRefused("地址的写法不对") from None
    host = parts.hostname or ""
    local = settings.OUTBOUND_LOOPBACK and parts.scheme == "http"
    if parts.scheme != "https" and not local:
        raise OutboundRefused("只能用 https 地址")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc or parts.fragment:
        raise OutboundRefused("地址里不能带账户或 #")
    if not _is_listed(host):
        raise OutboundRefused("这个主机不在允许外发的名单里。请联系系统管理员。")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    secure = parts.scheme == "https"
    return Target(secure, host, port or (443 if secure else 80), path)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send `body` to an address and return the status of the answer.

    Raises `OutboundRefused` before anything is sent, `OutboundFailed` when the other side fails.
    """
    target = read(url)
    address = _resolve(target)
    try:
        plain = socket.create_connection((address, target.port), timeout=SECONDS)
    except OSError as error:
        raise OutboundUnreached(f"连不上对方（{type(error).__name__}）") from None
    # However slowly the other side speaks, the wire is cut when the time is up.
    clock = threading.Timer(SECONDS, _cut, [plain])
    clock.daemon = True
    clock.start()
    try:
        return _exchange(target, plain, body, headers)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise OutboundFailed(f"对方没有正常应答（{type(error).__name__}）") from None
    finally:
        clock.cancel()
        plain.close()


def _exchange(target: Target, plain: socket.socket, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Speak over a connection made to the checked address, under the certificate of the name."""
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = plain
    if target.secure:
        context = ssl.create_default_context()
        try:
            connection.sock = context.wrap_socket(plain, server_hostname=target.host)
        except ssl.SSLError:
            raise OutboundUnreached("对方的证书不可信，没有发送") from None
    try:
        connection.request("POST", target.path, body, {**headers, "Connection": "close"})
        with contextlib.closing(connection.getresponse()) as response:
            body = response.read(MOST_BYTES + 1)
            if len(body) > MOST_BYTES:
                raise ValueError(MOST_BYTES)
            return Answer(response.status, body)
    finally:
        connection.close()


def _cut(plain: socket.socket) -> None:
    with contextlib.suppress(OSError):
        plain.shutdown(socket.SHUT_RDWR)


def is_open(address: Address) -> bool:
    """Say whether an address belongs to the public Internet, and is no IPv4 wrapped in IPv6."""
    if isinstance(address, ipaddress.IPv6Address) and (address.scope_id or address not in GLOBAL_V6):
        return False
    if any(address in network for network in CLOSED if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast


GLOBAL_V6 = ipaddress.ip_network("2000::/3")
# Written out, because what Python knows of these lists differs from release to release (IANA special purpose
# registries). In IPv6 everything that carries an IPv4 address inside is closed as well.
CLOSED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
)


def _is_listed(host: str) -> bool:
    """A name on the list, letter for letter; whose last part is no number, unless tests permit loopback."""
    if settings.OUTBOUND_LOOPBACK and host == "127.0.0.1":
        return host in settings.OUTBOUND_HOSTS
    if not NAME.fullmatch(host) or NUMBER_LIKE.fullmatch(host.rsplit(".", 1)[-1]):
        return False
    return host in settings.OUTBOUND_HOSTS


def _resolve(target: Target) -> str:
    """Look the name up once and return an address; refuse when any of its addresses is not open."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise OutboundUnreached("找不到这个主机") from None
    addresses = [ipaddress.ip_address(entry[4][0]) for entry in found]
    if not addresses or not all(_may_reach(address) for address in addresses):
        raise OutboundRefused("这个主机指向内部地址，不能外发")
    return str(addresses[0])


def _may_reach(address: Address) -> bool:
    return is_open(address) or (settings.OUTBOUND_LOOPBACK and address == ipaddress.ip_address("127.0.0.1"))
