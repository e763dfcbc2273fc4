"""Nothing a test starts may speak to another machine: loopback and sockets in the file system only.

An audit hook stands below every Python library and cannot be taken out again, so no test can forget the guard.
"""

import functools
import ipaddress
import sys

LOCAL_NAMES = frozenset({"", "localhost", "localhost.localdomain", "ip6-localhost"})


class NetworkReached(AssertionError):
    """A test tried to leave this machine."""


def is_local(host: object) -> bool:
    """Whether a host, as the socket module is given it, means this machine. None means any local address."""
    if host is None:
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if name.lower() in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(name.split("%", 1)[0]).is_loopback
    except ValueError:
        return False


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse what leads away from this machine. `arguments` are those of the audit event."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        # A string or bytes names a socket in the file system; None is a socket that is already connected.
        if isinstance(address, tuple) and not is_local(address[0]):
            raise NetworkReached(f"测试不得访问外部网络：{address[0]}")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname") and not is_local(arguments[0]):
        raise NetworkReached(f"测试不得解析外部主机名：{arguments[0]!r}")


@functools.cache
def install() -> None:
    """Put the guard in place, once, for the rest of this process."""
    sys.addaudithook(watch)
