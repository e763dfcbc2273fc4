"""Rows of the portal that come from no text: a running notice, a day's root, the status of an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dugai.acceptance.states import ObjectionState
from dugai.disclosure.shown import SCHEMA
from dugai.journal import keys

if TYPE_CHECKING:
    from dugai.acceptance.models import PublicNotice
    from dugai.disclosure.models import PublicEntry
    from dugai.journal.models import DailyRoot

ANSWERED = {
    ObjectionState.OPEN: "已受理，正在核查",
    ObjectionState.DISMISSED: "已答复：异议不成立",
    ObjectionState.UPHELD: "已答复：异议成立，该问题重新整改",
}


def notice_key(notice: PublicNotice) -> str:
    """Return the name of a notice on the portal; it tells nothing but its own number."""
    return f"{notice.starts_on:%Y%m%d}-{notice.pk}"


def notice_payload(notice: PublicNotice) -> dict[str, Any]:
    """Return a running notice: the text as it was published, and where an objection goes."""
    text, problem = notice.text, notice.case.problem
    return {
        "schema": SCHEMA,
        "title": text["title"],
        "code": text["code"],
        "problem": text["problem"],
        "goal": text["goal"],
        "lead": text["lead"],
        "lines": [{key: line[key] for key in ("number", "measure", "done")} for line in text["lines"]],
        "starts_on": notice.starts_on.isoformat(),
        "until": notice.until.isoformat(),
        "objections_until": notice.objections_until.isoformat(),
        "channel": notice.channel,
        "address": notice.address,
        "contact": notice.contact,
        "region": problem.home.name,
        "region_code": problem.home.region_code,
    }


def root_payload(row: DailyRoot) -> dict[str, Any]:
    """Return the head that stands for a day, as the receipts print it."""
    head = row.head
    return {
        "schema": SCHEMA,
        "day": row.day.isoformat(),
        "size": head.size,
        "sha256": head.sha256,
        "sm3": head.sm3,
        "at": head.at.isoformat(),
        "signature": head.signature,
        "public_keys": [keys.public_key_hex(), *keys.known_keys()],
    }


def receipt_payload(entry: PublicEntry) -> dict[str, Any]:
    """Return the status of an entry and the days; never its words."""
    objection = entry.objection
    status = (
        ANSWERED[ObjectionState(objection.state)] if objection is not None else f"未受理：{entry.refusal}"
    )
    answered = objection.answered_at if objection is not None else None
    return {
        "schema": SCHEMA,
        "status": status,
        "sent_on": entry.sent_at.date().isoformat(),
        "answered_on": answered.date().isoformat() if answered else "",
    }
