"""Every refusal is problem+json with a code for programs and a sentence for people (M39, S34)."""

from __future__ import annotations

import json

import pytest
from django.conf import settings

from dugai.api import contract
from dugai.api.app import api as house
from tests.api.world import api_of, entry, make_world

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


def refused(answer, status: int, code: str):
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM), answer.content
    told = answer.json()
    assert told["code"] == code
    assert told["status"] == status
    assert told["request_id"]
    return told


@pytest.fixture
def world(cast):
    return make_world(cast)


@pytest.fixture
def clerk(world):
    return api_of(world.cast.province_clerk)


def raw(api, path, data, content_type="application/json"):
    return api.client.post(
        f"/api/v1{path}", data, content_type=content_type, HTTP_AUTHORIZATION=f"Bearer {api.secret}"
    )


def test_an_unknown_address_and_a_wrong_method(clerk):
    refused(clerk.get("/nothing"), 404, "not_found")
    refused(clerk.get(""), 404, "not_found")
    answer = clerk.client.put("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {clerk.secret}")
    refused(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "GET"


DEEP = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"\xff\xfe",
        DEEP.encode(),
        b'{"a":' * 20 + b"1" + b"}" * 20,
        b'{"number": 1, "number": 2}',
        b'{"number": ' + b"9" * 100_000 + b"}",
        b'{"number": NaN}',
        b'{"number": -Infinity}',
        b'{"number": 1e999}',
        b'{"number": 1.' + b"1" * 1000 + b"}",
    ],
)
def test_json_that_could_mean_two_things_is_refused(clerk, world, body):
    answer = raw(clerk, f"/inspections/{world.problem.inspection_id}/problems", body)
    if body == b"":
        refused(answer, 422, "invalid_request")
    else:
        refused(answer, 400, "bad_json")


def test_a_body_of_another_kind(clerk, world):
    answer = raw(clerk, f"/tasks/{world.task.pk}/split", "a=1", "application/x-www-form-urlencoded")
    refused(answer, 415, "unsupported_media_type")


def test_a_body_that_is_too_large(clerk, world):
    body = b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    refused(raw(clerk, f"/tasks/{world.task.pk}/split", body), 413, "too_large")


def test_unknown_names_are_refused_by_name(clerk, world):
    told = refused(clerk.get("/tasks", offset=3, page=2), 422, "invalid_request")
    assert sorted(told["fields"]) == ["offset", "page"]
    told = refused(clerk.get("/tasks?limit=1&limit=2"), 422, "invalid_request")
    assert list(told["fields"]) == ["limit"]
    body = entry(world.cast, surprise=1)
    body["measures"][0]["tasks"][0]["lamp"] = "done"
    told = refused(
        clerk.post(f"/inspections/{world.problem.inspection_id}/problems", body), 422, "invalid_request"
    )
    assert told["fields"] == {"surprise": "没有这一项", "measures.0.tasks.0.lamp": "没有这一项"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 101}, "limit"),
        ({"limit": 0}, "limit"),
        ({"limit": "1e1"}, "limit"),
        ({"limit": "１"}, "limit"),
        ({"sort": "owner__password"}, "sort"),
        ({"lamp": "pink"}, "lamp.0"),
        ({"region": 2**53}, "region"),
        ({"due_from": "2026-02-30"}, "due_from"),
        ({"due_from": "1700000000"}, "due_from"),
        ({"q": ""}, "q"),
        ({"q": "长" * 61}, "q"),
        ({"q": "a\x00b"}, "q"),
        ({"leaf": "1"}, "leaf"),
        ({"cursor": "####"}, "cursor"),
    ],
)
def test_a_wrong_question_is_named(clerk, query, field):
    told = refused(clerk.get("/tasks", **query), 422, "invalid_request")
    assert list(told["fields"]) == [field]
    assert told["fields"][field].startswith(
        ("不能", "要写成", "只能是：", "日期", "没有", "至少", "最多", "写法")
    )


@pytest.mark.parametrize("cursor", ["W10", "abc", "WyJkdWUiLG51bGwsLTFd", "WyJkdWUiLDEsMV0", "e30", "MQ"])
def test_a_cursor_of_ones_own_making(clerk, cursor):
    refused(clerk.get("/tasks", cursor=cursor), 422, "cursor_invalid")


def test_a_write_says_which_version_it_saw(clerk, world):
    shares = [
        {"owner": world.cast.county_bureau.pk, "targets": [{"name": "管网", "unit": "公里", "amount": "6.4"}]}
    ]
    path = f"/tasks/{world.task.pk}/split"
    refused(clerk.post(path, {"shares": shares}), 428, "version_missing")
    refused(clerk.post(path, {"shares": shares, "seen_version": 99}), 409, "conflict")


def test_out_of_sight_and_never_there_are_alike(world):
    stranger = api_of(world.cast.neighbour_clerk)
    hidden = stranger.get(f"/tasks/{world.task.pk}")
    never = stranger.get("/tasks/9000000")
    told = [refused(answer, 404, "not_found") for answer in (hidden, never)]
    for one in told:
        one.pop("request_id")
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"home": 999_999}, "home"),
        ({"deadline": "2026年2月30日前"}, "deadline"),
        ({"deadline": "等通知"}, "deadline"),
        ({"title": ""}, "title"),
        ({"title": "长" * 201}, "title"),
        ({"title": "两\n行"}, "title"),
        ({"text": "\ud800"}, "text"),
        ({"number": "7"}, "number"),
        ({"number": True}, "number"),
        ({"kind": "gossip"}, "kind"),
        ({"measures": [{}] * 51}, "measures"),
    ],
)
def test_a_wrong_value_is_named_by_its_path(clerk, world, change, field):
    body = json.dumps(entry(world.cast, **change))
    answer = raw(clerk, f"/inspections/{world.problem.inspection_id}/problems", body)
    assert answer.status_code == 422
    assert field in answer.json()["fields"]


def test_an_idempotency_key_has_a_length(clerk, world):
    for key in ("", "长", "k" * 51, "a b", "a:b", "a\n"):
        answer = clerk.client.get(
            "/api/v1/me", headers={"Authorization": f"Bearer {clerk.secret}", "Idempotency-Key": key}
        )
        refused(answer, 400, "idempotency_key_invalid")


def test_a_key_in_use_does_not_hide_a_method_that_is_not_there(clerk, world):
    address = f"/inspections/{world.problem.inspection_id}/problems"
    assert clerk.post(address, entry(world.cast, 7), key="a").status_code == 201
    told = {"Authorization": f"Bearer {clerk.secret}", "Idempotency-Key": "a"}
    refused(clerk.client.delete("/api/v1/inspections", headers=told), 405, "method_not_allowed")


def test_one_key_for_two_different_writes(clerk, world):
    inspection = world.problem.inspection_id
    assert clerk.post(f"/inspections/{inspection}/problems", entry(world.cast, 7), key="a").status_code == 201
    answer = clerk.post(f"/inspections/{inspection}/problems", entry(world.cast, 8), key="a")
    refused(answer, 422, "idempotency_key_reused")


def test_every_operation_demands_a_token(client):
    found = contract.document(house)
    walked = 0
    for path, methods in found["paths"].items():
        for method in methods:
            address = path.replace("{", "").replace("}", "")
            for part in ("_id",):
                address = address.replace(part, "")
            answer = getattr(client, method)("/" + address.strip("/"))
            assert (answer.status_code, answer["Content-Type"]) == (401, PROBLEM), (method, path)
            walked += 1
    assert walked == sum(len(methods) for methods in found["paths"].values()) > 60
