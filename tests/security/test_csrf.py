"""No address changes anything for a request that came from elsewhere (S10), nor for one that only asks."""

from __future__ import annotations

import pytest
from django.test import Client

from dugai.journal.models import Event
from dugai.people.models import Organisation, User
from tests.cast import PASSWORD, Cast
from tests.security.addresses import paths

pytestmark = pytest.mark.django_db
# What is written down because somebody looked: a refusal, and that a list left the house (等保 8.1.4.3 a).
SECURITY = ("access.refused", "sign_in.failed", "sign_in.locked", "ledger.exported", "people.exported")


def pages() -> dict[str, str]:
    """Return the addresses of pages; the interface for programs takes no cookies."""
    return {name: path for name, path in paths().items() if not path.startswith("/api/")}


def acts() -> int:
    """Count what was done, security events aside."""
    return Event.objects.exclude(kind__in=SECURITY).count()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_unsafe_passes_without_a_token(cast: Cast, method: str):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(cast.system_admin)
    before = acts()
    for path in pages().values():
        assert getattr(client, method)(path).status_code == 403, path
    assert acts() == before


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
    ids=["foreign origin", "null origin", "cross-site"],
)
def test_nothing_unsafe_passes_from_elsewhere_even_with_a_token(cast: Cast, headers: dict[str, str]):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(cast.system_admin)
    client.get("/account/password/")
    token = client.cookies["csrftoken"].value
    before = acts()
    for path in pages().values():
        assert client.post(path, {"csrfmiddlewaretoken": token}, headers=headers).status_code == 403, path
    assert acts() == before


def test_asking_changes_nothing(cast: Cast):
    before = acts(), User.objects.count(), Organisation.objects.count()
    versions = list(User.objects.order_by("pk").values_list("pk", "version"))
    for person in ("county_clerk", "system_admin", "security_admin"):
        client = Client(raise_request_exception=False)
        client.force_login(cast.users[person])
        for path in pages().values():
            for method in ("get", "head", "options"):
                response = getattr(client, method)(path)
                if response.streaming:
                    response.getvalue()
    assert before == (acts(), User.objects.count(), Organisation.objects.count())
    assert versions == list(User.objects.order_by("pk").values_list("pk", "version"))


def test_a_form_of_our_own_passes(cast: Cast):
    client = Client(enforce_csrf_checks=True)
    client.get("/sign-in/")
    data = {
        "username": "county_clerk",
        "password": PASSWORD,
        "csrfmiddlewaretoken": client.cookies["csrftoken"].value,
    }
    assert client.post("/sign-in/", data, headers={"Origin": "http://testserver"}).status_code == 302
