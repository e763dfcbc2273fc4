"""The journal's pages: acts without contents, receipts, and their checking."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dugai.journal import sequencing
from dugai.journal.models import Event
from tests.cast import Cast, make_inspection, make_problem

pytestmark = pytest.mark.django_db


def text_of(client, address: str, **query: str) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_audit_administrator_reads_acts_and_no_business_text(client, cast: Cast):
    make_problem(cast)
    client.force_login(cast.audit_admin)
    page = text_of(client, reverse("journal"))
    assert "问题入账" in page
    assert "周明远" in page
    assert "污水管网" not in page


def test_a_county_office_reads_its_own_people_only(client, cast: Cast):
    make_problem(cast)
    client.force_login(cast.county_office_clerk)
    assert "周明远" not in text_of(client, reverse("journal"))


def test_the_list_is_narrowed_and_paged_without_gap(client, cast: Cast):
    inspection = make_inspection(cast)
    for number in (1, 2, 3):
        make_problem(cast, inspection, number)
    client.force_login(cast.audit_admin)
    only = text_of(client, reverse("journal"), kind="task.assigned")
    assert only.count("<tr>") == 4  # the head and three acts
    first = text_of(client, reverse("journal"))
    assert f"before={Event.objects.order_by('-pk')[49].pk}" in first
    assert "这些条件下没有记录" in text_of(client, reverse("journal"), name="无此人")


def test_a_receipt_is_downloaded_checked_and_a_forged_one_refused(client, cast: Cast):
    make_problem(cast)
    client.force_login(cast.province_clerk)
    event = Event.objects.get(kind="problem.registered")
    response = client.get(reverse("event_receipt", args=[event.pk]))
    receipt = json.loads(response.content)
    assert receipt == sequencing.receipt_of(event.pk)

    def check(content: dict | str) -> str:
        data = content if isinstance(content, str) else json.dumps(content)
        upload = SimpleUploadedFile("r.json", data.encode(), content_type="application/json")
        return client.post(reverse("receipt_check"), {"receipt": upload}).content.decode()

    assert "回执成立" in check(receipt)
    assert "回执不成立" in check({**receipt, "event": receipt["event"].replace("JY3-01", "JY3-02")})
    assert "回执不成立" in check({**receipt, "root": "0" * 64})
    assert "不是督改的回执" in check("{")
    assert "请选择一个回执文件" in client.post(reverse("receipt_check")).content.decode()
