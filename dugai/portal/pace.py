"""How often one network may send something in. No address is kept: only a keyed digest, for one hour."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import threading
import time
from typing import TYPE_CHECKING

from dugai.portal import own

if TYPE_CHECKING:
    from django.http import HttpRequest

HOUR = 3600.0
MOST_PEERS = 50_000


class Pace:
    """Counts an hour's entries of each network under a key that is forgotten with the hour."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0
        self._key = b""
        self._counts: dict[bytes, int] = {}

    def may(self, network: str) -> bool:
        """Count one more and say whether it is still within the limit of the hour."""
        with self._lock:
            now = time.monotonic()
            if now >= self._until or len(self._counts) > MOST_PEERS:
                self._until, self._key, self._counts = now + HOUR, secrets.token_bytes(32), {}
            name = hmac.new(self._key, network.encode(), hashlib.sha256).digest()[:16]
            self._counts[name] = self._counts.get(name, 0) + 1
            return self._counts[name] <= own.per_hour()

    def clear(self) -> None:
        """Forget the hour."""
        with self._lock:
            self._until = 0.0


PACE = Pace()


def peer(request: HttpRequest) -> str:
    """Return the reader's network; a forwarded address is believed from our own proxies only."""
    address = str(request.META.get("REMOTE_ADDR", "")) or "unix"
    if address in own.proxies():
        chain = [
            part.strip()
            for part in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
            if part.strip()
        ]
        address = next((one for one in reversed(chain) if one not in own.proxies()), address)
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{found}/{64 if found.version == 6 else 32}", strict=False))
