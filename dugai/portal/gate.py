"""The one ring around the portal: headers, a cache of whole pages, ETags, compression.

A page is kept until anything is shown or taken away; that is asked of the database every `LOOK` seconds.
With `AGE` in proxy and browser, withdrawn things are gone after at most LOOK + 2 × AGE = 45 seconds (P12).
"""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import DisallowedHost
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import Resolver404, resolve

from dugai.portal import store

if TYPE_CHECKING:
    from collections.abc import Callable

LOOK = 5.0
AGE = 20
MOST_PAGES = 3000
MOST_BYTES = 96 * 1024 * 1024
LARGEST = 2 * 1024 * 1024
LEAST = 500
ASKED = ("page", "q", "region")
COMPRESSED = ("text/", "application/json", "application/atom+xml", "application/xml", "image/svg+xml")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'none'; style-src 'self'; img-src 'self'; object-src 'none';"
        " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "browsing-topics=(), camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
FORMS = frozenset({"objection", "receipt", "journal_check"})
"""The addresses that take a form; nothing else of the portal takes anything."""
KEPT = f"public, max-age={AGE}"


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it goes out, plain and compressed."""

    headers: dict[str, str]
    etag: str
    plain: bytes
    small: bytes | None

    @property
    def weight(self) -> int:
        """Bytes it takes in memory."""
        return len(self.plain) + len(self.small or b"")


class Pages:
    """Whole pages of one edition of the snapshots."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: OrderedDict[tuple[str, ...], Page] = OrderedDict()
        self._edition: tuple[Any, ...] | None = None
        self._looked = 0.0
        self._weight = 0

    def look(self) -> None:
        """Forget everything when the snapshots are of another edition. Raises `django.db.Error`."""
        now = time.monotonic()
        if self._edition is not None and now - self._looked < LOOK:
            return
        edition = store.edition()
        with self._lock:
            self._looked = now
            if edition != self._edition:
                self._edition = edition
                self._pages.clear()
                self._weight = 0

    def clear(self) -> None:
        """Forget everything, and look again at the next request."""
        with self._lock:
            self._pages.clear()
            self._edition, self._weight = None, 0

    def get(self, key: tuple[str, ...]) -> Page | None:
        """Return a page that was kept."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def edition(self) -> tuple[Any, ...] | None:
        """Return what the pages kept now were made of."""
        return self._edition

    def keep(self, key: tuple[str, ...], page: Page, edition: tuple[Any, ...] | None) -> None:
        """Keep a page, unless the snapshots changed while it was made; the oldest go first."""
        with self._lock:
            if edition != self._edition or page.weight > LARGEST:
                return
            old = self._pages.pop(key, None)
            self._weight += page.weight - (old.weight if old else 0)
            self._pages[key] = page
            while len(self._pages) > MOST_PAGES or self._weight > MOST_BYTES:
                self._weight -= self._pages.popitem(last=False)[1].weight


PAGES = Pages()


class Gate:
    """Answers from the kept pages where it can, and dresses every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        try:
            host = request.get_host()
        except DisallowedHost:
            return dressed(
                HttpResponse("没有这个地址。", status=400, content_type="text/plain; charset=utf-8")
            )
        if request.method not in {"GET", "HEAD", "POST"}:
            return dressed(HttpResponseNotAllowed(["GET", "HEAD", "POST"]))
        try:
            PAGES.look()
            if request.method == "POST":
                return dressed(
                    self.get_response(request) if _takes(request) else HttpResponseNotAllowed(["GET"])
                )
            return self._page(request, host)
        except Error:
            return dressed(closed(request))

    def _page(self, request: HttpRequest, host: str) -> HttpResponse:
        asked = urlencode(
            [pair for pair in sorted(parse_qsl(request.META.get("QUERY_STRING", ""))) if pair[0] in ASKED]
        )
        key = (request.scheme or "", host, request.path_info, asked)
        page = PAGES.get(key)
        if page is None:
            edition = PAGES.edition()
            response = self.get_response(request)
            if response.status_code != 200 or response.has_header("Cache-Control"):
                return dressed(response)
            page = made(response)
            PAGES.keep(key, page, edition)
        return answer(request, page)


def _takes(request: HttpRequest) -> bool:
    """Say whether an address takes anything; what does not exist is told so by its own page."""
    try:
        return resolve(request.path_info).url_name in FORMS
    except Resolver404:
        return True


def made(response: HttpResponse) -> Page:
    """Return an answer as it is kept."""
    plain = response.content
    kind = response["Content-Type"]
    small = gzip.compress(plain, 6, mtime=0) if len(plain) > LEAST and kind.startswith(COMPRESSED) else None
    etag = f'"{hashlib.sha256(plain).hexdigest()[:32]}"'
    headers = {name: value for name, value in response.items() if name != "Content-Length"}
    return Page(headers, etag, plain, small)


def answer(request: HttpRequest, page: Page) -> HttpResponse:
    """Return a kept page to one reader: not at all when they have it, compressed when they can read that."""
    asked = request.META.get("HTTP_IF_NONE_MATCH", "")
    same = page.etag in {part.strip().removeprefix("W/") for part in asked.split(",")}
    small = page.small if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "") else None
    if same:
        response = HttpResponse(status=304)
        del response["Content-Type"]
    else:
        body = small or page.plain
        response = HttpResponse(b"" if request.method == "HEAD" else body)
        response["Content-Length"] = str(len(body))
        for name, value in page.headers.items():
            response[name] = value
        if small:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = f"W/{page.etag}"
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = KEPT
    return dressed(response)


def dressed(response: HttpResponse) -> HttpResponse:
    """Set what every answer carries; what is no page of the cache is kept by nobody."""
    for name, value in HEADERS.items():
        if not response.has_header(name):
            response[name] = value
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = "no-store"
    return response


def closed(request: HttpRequest) -> HttpResponse:
    """Say that the snapshots cannot be read now."""
    response = render(request, "closed.html", status=503)
    response["Retry-After"] = "30"
    return response
