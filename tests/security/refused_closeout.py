"""The services of close-out: a call that their policy refuses, and to whom."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

from dugai.acceptance.entries import Answers, Photo
from tests.closeout import a_visit, day

Call = tuple[tuple[str, ...], Callable[[Any], dict[str, Any]]]
STRANGERS = ("neighbour_clerk", "other_city_reviewer", "system_admin")
LOW = ("county_clerk", "leader", "verifier", *STRANGERS)
LATER = dt.date(2099, 1, 1)
INNER = dict.fromkeys(
    ("advance", "move_closure", "note_findings", "take", "propose_after_look_back"),
    "called by a service that has asked",
)


def case(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"case_id": world.case.pk, "seen_version": world.case.version, **more}


def problem(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"problem_id": world.problem.pk, "seen_version": world.problem.version, **more}


def proposal(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"proposal_id": world.proposal.pk, "seen_version": 1, **more}


def region(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"region_id": world.cast.city.pk, **more}


VISIT = {"draft_key": "d", "visit": a_visit(day(2)), "passed": True, "opinion": ""}
PHOTO = {"visit_key": "d", "photo_key": "p", "name": "现场.jpg", "photo": Photo()}
ANSWERS = Answers(rebound=True, in_place=False, stable=False, findings="反弹", visited_on=day(200).date())
MORE = {"requirement": "再建", "due": LATER}

CALLS: dict[str, Call] = {
    "apply": (LOW, problem(statement="自查", claims=[])),
    "withdraw": (("city_clerk", *LOW), case(reason="补")),
    "check_documents": (LOW, case(passed=True, opinion="")),
    "keep_photo": (LOW, lambda world: {"case_id": world.case.pk, "stream": io.BytesIO(b"x"), **PHOTO}),
    "record_visit": (LOW, lambda world: {"case_id": world.case.pk, **VISIT}),
    "sign_off": (LOW, case(step="sign_city", passed=True, opinion="")),
    "publish_notice": (LOW, case(address="网站", contact="整改办")),
    "lodge_objection": (
        LOW,
        lambda world: {
            "case_id": world.case.pk,
            "content": "异味",
            "channel": "",
            "received_on": day(7).date(),
        },
    ),
    "answer_objection": (
        ("city_clerk", *LOW),
        lambda world: {
            "objection_id": world.objection.pk,
            "seen_version": 1,
            "upheld": True,
            "answer": "查过",
        },
    ),
    "propose_close": (("city_clerk", *LOW), case()),
    "close": (("city_clerk", *LOW), proposal()),
    "file": (("city_clerk", *LOW), case(filed_with="部")),
    "consolidate": (("city_clerk", *LOW), case()),
    "propose_reopen": (("city_clerk", *LOW), problem(reason="反弹")),
    "propose_strengthen": (("city_clerk", *LOW), problem(reason="不稳", **MORE)),
    "propose_carry_over": (("city_clerk", *LOW), problem(reason="并入")),
    "approve": (("province_clerk", "city_reviewer", *LOW), proposal()),
    "refuse": (("province_clerk", "city_reviewer", *LOW), proposal(opinion="不")),
    "take_back": (("province_manager", *LOW), proposal()),
    "plan_look_back": (
        LOW,
        region(title="回头看", seed="甲", due=LATER, visitor_ids=[]),
    ),
    "record_look_back": (
        ("city_clerk", *LOW),
        lambda world: {"item_id": world.look_back.pk, "seen_version": 1, "answers": ANSWERS},
    ),
    "install_variant": (("city_reviewer", *LOW), region(variant="hunan")),
    "adopt": (("city_reviewer", *LOW), region(values={}, legal_reference="文")),
    "adopt_rules": (
        ("city_reviewer", *LOW),
        lambda world: {"name": "lamps", "region": world.cast.city, "values": {}, "legal_reference": "文"},
    ),
    "set_calendar_day": (
        ("city_reviewer", *LOW),
        lambda world: {"day": LATER, "works": False, "name": "假", "source": "通知"},
    ),
}
