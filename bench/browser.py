"""One client on loopback: signs in as a person would, then times requests, each over a new connection.

The method is the one the peers were measured with: after warm-ups, rounds of requests; the figure is
the median of the round medians, with the lowest and highest round beside it and p95 over everything.
"""

from __future__ import annotations

import http.client
import re
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
WARM_UPS = 2
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds: median of the round medians, lowest and highest round median, p95 over everything."""

    median: float
    lowest: float
    highest: float
    p95: float


class Browser:
    """Keeps the cookies of one person; refuses any address but loopback by never taking one."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def send(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        """Send one request over a new connection; return status and text, redirects not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            headers |= {"Content-Type": FORM, "Referer": f"http://127.0.0.1:{self.port}{path}"}
        try:
            connection.request(method, path, body=body.encode() or None, headers=headers)
            response = connection.getresponse()
            text = response.read().decode()
            for header in response.headers.get_all("Set-Cookie") or []:
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
            return response.status, text
        finally:
            connection.close()

    def get(self, path: str) -> str:
        """Return a page that must be there."""
        status, text = self.send("GET", path)
        if status != http.HTTPStatus.OK:
            message = f"GET {path} answered {status}"
            raise RuntimeError(message)
        return text

    def post(self, path: str, page: str, values: Mapping[str, str]) -> None:
        """Post a form found on `page`; the answer must be a redirect, which says that it was done."""
        found = TOKEN.search(page)
        token = found.group(1) if found else ""
        status, text = self.send("POST", path, urlencode({"csrfmiddlewaretoken": token, **values}))
        if status not in {http.HTTPStatus.FOUND, http.HTTPStatus.SEE_OTHER}:
            message = f"POST {path} answered {status}: {text[:300]}"
            raise RuntimeError(message)

    def sign_in(self, username: str, password: str) -> None:
        """Sign in through the page everybody uses."""
        page = self.get("/sign-in/")
        self.post("/sign-in/", page, {"username": username, "password": password, "next": ""})


def timed(act: Callable[[], object], *, rounds: int, each: int, warm_ups: int = WARM_UPS) -> Timing:
    """Time an act that can be repeated."""
    medians: list[float] = []
    everything: list[float] = []
    for _ in range(rounds):
        for _ in range(warm_ups):
            act()
        taken = [once(act) for _ in range(each)]
        medians.append(statistics.median(taken))
        everything += taken
    return summed(medians, everything)


def once(act: Callable[[], object]) -> float:
    """Return the milliseconds one act takes."""
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def summed(medians: list[float], everything: list[float]) -> Timing:
    """Put round medians and single times together."""
    ordered = sorted(everything)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return Timing(statistics.median(medians), min(medians), max(medians), p95)
