"""Signing in through a provider of identities: a real one on loopback, and answers that were tampered with."""

from __future__ import annotations

import base64
import hashlib
import re
import socket
import subprocess
import sys
import time
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client

from dugai.journal.models import Event
from dugai.people import services_account
from dugai.people.models import User
from tests.cast import Cast
from tests.security.test_sessions import is_in

pytestmark = pytest.mark.django_db
SERVE = """
import warnings; warnings.simplefilter("ignore")
import sys, oidc_provider_mock
from werkzeug.serving import make_server
make_server("127.0.0.1", int(sys.argv[1]), oidc_provider_mock.app()).serve_forever()
"""


@pytest.fixture(scope="module")
def provider():
    """Run the provider in a process of its own on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", SERVE, str(port)], stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                requests.get(f"{address}/.well-known/openid-configuration", timeout=1).raise_for_status()
                break
            except requests.RequestException:
                time.sleep(0.1)
        else:
            pytest.fail("the provider did not start")
        yield address
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(autouse=True)
def _configured(settings, provider) -> None:
    settings.OIDC_ISSUER = provider
    settings.OIDC_CLIENT_ID = "dugai"
    settings.OIDC_CLIENT_SECRET = "a-shared-secret-of-the-test"


def begin(client: Client, after: str = "") -> str:
    """Leave for the provider; return the address the browser is sent to."""
    response = client.get("/sign-in/oidc/", {"next": after})
    assert response.status_code == 302
    return response["Location"]


def agree(address: str, person: str) -> dict[str, str]:
    """Sign in at the provider as `person`; return the answer it sends the browser back with."""
    response = requests.post(address, data={"sub": person}, allow_redirects=False, timeout=5)
    assert response.status_code in {302, 303}, response.text
    query = parse_qs(urlsplit(response.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}


def link(cast: Cast, person: str = "mq-0001") -> None:
    """Tie the county clerk's account to a person at the provider."""
    services_account.edit_account(actor=cast.system_admin, user_id=cast.county_clerk.pk, external_id=person)


def test_a_known_person_comes_in_and_goes_where_they_were_heading(cast: Cast):
    link(cast)
    client = Client()
    answer = agree(begin(client, "/account/"), "mq-0001")
    response = client.get("/sign-in/oidc/return/", answer)
    assert response["Location"] == "/account/"
    assert is_in(client)
    assert '"way":"oidc"' in Event.objects.get(kind="session.opened").body


def test_state_nonce_and_pkce_are_asked_for(cast: Cast):
    client = Client()
    asked = parse_qs(urlsplit(begin(client)).query)
    digest = hashlib.sha256(client.session["oidc"]["verifier"].encode()).digest()
    assert asked["code_challenge"] == [base64.urlsafe_b64encode(digest).decode().rstrip("=")]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) >= 22
    assert len(asked["nonce"][0]) >= 22
    assert asked["scope"] == ["openid"]


def test_a_stranger_is_refused_and_no_account_appears(cast: Cast):
    before = User.objects.count()
    client = Client()
    response = client.get("/sign-in/oidc/return/", agree(begin(client), "nobody-here"), follow=True)
    assert "没有对应的账户" in response.content.decode()
    assert not is_in(client)
    assert User.objects.count() == before
    assert Event.objects.filter(kind="sign_in.failed").count() == 1


def test_a_closed_account_stays_closed(cast: Cast):
    link(cast)
    services_account.disable_account(actor=cast.system_admin, user_id=cast.county_clerk.pk, reason="离职")
    client = Client()
    client.get("/sign-in/oidc/return/", agree(begin(client), "mq-0001"))
    assert not is_in(client)


def test_an_answer_works_once_and_only_in_the_browser_that_asked(cast: Cast):
    link(cast)
    mine, thief = Client(), Client()
    answer = agree(begin(mine), "mq-0001")
    begin(thief)
    thief.get("/sign-in/oidc/return/", answer)
    assert not is_in(thief)
    Client().get("/sign-in/oidc/return/", answer)
    mine.get("/sign-in/oidc/return/", answer)
    assert is_in(mine)
    mine.post("/sign-out/")
    mine.get("/sign-in/oidc/return/", answer)
    assert not is_in(mine)


@pytest.mark.parametrize("part", ["nonce", "state"])
def test_a_session_that_remembers_something_else_is_refused(cast: Cast, part: str):
    link(cast)
    client = Client()
    answer = agree(begin(client), "mq-0001")
    session = client.session
    session["oidc"] = {**session["oidc"], part: "other" * 12}
    session.save()
    response = client.get("/sign-in/oidc/return/", answer, follow=True)
    assert "统一身份认证没有通过" in response.content.decode()
    assert not is_in(client)


def test_a_token_for_somebody_else_is_refused(cast: Cast, settings):
    link(cast)
    client = Client()
    answer = agree(begin(client), "mq-0001")
    settings.OIDC_CLIENT_ID = "another"
    client.get("/sign-in/oidc/return/", answer)
    assert not is_in(client)


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:1", "http://idp.example", "http://10.0.0.1"])
def test_a_provider_out_of_reach_or_without_https_is_said_in_words(cast: Cast, settings, issuer: str):
    settings.OIDC_ISSUER = issuer
    response = Client().get("/sign-in/oidc/", follow=True)
    assert "连不上统一身份认证" in response.content.decode()


def test_the_sign_in_page_offers_it(cast: Cast, settings):
    settings.OIDC_NAME = "省统一身份认证"
    page = Client().get("/sign-in/?next=/account/").content.decode()
    assert re.search(r'href="/sign-in/oidc/\?next=/account/">用省统一身份认证登录', page)
