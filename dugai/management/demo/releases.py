"""What the demo province has made public: texts that one person wrote and another approved and released."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dugai.complaints import queries as letters
from dugai.disclosure import rules_body, services_check, services_portal, services_release, services_text
from dugai.disclosure.states import Channel, Genre
from dugai.journal import sequencing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dugai.disclosure.models import Text
    from dugai.ledger.models import Inspection
    from dugai.people.models import Organisation, User

ANNEX_UP_TO = 400
"""Problems up to which the annex with every problem is released too."""
_MASK = re.compile(r"【待填：([^】]*)】")
FILLED = (
    ("问责单位和人数", "正在依规依纪办理，结果另行公开"),
    ("主要领导研究部署", "主要负责同志研究部署⟦=6次·省委办公厅会议台账⟧，现场督办⟦=9次·省政府办公厅督办台账⟧"),
    ("移交的问题数", "共移交责任追究问题⟦=4个·省纪委监委通报⟧，问责单位⟦=11个·省纪委监委通报⟧、⟦=27人·省纪委监委通报⟧"),
    ("按处理方式列人数", "党纪政务处分和组织处理的情况由有权机关按规定另行公开"),
)  # fmt: skip


def release(users: Mapping[str, User], province: Organisation, inspection: Inspection, problems: int) -> None:
    """Release the public report, the notices on accountability and indicators, and the city's oldest letters.

    In a small province the annex of problems is released too.
    """
    genres = [Genre.PROGRESS_PUBLIC, Genre.ACCOUNTABILITY, Genre.INDICATORS]
    if problems <= ANNEX_UP_TO:
        genres.append(Genre.TASK_ANNEX)
    writer, approver = users["sheng-jingban"], users["sheng-shenhe"]
    for genre in genres:
        text = services_text.draft_text(actor=writer, genre=genre, region=province, inspection=inspection)
        _release(writer, approver, _filled(writer, text))
    writer, approver = users["shi-jingban"], users["shi-shenhe"]
    oldest = letters.batches(writer)[-1:]
    for batch in oldest:
        text = services_text.draft_text(actor=writer, genre=Genre.LETTERS, region=batch.region, batch=batch)
        _release(writer, approver, text)
    sequencing.seal_day()
    services_portal.refresh_portal(actor=None)


def _filled(actor: User, text: Text) -> Text:
    """Fill in what the template leaves open."""
    figures = text.body["figures"]
    parts = []
    for at, block in enumerate(text.body["blocks"]):
        words = "" if block["kind"] == "table" else rules_body.editable(block["runs"], figures)
        kept = block.get("maker") or not _MASK.search(words)
        parts.append({"keep": at} if kept else {"kind": block["kind"], "text": _MASK.sub(_fill, words)})
    return services_text.save_text(
        actor=actor, text_id=text.pk, seen_version=text.version, title=text.title, parts=parts
    )


def _fill(mask: re.Match[str]) -> str:
    return next((words for start, words in FILLED if mask[1].startswith(start)), "按季度公布")


def _release(writer: User, approver: User, text: Text) -> None:
    text = services_text.submit_text(actor=writer, text_id=text.pk, seen_version=text.version)
    for finding in services_check.check(actor=approver, text=text):
        if finding.stops:
            services_check.overrule_finding(
                actor=approver,
                finding_id=finding.pk,
                seen_version=text.version,
                reason="演示数据为虚构，已核对",
            )
    text = services_text.approve_text(
        actor=approver, text_id=text.pk, seen_version=text.version, opinion="同意"
    )
    services_release.release_text(
        actor=approver,
        text_id=text.pk,
        seen_version=text.version,
        channels=[{"channel": Channel.PORTAL}],
    )
