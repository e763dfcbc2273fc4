"""A program that knows nothing but the committed contract turns the loop."""

from __future__ import annotations

import json
import threading
from collections import Counter

import pytest
from django.db import connections
from django.test import Client as Browser

from dugai.journal.models import Event
from dugai.ledger.models import Problem
from tests.api.client import SPEC, Refusal, generate
from tests.api.world import entry, secret_of
from tests.cast import make_cast, make_inspection

WHY = "a test counts its own rows"


def program(user):
    """Return a client made from the committed file, with a token of `user`."""
    client = generate(json.loads(SPEC.read_text(encoding="utf-8")))
    secret, browser = secret_of(user), Browser(raise_request_exception=False)

    def send(method, path, query, headers, body):
        extra = {"Authorization": f"Bearer {secret}", **headers}
        data = {} if method == "get" else {"data": json.dumps(body), "content_type": "application/json"}
        answer = getattr(browser, method)(path, **data, query_params=query, headers=extra)
        return answer.status_code, answer["Content-Type"], answer.content

    return client(send)


@pytest.mark.django_db
def test_one_month_by_programs_alone(cast):
    office, unit, reviewer = program(cast.city_clerk), program(cast.county_clerk), program(cast.city_reviewer)
    desks = {
        cast.county_bureau.pk: program(cast.county_reviewer),
        cast.county_office.pk: program(cast.county_office_reviewer),
        cast.city_office.pk: reviewer,
    }
    inspection = make_inspection(cast).pk
    problem = office.register_problem(inspection_id=inspection, body=entry(cast), key="register")
    assert problem["measures"][0]["deadline"] == "2026年12月底前"
    (task,) = office.list_tasks(problem=problem["id"])["items"]
    shares = [
        {
            "owner": cast.county_bureau.pk,
            "title": "改造管网",
            "targets": [{"name": "管网", "unit": "公里", "amount": "6.4"}],
        }
    ]
    body = {"seen_version": task["version"], "shares": shares}
    parent = office.split_task(task_id=task["id"], body=body)
    (child,) = parent["children"]
    assert (parent["is_leaf"], child["owner"]["id"]) == (False, cast.county_bureau.pk)

    opened = office.open_round(body={"kind": "monthly", "region": cast.city.pk})
    assert opened["counts"]["owed"] == 1
    (owed,) = unit.list_reports(mine="to_fill", round=opened["id"])["items"]
    report = unit.get_report(report_id=owed["id"])
    (line,) = report["start"]
    assert (line["amount"], line["before"]) == ("6.4", "0")

    values = {
        "progress": "in_progress",
        "summary": "已完成沿河路段管网铺设一点二公里，正在回填路面。",
        "added": [{"target": line["target"], "amount": "1.2"}],
        "next_step": "继续铺设剩余路段。",
    }
    draft = unit.save_draft(report_id=owed["id"], body={"seen_edition": 0, "values": values})
    assert draft["draft"]["edition"] == 1
    sent = unit.submit_report(
        report_id=owed["id"], body={"seen_version": draft["version"], "values": values}, key="submit"
    )
    assert (sent["state"], sent["quantities"][0]["total"]) == ("submitted", "1.2")
    assert sent["receipt"]

    first = desks[sent["at_desk_of"]["id"]]
    back = first.send_back_report(
        report_id=owed["id"], body={"seen_version": sent["version"], "reason": "请写明剩余路段的安排"}
    )
    assert (back["state"], back["review_opinion"]) == ("returned", "请写明剩余路段的安排")
    values["next_step"] = "六月底前完成剩余路段。"
    again = unit.submit_report(report_id=owed["id"], body={"seen_version": back["version"], "values": values})
    for one in again["way"][:-1]:
        by = desks[one["id"]]
        again = by.pass_up_report(report_id=owed["id"], body={"seen_version": again["version"]})
    last = desks[again["at_desk_of"]["id"]]
    done = last.adopt_report(report_id=owed["id"], body={"seen_version": again["version"]})
    assert done["state"] == "adopted"

    task = unit.get_task(task_id=child["id"])
    assert (task["progress"], task["targets"][0]["done"]) == ("in_progress", "1.2")
    told = unit.list_events(subject_type="report", subject_id=owed["id"])["items"]
    counted = Counter(event["kind"] for event in told)
    assert counted["report.submitted"] == 2
    assert counted["report.sent_back"] == counted["report.adopted"] == 1
    receipt = unit.get_receipt(event_id=told[-1]["id"])
    assert json.loads(receipt["event"])["kind"] == "report.adopted"
    with pytest.raises(Refusal) as refusal:
        program(cast.neighbour_clerk).get_receipt(event_id=told[-1]["id"])
    assert refusal.value.problem["status"] == 404


@pytest.mark.django_db(transaction=True)
def test_ten_replays_at_once_have_one_effect():
    cast = make_cast()
    inspection = make_inspection(cast).pk
    office = program(cast.city_clerk)
    answers: list[object] = []

    def replay() -> None:
        try:
            answers.append(
                office.register_problem(inspection_id=inspection, body=entry(cast), key="k-1")["id"]
            )
        except Refusal as refusal:
            answers.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=replay) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1, answers
    assert Problem.objects.unscoped(WHY).count() == 1
    assert Event.objects.filter(kind="problem.registered").count() == 1
