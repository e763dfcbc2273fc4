"""Each service with an actor: a call that its policy refuses, and to whom; or why there is nothing to refuse."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dugai.evidence.services import Claim
from dugai.ledger.entries import NewMeasure, NewTask
from tests.cast import PASSWORD, deadline
from tests.security import refused_closeout, refused_indicators, refused_letters, refused_notices
from tests.web import access_disclosure

STRANGERS = ("neighbour_clerk", "other_city_reviewer", "system_admin")
READERS = ("verifier", "leader", "supervisor", *STRANGERS)
UNITS = ("county_clerk", "county_reviewer", *READERS)
WORKERS = ("county_clerk", "city_clerk", "verifier")
NOT_ADMIN = ("county_clerk", "province_manager", "audit_admin")
SOON = dt.date(2030, 1, 1)

# Services without a policy of their own: what they are for, and who asks before them.
OWN = "for the actor's own account alone"
INNER = "called by a service that has asked"
SYSTEM = "called by the system itself"
WITHOUT = {
    "change_password": OWN,
    "end_other_sessions": OWN,
    "end_session": "of one's own sessions; others' are in test_sessions",
    "first_time": OWN,
    "mark_read": OWN,
    "note_refusal": SYSTEM,
    "renew": OWN,
    "sign_out": OWN,
    "switch_off_totp": OWN,
    "switch_on_totp": OWN,
    "apply_progress": INNER,
    "end_lead": INNER,
    "enqueue": INNER,
    "move_milestones": INNER,
    "load_account": INNER,
    "check": INNER,
    "require_clean": INNER,
    "record": INNER,
    "store_file": INNER,
    "settle": INNER,
    "look_into": SYSTEM,
    "begin_upload": OWN,
    "mark_damaged": SYSTEM,
    "mark_whole": SYSTEM,
    "note_run": SYSTEM,
    "system_account": SYSTEM,
    "readmit": "a command of two people at the machine, when no account can help; see test_upkeep",
    "retry_parked": "a command of the operator, who has no account",
    "record_many": INNER,
    "refresh_portal": SYSTEM,
    "version_for_change": INNER,
    "decide_proposals": INNER,
    "propose": INNER,
    "settle_document": INNER,
    "reader_for": "writes nothing",
    "store_rows": INNER,
    **refused_closeout.INNER,
    **refused_indicators.INNER,
}

Call = tuple[tuple[str, ...], Callable[[Any], dict[str, Any]]]


def homes(world: Any) -> dict[str, Any]:
    return {"inspection_id": world.inspection.pk, "home_id": world.cast.city.pk}


def document(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"document_id": world.document.pk, **more}


def proposal(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"proposal_id": world.proposal.pk, "seen_version": world.proposal.version, **more}


def text(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"text_id": world.text.pk, "seen_version": world.text.version, **more}


def released(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"release_id": world.release.pk, "seen_version": world.release.version, **more}


def problem(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"problem_id": world.problem.pk, **more}


def task(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"task_id": world.task.pk, "seen_version": world.task.version, **more}


def change(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"change_id": world.change.pk, "seen_version": world.change.version, **more}


def version(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {
        "version_id": world.plan_version.pk,
        "seen_version": world.plan_version.version,
        **more,
    }


def owed(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"report_id": world.report.pk, **more}


def sent(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"report_id": world.sent.pk, "seen_version": world.sent.version, **more}


def piece(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"evidence_id": world.evidence.pk, **more}


def upload(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"key": world.upload.pk, **more}


def rounds(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"round_id": world.round.pk, **more}


def user(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"user_id": world.cast.county_office_clerk.pk, **more}


def unit(**more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda world: {"organisation_id": world.cast.county_bureau.pk, **more}


def batch(world: Any) -> dict[str, Any]:
    return {"batch_id": world.batch.pk, "seen_version": world.batch.version}


WORDING = {"column": "goal", "text": "不再直排"}
MEASURE = NewMeasure(number=9, columns={"text": "改造", "deadline": deadline()})
OTHERS = (*NOT_ADMIN, "neighbour_clerk")

CALLS: dict[str, Call] = {
    **refused_letters.CALLS,
    "open_inspection": (UNITS, lambda world: {"object_": world.cast.county, "code": "X", "name": "X"}),
    "register_problems": (
        UNITS,
        lambda world: {"inspection_id": world.inspection.pk, "problems": [world.new_problem]},
    ),
    "add_measures": (UNITS, problem(seen_version=1, measures=[MEASURE])),
    "add_site": (UNITS, lambda world: {**problem()(world), "region": world.cast.county, "name": "河口"}),
    "edit_problem": (UNITS, problem(seen_version=1, note="改")),
    "edit_measure": (
        UNITS,
        lambda world: {"measure_id": world.measure.pk, "seen_version": world.measure.version, "note": "改"},
    ),
    "add_part": (
        UNITS,
        lambda world: {
            **problem(seen_version=1)(world),
            "organisation": world.cast.county_office,
            "part": "cooperating",
        },
    ),
    "end_part": (
        UNITS,
        lambda world: {"participation_id": world.part.pk, "seen_version": 1, "reason": "调整"},
    ),
    "edit_site": (UNITS, lambda world: {"site_id": world.site.pk, "seen_version": 1, "name": "改"}),
    "link_problems": (
        UNITS,
        lambda world: {"earlier_id": world.problem.pk, "later_id": world.problem.pk, "relation": "merged"},
    ),
    "request_change": (READERS, problem(field="wording", new=WORDING, reason="补", seen_version=1)),
    "resubmit_change": (("city_reviewer", *READERS), change(new=WORDING, reason="补")),
    "withdraw_change": (("city_clerk", *READERS), change()),
    "return_change": (("city_clerk", *UNITS), change(opinion="补材料")),
    "refuse_change": (("city_clerk", *UNITS), change(opinion="不同意")),
    "approve_change": (("city_clerk", *UNITS), change()),
    "set_internal_due": (READERS, task(day=dt.date(2026, 6, 1))),
    "export_list": (
        ("system_admin", "security_admin", "audit_admin", "public"),
        lambda world: {"filters": {}, "path": Path("never-written.xlsx")},
    ),
    "open_plan": (
        UNITS,
        lambda world: {
            "inspection_id": world.inspection.pk,
            "organisation": world.cast.county,
            "title": "方案",
        },
    ),
    "draft_next_version": (UNITS, lambda world: {"plan_id": world.plan.pk, "reason": "增补"}),
    "submit_plan": (UNITS, version()),
    "approve_plan": (("city_clerk", *UNITS), version()),
    "return_plan": (("city_clerk", *UNITS), version(reason="补")),
    "publish_plan": (("city_clerk", *UNITS), version()),
    "withdraw_plan": (UNITS, version(reason="重写")),
    "split_task": (
        READERS,
        lambda world: {**task()(world), "shares": [NewTask(owner=world.cast.county_bureau)]},
    ),
    "set_milestones": (READERS, task(milestones=[("设计", dt.date(2026, 6, 1))])),
    "save_view": (("system_admin", "public"), lambda world: {"name": "我", "page": "tasks", "ask": None}),
    "delete_view": (WORKERS, lambda world: {"view_id": 0}),
    "add_webhook": (
        UNITS,
        lambda world: {"label": "推", "url": "https://example.test/", "kinds": ["task.assigned"]},
    ),
    "test_webhook": (UNITS, lambda world: {"webhook_id": 1}),
    **refused_notices.CALLS,
    **refused_indicators.CALLS,
    "retry_push": (UNITS, lambda world: {"webhook_id": 1, "job_id": 1}),
    "switch_webhook": (UNITS, lambda world: {"webhook_id": 1, "active": False, "seen_version": 1}),
    "add_organisation": (
        NOT_ADMIN,
        lambda world: {
            "parent": world.cast.county,
            "code": "990121XX",
            "name": "新单位",
            "kind": "department",
            "level": "county",
            "region_code": "990121",
        },
    ),
    "add_user": (
        NOT_ADMIN,
        lambda world: {
            "username": "newcomer",
            "name": "新人",
            "organisation": world.cast.county_bureau,
            "role": "unit_clerk",
            "password": PASSWORD,
        },
    ),
    "appoint_deputy": (
        ("neighbour_clerk", "audit_admin", "province_manager"),
        lambda world: {
            "principal": world.cast.county_clerk,
            "deputy": world.cast.county_reviewer,
            "starts_on": SOON,
            "ends_on": SOON,
            "reason": "外出",
        },
    ),
    "revoke_deputy": (("neighbour_clerk", "audit_admin"), lambda world: {"deputy_id": world.deputy.pk}),
    "edit_account": (OTHERS, user(name="改名")),
    "change_post": (
        OTHERS,
        lambda world: {
            **user(reason="调岗", role="unit_clerk")(world),
            "organisation": world.cast.county_bureau,
        },
    ),
    "disable_account": (OTHERS, user(reason="离职")),
    "enable_account": (OTHERS, user(reason="返岗")),
    "note_export": (NOT_ADMIN, lambda world: {"kind": "people"}),
    "reset_password": (OTHERS, user()),
    "clear_totp": (OTHERS, user(reason="手机遗失")),
    "release_lock": (("county_clerk", "system_admin", "audit_admin"), user()),
    "edit_organisation": (OTHERS, unit(name="改名")),
    "close_organisation": (OTHERS, unit(until=SOON, reason="并入")),
    "reopen_organisation": (OTHERS, unit(reason="恢复")),
    "add_group": (OTHERS, unit(name="专组", kind="working")),
    "add_member": (
        OTHERS,
        lambda world: {
            "group_id": world.group.pk,
            "user": world.cast.county_reviewer,
            "position": "member",
        },
    ),
    "retire_member": (OTHERS, lambda world: {"member_id": world.member.pk}),
    "make_token": (("public",), lambda world: {"label": "令牌", "scopes": ["read"], "expires_on": SOON}),
    "revoke_token": (
        ("neighbour_clerk", "system_admin", "audit_admin"),
        lambda world: {"token_id": world.token.pk},
    ),
    "save_draft": (("city_clerk", *READERS), owed(seen_edition=0, values={"summary": "写"})),
    "submit_report": (("city_clerk", *READERS), owed(seen_version=1, values={"summary": "写"})),
    "report_no_change": (("city_clerk", *READERS), owed(reason="雨季停工")),
    "withdraw_report": (("city_clerk", *READERS), sent()),
    "attach_file": (
        ("city_clerk", *READERS),
        lambda world: {**owed(name="说明.txt")(world), "stream": io.BytesIO("说明".encode())},
    ),
    "remove_file": (("city_clerk", *READERS), owed(attachment_id=1)),
    "put_chunk": (
        ("county_reviewer", *READERS),
        lambda world: {**upload(offset=0, length=3)(world), "stream": io.BytesIO("说".encode())},
    ),
    "finish_upload": (("county_reviewer", *READERS), upload()),
    "cancel_upload": (("county_reviewer", *READERS), upload()),
    "add_evidence": (
        READERS,
        lambda world: {
            "problem_id": world.problem.pk,
            "file_id": world.evidence.file_id,
            "claim": Claim("photos", "before"),
        },
    ),
    "replace_evidence": (
        ("city_clerk", *READERS),
        lambda world: {**piece()(world), "file_id": world.evidence.file_id},
    ),
    "pair_evidence": (
        ("city_clerk", *READERS),
        lambda world: {**piece()(world), "other_id": world.other_evidence.pk},
    ),
    "part_evidence": (("city_clerk", *READERS), piece()),
    "withdraw_evidence": (("city_clerk", *READERS), piece(reason="不要")),
    "review_evidence": (
        ("county_clerk", "county_reviewer", "city_clerk", "leader", "supervisor", *STRANGERS),
        piece(act="accept"),
    ),
    "pass_up_report": (("county_clerk", "city_reviewer", *READERS), sent(opinion="")),
    "adopt_report": (("county_clerk", "city_reviewer", *READERS), sent(opinion="")),
    "send_back_report": (("county_clerk", "city_reviewer", *READERS), sent(reason="补")),
    "approve_report": (("county_clerk", "city_reviewer", *READERS), sent(opinion="")),
    "review_batch": (
        ("county_clerk", "city_reviewer", *READERS),
        lambda world: {"reports": [(world.sent.pk, world.sent.version)], "adopt": True},
    ),
    "open_round": (UNITS, lambda world: {"kind": "special", "region": world.cast.county, "due_on": SOON}),
    "lay_out_round": (UNITS, rounds()),
    "catch_up_round": (UNITS, rounds()),
    "remind_units": (UNITS, rounds()),
    "close_round": (("city_clerk", *UNITS), rounds(seen_version=1)),
    "reopen_report": (("city_clerk", "city_reviewer", *UNITS), owed(seen_version=1, reason="补报")),
    "stage": (
        UNITS,
        lambda world: {
            "kind": "ledger",
            "file_name": "清单.xlsx",
            "data": b"x",
            "context": {"inspection": world.inspection.pk, "home": world.cast.county.pk},
        },
    ),
    "start_reading": (UNITS, lambda world: {"file": world.document.file, **homes(world)}),
    "receive_document": (
        UNITS,
        lambda world: {"name": "甲.txt", "stream": io.BytesIO("甲".encode()), **homes(world)},
    ),
    "run_reading": (UNITS, document()),
    "allow_incomplete": (UNITS, document(seen_version=1, why="已核对")),
    "undo_cleaning": (UNITS, document(seen_version=1, edit=0)),
    "accept_proposals": (UNITS, document()),
    "reject_proposals": (UNITS, document(proposal_ids=[1])),
    "remember_unit": (UNITS, document(text="县城建中心", organisation_id=1)),
    "enter_document": (UNITS, document()),
    "choose_entry": (UNITS, proposal(choice="new")),
    "correct_proposal": (UNITS, proposal(values={"text": "改"})),
    "reopen_proposal": (UNITS, proposal()),
    "merge_proposal": (UNITS, proposal()),
    "split_proposal": (UNITS, proposal(at=3)),
    "accept": (("city_reviewer", *UNITS), batch),
    "discard": (("city_reviewer", *UNITS), batch),
    "receive": (
        UNITS,
        lambda world: {"kind": "ledger", "file_name": "清单.xlsx", "data": b"x", "context": {}},
    ),
    "accept_later": (("city_reviewer", *UNITS), lambda world: {**batch(world), "seen_version": 1}),
    "call_round": (
        UNITS,
        lambda world: {"in_request": 1, "kind": "special", "region": world.cast.county, "due_on": SOON},
    ),
    "close_later": (("city_clerk", *UNITS), rounds(seen_version=1)),
    "closable": (("city_clerk", *UNITS), rounds(seen_version=1, leave_unreviewed=False)),
    **refused_closeout.CALLS,
    "draft_text": (UNITS, lambda world: {"genre": "monthly", "region": world.cast.city, "period": "2026-06"}),
    "save_text": (("province_clerk", *UNITS), text(title="改", parts=[{"kind": "p", "text": "改"}])),
    "refresh_text": (("province_clerk", *UNITS), text()),
    "annotate_figure": (("province_clerk", *UNITS), text(figure="1", note="注")),
    "submit_text": (("province_clerk", *UNITS), text()),
    "send_back_text": (("city_clerk", "province_clerk", *UNITS), text(reason="改")),
    "approve_text": (("city_clerk", "province_clerk", *UNITS), text()),
    "discard_text": (("province_clerk", *UNITS), text(reason="不用")),
    "attach_to_text": (
        ("province_clerk", *UNITS),
        lambda world: {"text_id": world.text.pk, "name": "说明.txt", "stream": io.BytesIO("说明".encode())},
    ),
    "remove_from_text": (
        ("province_clerk", *UNITS),
        lambda world: {"text_id": world.text.pk, "attachment_id": 1},
    ),
    "set_template": (("city_clerk", *UNITS), lambda world: {"genre": "monthly", "lines": "一、总体情况"}),
    "check_text": (("province_clerk", *UNITS), lambda world: {"text_id": world.text.pk}),
    "overrule_finding": (
        ("city_clerk", "province_clerk", *UNITS),
        lambda world: {
            "finding_id": access_disclosure.a_finding(world)["finding_id"],
            "seen_version": world.text.version,
            "reason": "可以",
        },
    ),
    "release_text": (("city_clerk", "province_clerk", *UNITS), text(channels=[{"channel": "portal"}])),
    "withdraw_release": (("city_clerk", "province_clerk", *UNITS), released(reason="有误")),
    "correct_release": (("province_clerk", *UNITS), released()),
    "take_in_entry": (
        (*OTHERS, "public", "city_clerk", "province_manager"),
        lambda _world: {"receipt": "0" * 64, "entry": {"notice": "1", "content": "还在排水"}},
    ),
}
