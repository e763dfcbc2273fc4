"""Every answer, errors and files included, tells the browser how little it may do with it (S15)."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from tests.cast import Cast
from tests.security.addresses import paths

pytestmark = pytest.mark.django_db


def faults(response) -> list[str]:
    """Return what an answer lacks."""
    policy = dict(
        part.strip().partition(" ")[::2] for part in response.get("Content-Security-Policy", "").split(";")
    )
    wanted = {
        "default-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "form-action": "'self'",
    }
    found = [f"csp {name}" for name, value in wanted.items() if policy.get(name) != value]
    found += [f"csp {name} unsafe" for name, value in policy.items() if "unsafe" in value or "*" in value]
    for name, value in (
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ):
        if response.get(name) != value:
            found.append(name)
    return found


def test_every_address_carries_the_headers_for_everybody(cast: Cast):
    wrong = []
    for person in (None, "county_clerk", "system_admin", "security_admin"):
        client = Client(raise_request_exception=False)
        if person:
            client.force_login(cast.users[person])
        for name, path in paths().items():
            for method in ("get", "post"):
                if name.startswith("sign_out"):
                    continue
                response = getattr(client, method)(path)
                lacking = faults(response)
                if person and "no-store" not in response.get("Cache-Control", ""):
                    lacking.append("no-store")
                wrong += [f"{method} {path} as {person}: {lack}" for lack in lacking]
                if response.streaming:
                    response.getvalue()
    assert not wrong, "\n".join(wrong[:40])


@pytest.mark.parametrize(
    ("path", "changes", "status"),
    [
        ("/no-such-page/", {}, 404),
        ("/sign-in/", {"HTTP_HOST": "evil.example"}, 400),
        ("/static/none.css", {}, 404),
        ("/../../etc/passwd", {}, 404),
    ],
)
def test_errors_carry_them_too(client, path: str, changes: dict[str, str], status: int):
    response = client.get(path, **changes)
    assert response.status_code == status
    assert faults(response) == []


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "TRACK"])
def test_odd_methods_are_refused(client, method: str):
    response = client.generic(method, "/sign-in/")
    assert (response.status_code, faults(response)) == (405, [])


def test_https_is_remembered_for_a_year(client):
    year = {"SECURE_HTTPS": True, "SECURE_HSTS_SECONDS": 365 * 24 * 3600}
    with override_settings(**year, SECURE_HSTS_INCLUDE_SUBDOMAINS=True, SECURE_HSTS_PRELOAD=True):
        for answer in (client.get("/sign-in/", secure=True), client.generic("TRACE", "/", secure=True)):
            assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


def test_pages_hold_no_inline_script_or_style(cast: Cast, client):
    client.force_login(cast.system_admin)
    for path in ("/account/", "/account/totp/", "/organisations/", "/people/", "/people/import/people/"):
        page = client.get(path, follow=True).content.decode()
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick=" not in page
        assert all("src=" in part.split(">")[0] for part in page.split("<script")[1:]), path
