"""Who gets what at the addresses of close-out. The world's case was applied for by 朔岭市住建局.

It waits for its papers to be checked, so that most acts are nobody's turn and refuse everyone who sees it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import time_machine

from dugai.acceptance import services_again, services_look_back, services_notice
from tests import closeout as way
from tests.cast import make_problem
from tests.web.access import FORBIDDEN, HIDDEN, SEES, Line, line

REFUSED = 422
ADMINS = ("public", "system_admin", "security_admin", "audit_admin")
FOREIGN = ("other_city_reviewer", "neighbour_clerk")
SEEN = dict.fromkeys((*ADMINS, *FOREIGN), HIDDEN)
JUDGES = (
    *("county_office_clerk", "city_clerk", "city_reviewer", "province_clerk"),
    *("province_manager", "verifier", "leader", "supervisor", "discipline"),
)
CHECKERS = ("city_clerk", "city_reviewer", "province_clerk", "province_manager", "verifier")
NO_LEDGER = dict.fromkeys(ADMINS, FORBIDDEN)


def a_problem(world: Any) -> dict[str, Any]:
    return {"problem_id": world.problem.pk}


def _case(world: Any) -> Any:
    if not hasattr(world, "case"):
        other = make_problem(world.cast, world.problem.inspection, number=9)
        world.case = way.bring(world.cast, other, "applied")
    return world.case


def a_case(world: Any) -> dict[str, Any]:
    return {"case_id": _case(world).pk}


def a_photo(world: Any) -> dict[str, Any]:
    """Send one photo ahead of its visit, once."""
    if not hasattr(world, "visit_photo"):
        world.visit_photo = way.snap(world.cast, _case(world))
    return {"case_id": _case(world).pk, "photo_id": world.visit_photo.pk}


def an_objection(world: Any) -> dict[str, Any]:
    """Publish the notice of a third problem and object to it, once."""
    if not hasattr(world, "objection"):
        other = make_problem(world.cast, world.problem.inspection, number=10)
        case = way.bring(world.cast, other, "in_notice")
        with time_machine.travel(way.day(7), tick=False):
            world.objection = services_notice.lodge_objection(
                actor=world.cast.city_clerk,
                case_id=case.pk,
                content="雨天仍有污水味",
                channel="电话",
                received_on=dt.date(2026, 3, 9),
            )
    return {"objection_id": world.objection.pk}


def a_proposal(world: Any) -> dict[str, Any]:
    """Propose to carry the case's problem over, once."""
    if not hasattr(world, "proposal"):
        problem = way.fresh(_case(world).problem)
        world.proposal = services_again.propose_carry_over(
            actor=world.cast.province_clerk,
            problem_id=problem.pk,
            seen_version=problem.version,
            reason="本轮期限内完不成",
        )
    return {"proposal_id": world.proposal.pk}


def a_plan(world: Any) -> dict[str, Any]:
    """Close a fourth problem and draw it for the supervision body to look back at, once."""
    if not hasattr(world, "plan"):
        way.bring(world.cast, make_problem(world.cast, world.problem.inspection, number=11), "closed")
        supervisor = world.cast.supervisor
        world.plan = services_look_back.plan_look_back(
            actor=supervisor,
            region_id=world.cast.province.pk,
            title="2026年第四季度回头看",
            seed="江源 2026-11",
            due=dt.date(2099, 12, 31),
            visitor_ids=[supervisor.organisation_id],
        )
    return {"plan_id": world.plan.pk}


def an_item(world: Any) -> dict[str, Any]:
    a_plan(world)
    return {"item_id": world.plan.items.get().pk}


def reopening(world: Any) -> dict[str, Any]:
    return {"problem_id": world.problem.pk, "kind": "reopen"}


NOBODYS_TURN = line(FORBIDDEN, a_case, **SEEN)
LISTS = line(SEES, **NO_LEDGER)

ACCESS: dict[str, Line] = {
    "problem_closeout": line(SEES, a_problem, **SEEN),
    "closeout_summary": line(SEES, a_problem, **SEEN),
    "problem_traces": line(HIDDEN, a_problem, **dict.fromkeys(JUDGES, SEES)),
    # 朔岭市住建局 alone applies and withdraws; none of its people is in the table
    "closeout_apply": line(FORBIDDEN, a_problem, **SEEN),
    "closeout_withdraw": NOBODYS_TURN,
    "closeout_check": line(FORBIDDEN, a_case, **{**SEEN, **dict.fromkeys(CHECKERS, SEES)}),
    "closeout_visit": NOBODYS_TURN,
    "closeout_sign": NOBODYS_TURN,
    "closeout_notice": NOBODYS_TURN,
    "closeout_objection_new": NOBODYS_TURN,
    "closeout_close": NOBODYS_TURN,
    "closeout_file": NOBODYS_TURN,
    "closeout_consolidate": NOBODYS_TURN,
    "closeout_photo": line(SEES, a_photo, **SEEN),
    # a script that holds nothing of anybody
    "visit_worker": line(SEES, anonymous=SEES),
    # an empty form names no upload of one's own (404) and no visit (422)
    "closeout_visit_photo": line(HIDDEN, a_case, method="post"),
    "closeout_visit_send": line(REFUSED, a_case, method="post", **SEEN),
    "closeout_objection": line(
        FORBIDDEN, an_objection, **{**SEEN, "city_reviewer": SEES, "province_manager": SEES}
    ),
    "closeout_decide": line(
        FORBIDDEN, a_proposal, **{**SEEN, "province_clerk": SEES, "province_manager": SEES}
    ),
    "closeout_propose": line(FORBIDDEN, reopening, **SEEN),
    "closeout": LISTS,
    "closeout_register": LISTS,
    "closeout_register_sheet": LISTS,
    "consolidation": LISTS,
    "look_backs": LISTS,
    "look_back_new": line(
        FORBIDDEN,
        **dict.fromkeys(("city_reviewer", "other_city_reviewer", "province_manager", "supervisor"), SEES),
    ),
    "look_back_plan": line(SEES, a_plan, **NO_LEDGER),
    "look_back_item": line(FORBIDDEN, an_item, **{**SEEN, "supervisor": SEES}),
}
