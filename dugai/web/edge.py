"""The outermost ring: who the peer really is, what never comes in, what a browser may do with an answer."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponseNotAllowed

from dugai.web import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PROTO",
)
CLAIMED = ("HTTP_REMOTE_USER", "HTTP_X_REMOTE_USER", "HTTP_X_USER_ID", "HTTP_FORWARDED")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ANSWERED = SAFE | {"POST", "PUT", "PATCH", "DELETE"}
PERMISSIONS = "browsing-topics=(), camera=(self), geolocation=(self), microphone=(), payment=(), usb=()"


class EdgeMiddleware:
    """Believes forwarded addresses from listed proxies only, refuses cross-site writes, sets the headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Clean what came in, pass it on, and dress what goes out."""
        request.client_address = client_address(request)  # type: ignore[attr-defined]
        for name in CLAIMED:
            request.META.pop(name, None)
        if request.method not in ANSWERED:
            return dressed(request, HttpResponseNotAllowed(sorted(ANSWERED)))
        if request.method not in SAFE and request.META.get("HTTP_SEC_FETCH_SITE") == "cross-site":
            return dressed(request, errors.csrf_failure(request, "cross-site"))
        return dressed(request, self.get_response(request))


def client_address(request: HttpRequest) -> str:
    """Return the address of the person's machine; headers of an unlisted peer are thrown away.

    `settings.PROXIES` lists addresses and networks of our own proxies; `unix` stands for a local socket.
    """
    peer = str(request.META.get("REMOTE_ADDR", "")) or "unix"
    if not listed(peer, settings.PROXIES):
        for name in FORWARDED:
            request.META.pop(name, None)
        return peer
    claimed = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
    chain = [part.strip() for part in claimed.split(",") if part.strip()]
    for address in reversed(chain):
        if not listed(address, settings.PROXIES):
            return address[:64]
    return chain[0][:64] if chain else peer


def listed(peer: str, entries: Iterable[str]) -> bool:
    """Say whether an address is one of the listed addresses or lies in one of the listed networks."""
    for entry in entries:
        if entry == peer:
            return True
        try:
            if ipaddress.ip_address(peer) in ipaddress.ip_network(entry):
                return True
        except ValueError:
            continue
    return False


def dressed(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Set the headers that every answer carries, errors and files included."""
    policy = "; ".join(
        " ".join((name, *values)) for name, values in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
    )
    for name, value in (
        ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", settings.SECURE_REFERRER_POLICY),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", PERMISSIONS),
    ):
        if not response.has_header(name):
            response[name] = value
    if request.is_secure() and settings.SECURE_HTTPS and not response.has_header("Strict-Transport-Security"):
        response["Strict-Transport-Security"] = (
            f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
        )
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated and not response.has_header("Cache-Control"):
        response["Cache-Control"] = "no-store"
    return response
