"""摘录: one file with every event of a problem, checked by the small script without the server."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from dugai.journal import check_receipt
from tests import closeout as way
from tests.cast import Cast, make_problem

pytestmark = pytest.mark.django_db


def fetched(cast: Cast, username: str, problem_id: int) -> bytes:
    client = Client()
    client.force_login(cast.users[username])
    response = client.get(reverse("problem_extract", args=[problem_id]))
    assert response.status_code == 200
    return response.content


def test_the_audit_administrator_takes_a_problem_home_and_checks_it(cast: Cast, tmp_path, capsys):
    problem = make_problem(cast)
    way.bring(cast, problem, "closed")
    whole = fetched(cast, "audit_admin", problem.pk)
    found = json.loads(whole)
    kinds = {json.loads(one["event"])["kind"] for one in found["receipts"]}
    assert {
        "problem.registered",
        "closeout.applied",
        "verification.passed",
        "closure_entry.numbered",
    } <= kinds
    assert len({one["root"] for one in found["receipts"]}) == 1
    place = tmp_path / "extract.json"
    place.write_bytes(whole)
    assert check_receipt.main([str(place)]) == 0
    assert f"摘录共 {found['count']} 条，全部成立" in capsys.readouterr().out


def test_a_changed_or_shortened_extract_does_not_hold(cast: Cast, tmp_path, capsys):
    problem = make_problem(cast)
    found = json.loads(fetched(cast, "province_clerk", problem.pk))
    changed = {**found, "receipts": [dict(one) for one in found["receipts"]]}
    changed["receipts"][0]["event"] = changed["receipts"][0]["event"].replace("problem", "ploblem")
    shortened = {**found, "receipts": found["receipts"][1:]}
    for name, wrong in (("changed", changed), ("shortened", shortened)):
        place = tmp_path / f"{name}.json"
        place.write_text(json.dumps(wrong), encoding="utf-8")
        assert check_receipt.main([str(place)]) == 1
    said = capsys.readouterr().out
    assert "记录不在这棵树里" in said
    assert f"摘录应有 {found['count']} 条" in said
