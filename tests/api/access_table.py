"""Each operation: how to call it in a made world, who may, and who sees the subject but may not."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api.world import entry
from tests.pictures import photo
from tests.web.access import PEOPLE

EVERYONE = frozenset(PEOPLE)
ADMINS = frozenset({"system_admin", "security_admin", "audit_admin"})
CITY = frozenset({"city_clerk", "city_reviewer"})
KEEP = CITY | {"province_clerk", "province_manager"}
OWN = frozenset({"county_clerk", "county_reviewer"})
ABOVE = KEEP | {"leader", "supervisor", "discipline"}
SEE_TASK = ABOVE | OWN | {"county_office_clerk", "verifier"}
SEE_ROUND = ABOVE | OWN | {"county_office_clerk", "neighbour_clerk"}
SEE_PLAN = SEE_ROUND
ENTER = KEEP | OWN | {"county_office_clerk"}
SEE_READING = ENTER | {"verifier", "leader", "supervisor", "discipline"}
NOBODY: frozenset[str] = frozenset()
RANGED = EVERYONE - ADMINS - {"public"}


@dataclass(frozen=True)
class Line:
    """One operation: its path arguments, its query or body, those who may and those who see the subject."""

    args: Callable[[Any], dict[str, Any]]
    send: Callable[[Any], Any]
    may: frozenset[str]
    sees: frozenset[str]

    def expects(self, person: str) -> frozenset[int]:
        """Return the statuses a person may get: done, refused in sight, or as if it were not there."""
        if person in self.may:
            return frozenset({200, 201})
        return frozenset({403, 409, 422}) if person in self.sees else frozenset({404})


def _nothing(world: Any) -> dict[str, Any]:
    return {}


def line(args: Any = _nothing, send: Any = _nothing, *, may: Any, sees: Any = None) -> Line:
    return Line(args, send, frozenset(may), frozenset(may if sees is None else sees))


def ids(**names: str) -> Callable[[Any], dict[str, Any]]:
    """Return the path arguments, each read from the world by the name of an attribute."""
    return lambda world: {name: getattr(world, attribute).pk for name, attribute in names.items()}


def seen(attribute: str, **more: Any) -> Callable[[Any], dict[str, Any]]:
    """Return what makes a body: a fresh copy each time, for other tests bend what they are given."""
    return lambda world: {"seen_version": getattr(world, attribute).version, **deepcopy(more)}


def FIGURE(world: Any) -> dict[str, Any]:  # noqa: N802  stands beside TASK and REPORT
    return {"code": "task_due_rate"}


def shares(world: Any) -> dict[str, Any]:
    target = {"name": "管网", "unit": "公里", "amount": "6.4"}
    share = {"owner": world.cast.county_bureau.pk, "targets": [target]}
    return {"seen_version": world.task.version, "shares": [share]}


def measures(world: Any) -> dict[str, Any]:
    body = entry(world.cast)["measures"]
    return {"seen_version": world.problem.version, "measures": body}


def values(world: Any) -> dict[str, Any]:
    target = world.task.targets.get().pk
    return {
        "progress": "in_progress",
        "summary": "已完成沿河路段管网铺设，正在回填路面。",
        "next_step": "继续铺设剩余路段。",
        "added": [{"target": target, "amount": "1"}],
    }


def change(world: Any) -> dict[str, Any]:
    wanted = {"field": "wording", "new": {"column": "text", "text": "改造管网 6.4 公里并恢复路面。"}}
    return {
        "task": world.task.pk,
        "change": wanted,
        "reason": "补充恢复路面",
        "seen_version": world.task.version,
    }


def resubmission(world: Any) -> dict[str, Any]:
    wanted = {"field": "deadline", "new": {"text": "2027年5月底前"}}
    return {"change": wanted, "reason": "雨季", "seen_version": world.change.version}


def inspection(world: Any) -> dict[str, Any]:
    return {
        "object": world.cast.city.pk,
        "code": "SL1",
        "name": "市级督察",
        "level": "municipal",
        "type": "special",
    }


def picture(world: Any) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("说明.txt", "完工说明".encode(), "text/plain")}


def chunk(world: Any) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("piece", b"\xe5\xae\x8c", "application/octet-stream"), "offset": 0}


def proof(world: Any) -> dict[str, Any]:
    return {"upload": world.upload.pk, "slot": "plan"}


def workbook(world: Any) -> dict[str, Any]:
    file = SimpleUploadedFile("清单.xlsx", b"not a workbook")
    return {"file": file, "kind": "ledger", "inspection": world.inspection.pk, "home": world.cast.city.pk}


def paper(world: Any) -> dict[str, Any]:
    file = SimpleUploadedFile("整改情况.txt", "整改情况".encode(), "text/plain")
    return {"file": file, "inspection": world.inspection.pk, "home": world.cast.city.pk}


PROBLEM, TASK, REPORT, SENT = (
    ids(problem_id="problem"),
    ids(task_id="task"),
    ids(report_id="report"),
    ids(report_id="sent"),
)
VERSION, CHANGE, ROUND, BATCH = (
    ids(version_id="plan_version"),
    ids(change_id="change"),
    ids(round_id="round"),
    ids(import_id="batch"),
)
PLAN = ids(plan_id="plan")
LETTER = ids(letter_id="letter")
SEE_LETTERS = ABOVE | {"county_office_clerk"}
EVIDENCE, UPLOAD = ids(evidence_id="evidence"), ids(key="upload")
DOCUMENT = ids(document_id="document")
CASE, PROPOSAL = ids(case_id="case"), ids(proposal_id="ending")
DECIDE = {"province_manager"}
FINDINGS = {"measures": [], "passed": True}


def claims(world: Any) -> dict[str, Any]:
    line = {"measure": world.measure.pk, "claim": "管网 6.4 公里已建成"}
    return {"seen_version": world.problem.version, "statement": "已自查", "claims": [line]}


def visit(world: Any) -> dict[str, Any]:
    times = {"began_at": "2026-03-04T09:00:00+08:00", "ended_at": "2026-03-04T10:00:00+08:00"}
    words = {"members": ["沈岩", "江月"], "place": "柳汀河", "findings": "无外溢"}
    return {"draft_key": "d1", **times, **words, **FINDINGS}


def snapshot(world: Any) -> dict[str, Any]:
    file = SimpleUploadedFile("现场.jpg", photo("门"), "image/jpeg")
    return {"file": file, "visit_key": "d1", "photo_key": "p1"}


def draw(world: Any) -> dict[str, Any]:
    visitors = [world.cast.supervisor.organisation_id]
    where = {"region": world.cast.province.pk, "visitors": visitors}
    return {**where, "title": "又一次", "seed": "甲", "due": "2099-01-01"}


TABLE: dict[str, Line] = {
    "get_me": line(may=EVERYONE),
    "list_organisations": line(may=EVERYONE),
    "get_organisation": line(ids(organisation_id="organisation"), may=EVERYONE),
    "list_inspections": line(may=EVERYONE),
    "get_inspection": line(ids(inspection_id="inspection"), may=EVERYONE - ADMINS),
    "open_inspection": line(send=inspection, may=KEEP, sees=EVERYONE),
    "register_problem": line(
        ids(inspection_id="inspection"), lambda world: entry(world.cast), may=KEEP, sees=EVERYONE - ADMINS
    ),
    "list_problems": line(may=EVERYONE),
    "get_problem": line(PROBLEM, may=SEE_TASK),
    "list_measures": line(PROBLEM, may=SEE_TASK),
    "add_measures": line(PROBLEM, measures, may=KEEP, sees=SEE_TASK),
    "get_measure": line(ids(measure_id="measure"), may=SEE_TASK),
    "list_tasks": line(may=EVERYONE),
    "get_task": line(TASK, may=SEE_TASK),
    "split_task": line(TASK, shares, may=KEEP | OWN | {"county_office_clerk"}, sees=SEE_TASK),
    "set_milestones": line(
        TASK,
        seen("task", milestones=[{"name": "完成设计", "due": "2026-12-01"}]),
        may=KEEP | OWN | {"county_office_clerk"},
        sees=SEE_TASK,
    ),
    "list_plans": line(may=EVERYONE),
    "get_plan": line(PLAN, may=SEE_PLAN),
    "open_plan": line(
        send=lambda world: {
            "inspection": world.inspection.pk,
            "organisation": world.cast.county.pk,
            "title": "望渡县整改方案",
        },
        may=KEEP | {"county_office_clerk"},
        sees=EVERYONE - ADMINS,
    ),
    "list_plan_versions": line(PLAN, may=SEE_PLAN),
    "draft_plan_version": line(PLAN, lambda world: {"reason": "补充措施"}, may=NOBODY, sees=SEE_PLAN),
    "get_plan_version": line(VERSION, may=SEE_PLAN),
    "compare_plan_version": line(VERSION, may=SEE_PLAN),
    "submit_plan_version": line(VERSION, seen("plan_version"), may=NOBODY, sees=SEE_PLAN),
    "approve_plan_version": line(
        VERSION, seen("plan_version"), may={"city_reviewer", "province_manager"}, sees=SEE_PLAN
    ),
    "return_plan_version": line(
        VERSION,
        seen("plan_version", reason="缺目标"),
        may={"city_reviewer", "province_manager"},
        sees=SEE_PLAN,
    ),
    "publish_plan_version": line(VERSION, seen("plan_version"), may=NOBODY, sees=SEE_PLAN),
    "withdraw_plan_version": line(VERSION, seen("plan_version", reason="重新起草"), may=KEEP, sees=SEE_PLAN),
    "list_changes": line(may=EVERYONE),
    "get_change": line(CHANGE, may=SEE_TASK),
    "request_change": line(PROBLEM, change, may=KEEP | OWN, sees=SEE_TASK),
    "resubmit_change": line(CHANGE, resubmission, may=NOBODY, sees=SEE_TASK),
    "withdraw_change": line(CHANGE, seen("change"), may={"county_clerk"}, sees=SEE_TASK),
    "return_change": line(
        CHANGE, seen("change", opinion="补材料"), may={"city_reviewer", "province_manager"}, sees=SEE_TASK
    ),
    "refuse_change": line(
        CHANGE, seen("change", opinion="理由不足"), may={"city_reviewer", "province_manager"}, sees=SEE_TASK
    ),
    "approve_change": line(CHANGE, seen("change"), may={"city_reviewer", "province_manager"}, sees=SEE_TASK),
    "list_rounds": line(may=EVERYONE),
    "get_round": line(ROUND, may=SEE_ROUND),
    "open_round": line(
        send=lambda world: {"kind": "monthly", "region": world.cast.county.pk},
        may=KEEP | {"county_office_clerk"},
        sees=EVERYONE,
    ),
    "catch_up_round": line(ROUND, may=CITY, sees=SEE_ROUND),
    "remind_units": line(ROUND, may=KEEP | {"county_office_clerk"}, sees=SEE_ROUND),
    "close_round": line(ROUND, seen("round"), may=NOBODY, sees=SEE_ROUND),
    "list_reports": line(may=EVERYONE),
    "get_report": line(REPORT, may=SEE_TASK),
    "save_draft": line(
        REPORT, lambda world: {"seen_edition": 0, "values": values(world)}, may=OWN, sees=SEE_TASK
    ),
    "submit_report": line(
        REPORT,
        lambda world: {"seen_version": world.report.version, "values": values(world)},
        may=OWN,
        sees=SEE_TASK,
    ),
    "report_no_change": line(REPORT, seen("report", reason="雨季停工"), may=NOBODY, sees=SEE_TASK),
    "withdraw_report": line(SENT, seen("sent"), may=OWN, sees=SEE_TASK),
    "attach_file": line(REPORT, picture, may=OWN, sees=SEE_TASK),
    "remove_file": line(
        lambda world: {"report_id": world.report.pk, "attachment_id": 1}, may=NOBODY, sees=SEE_TASK
    ),
    "send_back_report": line(SENT, seen("sent", reason="写明安排"), may={"county_reviewer"}, sees=SEE_TASK),
    "pass_up_report": line(SENT, seen("sent"), may={"county_reviewer"}, sees=SEE_TASK),
    "adopt_report": line(SENT, seen("sent"), may=NOBODY, sees=SEE_TASK),
    "reopen_report": line(REPORT, seen("report", reason="补报"), may=NOBODY, sees=SEE_TASK),
    "begin_upload": line(send=lambda world: {"name": "说明.txt", "size": 6}, may=EVERYONE),
    "get_upload": line(UPLOAD, may={"county_clerk"}),
    "put_chunk": line(UPLOAD, chunk, may={"county_clerk"}),
    "finish_upload": line(UPLOAD, may=NOBODY, sees={"county_clerk"}),
    "cancel_upload": line(UPLOAD, may={"county_clerk"}),
    "list_evidence": line(PROBLEM, may=SEE_TASK),
    "get_evidence_checklist": line(PROBLEM, may=SEE_TASK),
    # nothing of the county clerk's own is finished, and another's upload does not exist
    "add_evidence": line(PROBLEM, proof, may=NOBODY, sees={"county_clerk"}),
    "list_evidence_queue": line(may=EVERYONE),
    "get_evidence": line(EVIDENCE, may=SEE_TASK),
    "review_evidence": line(
        EVIDENCE,
        seen("evidence", act="accept"),
        may={"city_reviewer", "province_manager", "verifier"},
        sees=SEE_TASK,
    ),
    "pair_evidence": line(
        EVIDENCE,
        lambda world: {"seen_version": world.evidence.version, "other": world.other_evidence.pk},
        may=OWN,
        sees=SEE_TASK,
    ),
    "replace_evidence": line(
        EVIDENCE,
        lambda world: {"seen_version": world.evidence.version, "upload": world.upload.pk},
        may=NOBODY,
        sees={"county_clerk"},
    ),
    "withdraw_evidence": line(EVIDENCE, seen("evidence", reason="传错了"), may=OWN, sees=SEE_TASK),
    "list_messages": line(may=EVERYONE),
    "list_events": line(
        send=lambda world: {"subject_type": "task", "subject_id": world.task.pk}, may=SEE_TASK
    ),
    "get_receipt": line(ids(event_id="event"), may=SEE_TASK),
    "list_imports": line(may=EVERYONE),
    "upload_import": line(send=workbook, may=NOBODY, sees=EVERYONE),
    "get_import": line(BATCH, may={"city_clerk"}),
    "list_import_rows": line(BATCH, may={"city_clerk"}),
    "accept_import": line(BATCH, seen("batch"), may=NOBODY, sees={"city_clerk"}),
    "list_documents": line(may=EVERYONE),
    "upload_document": line(send=paper, may=KEEP, sees=EVERYONE - ADMINS),
    "get_document": line(DOCUMENT, may=KEEP),
    "list_proposals": line(DOCUMENT, may=KEEP),
    "accept_proposals": line(
        DOCUMENT,
        lambda world: {"proposals": [{"id": world.proposal.pk, "seen_version": 1}]},
        may=KEEP,
    ),
    "reject_proposals": line(
        DOCUMENT,
        lambda world: {"proposals": [{"id": world.proposal.pk, "seen_version": 1}]},
        may=KEEP,
    ),
    "enter_document": line(DOCUMENT, seen("document"), may=NOBODY, sees=KEEP),
    "list_letter_batches": line(may=EVERYONE),
    "get_letter_batch": line(ids(batch_id="letter_batch"), may=SEE_LETTERS | OWN),
    "list_letters": line(may=EVERYONE),
    "get_letter": line(LETTER, may=SEE_LETTERS | OWN),
    "take_letter": line(LETTER, seen("letter"), may=OWN, sees=SEE_LETTERS),
    "answer_letter": line(
        LETTER,
        seen("letter", verdict="true", findings="属实", handling="已改"),
        may=NOBODY,
        sees=SEE_LETTERS | OWN,
    ),
    "send_back_letter": line(LETTER, seen("letter", reason="不全"), may=NOBODY, sees=SEE_LETTERS | OWN),
    "stage_letter": line(LETTER, seen("letter", follow_up="2030-01-01"), may=NOBODY, sees=SEE_LETTERS | OWN),
    "close_letter": line(LETTER, seen("letter"), may=NOBODY, sees=SEE_LETTERS | OWN),
    "reopen_letter": line(LETTER, seen("letter", reason="反弹"), may=NOBODY, sees=SEE_LETTERS | OWN),
    "reassign_letter": line(
        LETTER,
        lambda world: {
            "seen_version": world.letter.version,
            "lead": world.cast.county_bureau.pk,
            "reason": "归口",
        },
        may=KEEP | {"county_office_clerk"},
        sees=SEE_LETTERS | OWN,
    ),
    "discard_import": line(BATCH, seen("batch"), may={"city_clerk"}),
    "get_closeout": line(PROBLEM, may=SEE_TASK),
    "list_closeout_queue": line(send=lambda world: {"queue": "in_notice"}, may=EVERYONE),
    "list_closures": line(may=EVERYONE),
    "get_closeout_numbers": line(may=EVERYONE),
    "list_closeout_proposals": line(may=EVERYONE),
    "list_look_backs": line(may=EVERYONE),
    "apply_closeout": line(PROBLEM, claims, may=NOBODY, sees=SEE_TASK),
    "withdraw_closeout": line(CASE, seen("case", reason="补材料"), may=NOBODY, sees=SEE_TASK),
    "check_closeout_documents": line(CASE, seen("case", passed=True), may=NOBODY, sees=SEE_TASK),
    "keep_visit_photo": line(CASE, snapshot, may=NOBODY, sees=SEE_TASK),
    "record_site_visit": line(CASE, visit, may=NOBODY, sees=SEE_TASK),
    "sign_closeout": line(CASE, seen("case", step="sign_city", passed=True), may=NOBODY, sees=SEE_TASK),
    "publish_closeout_notice": line(
        CASE, seen("case", address="网站", contact="整改办"), may=NOBODY, sees=SEE_TASK
    ),
    "lodge_objection": line(
        CASE, lambda world: {"content": "直排", "received_on": "2026-03-09"}, may=KEEP, sees=SEE_TASK
    ),
    "answer_objection": line(
        ids(objection_id="objection"),
        seen("objection", upheld=False, answer="查过"),
        may={"city_reviewer", "province_manager"},
        sees=SEE_TASK,
    ),
    "propose_close": line(CASE, seen("case"), may=NOBODY, sees=SEE_TASK),
    "close_case": line(PROPOSAL, seen("ending"), may=NOBODY, sees=SEE_TASK),
    "file_case": line(CASE, seen("case", filed_with="部"), may=NOBODY, sees=SEE_TASK),
    "consolidate_case": line(CASE, seen("case"), may=NOBODY, sees=SEE_TASK),
    "propose_again": line(
        PROBLEM,
        seen("problem", kind="carry_over", reason="并入"),
        may=DECIDE | {"province_clerk"},
        sees=SEE_TASK,
    ),
    "approve_proposal": line(PROPOSAL, seen("ending"), may=DECIDE, sees=SEE_TASK),
    "refuse_proposal": line(PROPOSAL, seen("ending", opinion="再看"), may=DECIDE, sees=SEE_TASK),
    "take_back_proposal": line(PROPOSAL, seen("ending"), may={"province_clerk"}, sees=SEE_TASK),
    "plan_look_back": line(send=draw, may={"supervisor", "province_manager"}, sees=EVERYONE),
    "record_look_back": line(
        lambda world: {"item_id": world.look_back.pk},
        seen(
            "look_back", rebound=False, in_place=True, stable=True, findings="稳固", visited_on="2026-09-20"
        ),
        may={"supervisor"},
        sees=SEE_TASK,
    ),
    "install_closeout_rules": line(
        send=lambda world: {"region": world.cast.city.pk, "variant": "hunan"},
        may={"province_manager"},
        sees=EVERYONE,
    ),
    "get_figure_catalogue": line(may=RANGED),
    "get_figure": line(FIGURE, may=RANGED),
    "list_figure_rows": line(FIGURE, may=RANGED),
    "list_releases": line(may=EVERYONE),
    "get_release": line(ids(release_id="release"), may=RANGED - {"other_city_reviewer", "verifier"}),
    "get_indicator_catalogue": line(may=RANGED),
    "list_indicator_readings": line(may=RANGED),
    "get_indicator_reading": line(ids(reading_id="reading"), may=SEE_READING),
    "enter_indicator_reading": line(
        send=lambda world: {
            "indicator": "pm10",
            "region": world.cast.county.pk,
            "period": "2025-Q1",
            "value": "61.5",
            "source": "县监测站",
        },
        may=ENTER,
        sees=SEE_READING,
    ),
    "correct_indicator_reading": line(
        ids(reading_id="reading"),
        seen("reading", value="31", source="县监测站", reason="复核"),
        may=ENTER,
        sees=SEE_READING,
    ),
}
