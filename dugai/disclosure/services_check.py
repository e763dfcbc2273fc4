"""核对: what the checks find in a text is kept, and a person may overrule one of them with a reason."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db import transaction

from dugai.disclosure import checking, policy, queries_text
from dugai.disclosure.models import Finding, Text
from dugai.journal.services import record, require_version
from dugai.kernel import clock
from dugai.kernel.errors import InvalidInput, Refused, require

if TYPE_CHECKING:
    from dugai.people.models import User


@transaction.atomic
def check_text(*, actor: User, text_id: int) -> list[Finding]:
    """Check a text of the actor's office now; return what was found."""
    text = queries_text.get_text(actor, text_id, lock=True)
    require(policy.may_write(actor, text), "只有起草单位可以核对这份文稿", code="not_our_text")
    return check(actor=actor, text=text)


@transaction.atomic
def check(*, actor: User, text: Text) -> list[Finding]:
    """Compute all findings of a text anew. What was overruled before and is found again stays overruled."""
    found = checking.findings(text, queries_text.frame_of(actor, text))
    known = {row.key: row for row in Finding.objects.filter(text=text)}
    Finding.objects.filter(text=text).exclude(key__in=[one.key for one in found]).delete()
    rows = []
    for one in found:
        row = known.get(one.key) or Finding(text=text, key=one.key)
        row.edition, row.rule, row.severity = text.edition, one.rule, one.severity
        row.block = one.block if one.block is not None and one.block >= 0 else None
        row.quote, row.message = one.quote, one.message
        row.save()
        rows.append(row)
    counts = Counter(str(row.rule) for row in rows)
    after = {"edition": text.edition, "found": dict(sorted(counts.items()))}
    record(actor=actor, kind="text.checked", subject=text, after=after, changed=False)
    return rows


@transaction.atomic
def require_clean(*, actor: User, text: Text) -> None:
    """Refuse while a finding of a fresh check stops the text."""
    stops = [row for row in check(actor=actor, text=text) if row.stops]
    if stops:
        first = stops[0].message
        message = f"核对还有 {len(stops)} 处须处理。第一处：{first}"
        raise Refused(message, code="findings_left")


@transaction.atomic
def overrule_finding(*, actor: User, finding_id: int, seen_version: int, reason: str) -> Finding:
    """Let a finding stand without mending: another person than the last editor, with a reason."""
    row = queries_text.get_finding(actor, finding_id)
    text = queries_text.get_text(actor, row.text_id, lock=True)
    require(
        policy.may_overrule(actor, text),
        "要由另一位审核或管理人员认定，不能是最后修改的人。",
        code="may_not_overrule",
    )
    require_version(text, seen_version)
    said = reason.strip()[:300]
    if not said:
        message = "请写明为什么可以照发。"
        raise InvalidInput(message, fields={"reason": message}, code="reason_missing")
    row.overruled_by, row.overruled_at, row.reason = actor.person, clock.now(), said
    row.save(update_fields=["overruled_by", "overruled_at", "reason"])
    after = {"rule": row.rule, "key": row.key, "message": row.message}
    record(actor=actor, kind="text.overruled", subject=text, after=after, reason=said, changed=False)
    return row
