"""The pages of tokens: one is made after confirming, shown once, listed without its secret, and ended."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from dugai.kernel import clock
from dugai.people.models import Answer, ApiToken, UserSession

pytestmark = pytest.mark.django_db


def confirmed(user) -> Client:
    """Return a browser whose person has just confirmed who they are."""
    client = Client()
    client.force_login(user)
    UserSession.objects.filter(user=user).update(stepped_up_at=clock.now())
    return client


def form(**changes):
    day = clock.today() + dt.timedelta(days=30)
    return {"label": "每晚同步", "scopes": ["read", "report"], "expires_on": day.isoformat(), **changes}


def test_a_token_is_shown_once_and_works(cast):
    client = confirmed(cast.county_clerk)
    assert client.get(reverse("new_token")).status_code == 200
    page = client.post(reverse("new_token"), form())
    (secret,) = re.findall(r"dugai_[A-Za-z0-9_-]{43}", page.content.decode())
    told = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).json()
    assert told["scopes"] == ["read", "report"]
    listed = client.get(reverse("my_tokens")).content.decode()
    assert "每晚同步" in listed
    assert secret not in listed
    assert not Answer.objects.filter(body__contains=secret).exists()


def test_making_one_asks_who_sits_there(cast):
    client = Client()
    client.force_login(cast.county_clerk)
    answer = client.post(reverse("new_token"), form())
    assert answer["Location"].startswith(reverse("step_up"))
    assert not ApiToken.objects.exists()


def test_what_is_wrong_stands_beside_its_field(cast):
    client = confirmed(cast.county_clerk)
    page = client.post(reverse("new_token"), form(scopes=[], expires_on="2099-01-01"))
    assert "请选范围" in page.content.decode()
    page = client.post(reverse("new_token"), form(expires_on="2099-01-01"))
    assert page.status_code == 422
    assert "最长一年" in page.content.decode()
    assert not ApiToken.objects.exists()


def test_one_is_ended_at_once(cast):
    client = confirmed(cast.county_clerk)
    client.post(reverse("new_token"), form())
    token = ApiToken.objects.get()
    assert client.post(reverse("revoke_token", args=[token.pk])).status_code == 302
    assert "已作废" in client.get(reverse("my_tokens")).content.decode()
    stranger = confirmed(cast.neighbour_clerk)
    assert stranger.post(reverse("revoke_token", args=[token.pk])).status_code == 404
