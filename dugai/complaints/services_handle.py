"""办理: the unit signs for a letter, handles it and answers; the office sends back, closes or reopens."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from dugai.complaints import policy, queries
from dugai.complaints.entries import LONGEST, WORDS
from dugai.complaints.services import checked_texts
from dugai.complaints.states import LETTER_MOVES, LetterState, Verdict
from dugai.journal.services import change, record, require_version
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, InvalidInput, require

if TYPE_CHECKING:
    from dugai.complaints.models import Letter
    from dugai.people.models import User

LONGEST_OPINION = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What the unit found and did. `persons` and `person_times` are None where there is nothing to say."""

    verdict: str
    findings: str
    handling: str
    persons: int | None = None
    person_times: int | None = None
    accountability: str = ""


@transaction.atomic
def take_letter(*, actor: User, letter_id: int, seen_version: int | None = None) -> Letter:
    """Sign for a letter: the unit has it now."""
    letter = _letter(actor, letter_id, seen_version)
    state = LETTER_MOVES.next(LetterState(letter.state), "take")
    require(policy.may_take(actor, letter), "只有办理单位可以签收", code="not_handler", error=Forbidden)
    before, after = change(letter, state=state)
    record(actor=actor, kind="letter.taken", subject=letter, before=before, after=after)
    return letter


@transaction.atomic
def answer_letter(
    *, actor: User, letter_id: int, answer: Answer, confirmed: str = "", seen_version: int | None = None
) -> Letter:
    """Hand in what was found and what was done; the office of the place reviews it."""
    letter = _letter(actor, letter_id, seen_version)
    state = LETTER_MOVES.next(LetterState(letter.state), "answer")
    require(policy.may_answer(actor, letter), "只有办理单位可以报送结果", code="not_handler", error=Forbidden)
    _refuse_wrong(answer)
    texts = {name: getattr(answer, name).strip() for name in ("findings", "handling", "accountability")}
    kept = [one for one in letter.confirmed if one[0] == "summary"]
    before, after = change(
        letter,
        state=state,
        verdict=answer.verdict,
        persons=answer.persons,
        person_times=answer.person_times,
        confirmed=[*checked_texts(texts=texts, confirmed=confirmed), *kept],
        answered_by=actor.person,
        answered_on=clock.today(),
        reviewed_by=None,
        opinion="",
        **texts,
    )
    record(
        actor=actor,
        kind="letter.answered",
        subject=letter,
        before=before,
        after=after,
        reason=confirmed.strip(),
    )
    return letter


@transaction.atomic
def send_back_letter(*, actor: User, letter_id: int, reason: str, seen_version: int | None = None) -> Letter:
    """Send an answer back to the unit (退回重办), saying what is missing."""
    letter = _at_review(actor, letter_id, seen_version, "send_back")
    opinion = _opinion(reason, "请写明退回原因，让办理单位知道要补什么。")
    before, after = change(
        letter,
        state=LETTER_MOVES.next(LetterState(letter.state), "send_back"),
        reviewed_by=actor.person,
        opinion=opinion,
    )
    record(actor=actor, kind="letter.sent_back", subject=letter, before=before, after=after, reason=opinion)
    return letter


@transaction.atomic
def stage_letter(
    *, actor: User, letter_id: int, follow_up: dt.date, opinion: str = "", seen_version: int | None = None
) -> Letter:
    """Let an answer stand for now (阶段性办结): the rest is promised by a day, and stays with the unit."""
    letter = _at_review(actor, letter_id, seen_version, "stage")
    if follow_up <= clock.today():
        message = "下一步完成日期要在今天以后。已经做完的，请用“办结”。"
        raise InvalidInput(message, fields={"follow_up": message}, code="follow_up_past")
    before, after = change(
        letter,
        state=LETTER_MOVES.next(LetterState(letter.state), "stage"),
        follow_up=follow_up,
        reviewed_by=actor.person,
        opinion=_opinion(opinion),
    )
    record(actor=actor, kind="letter.staged", subject=letter, before=before, after=after)
    return letter


@transaction.atomic
def close_letter(
    *, actor: User, letter_id: int, opinion: str = "", seen_version: int | None = None
) -> Letter:
    """Close a letter (办结): found out, handled, nothing left to do."""
    letter = _at_review(actor, letter_id, seen_version, "close")
    before, after = change(
        letter,
        state=LETTER_MOVES.next(LetterState(letter.state), "close"),
        follow_up=None,
        reviewed_by=actor.person,
        opinion=_opinion(opinion),
    )
    record(actor=actor, kind="letter.closed", subject=letter, before=before, after=after)
    return letter


@transaction.atomic
def reopen_letter(*, actor: User, letter_id: int, reason: str, seen_version: int | None = None) -> Letter:
    """Have a settled letter handled again: it came back, or a check found it wanting."""
    letter = _letter(actor, letter_id, seen_version)
    state = LETTER_MOVES.next(LetterState(letter.state), "reopen")
    require(
        policy.may_reopen(actor, letter),
        "只有整改办的审核人可以重新办理",
        code="not_reviewer",
        error=Forbidden,
    )
    opinion = _opinion(reason, "请写明为什么重新办理。")
    before, after = change(letter, state=state, follow_up=None, opinion=opinion)
    record(actor=actor, kind="letter.reopened", subject=letter, before=before, after=after, reason=opinion)
    return letter


def _letter(actor: User, letter_id: int, seen_version: int | None) -> Letter:
    letter = queries.get_letter(actor, letter_id, lock=True)
    require_version(letter, seen_version)
    return letter


def _at_review(actor: User, letter_id: int, seen_version: int | None, act: str) -> Letter:
    letter = _letter(actor, letter_id, seen_version)
    LETTER_MOVES.find(LetterState(letter.state), act)
    if actor.person.pk == letter.answered_by_id:
        raise Forbidden("这件的结果是您自己报的，要由别人审核。", code="own_answer")
    require(
        policy.may_review(actor, letter),
        "只有本地区整改办的审核人可以审核",
        code="not_reviewer",
        error=Forbidden,
    )
    return letter


def _opinion(text: str, missing: str = "") -> str:
    opinion = text.strip()
    if missing and not opinion:
        raise InvalidInput(missing, fields={"reason": missing}, code="reason_missing")
    require(
        len(opinion) <= LONGEST_OPINION,
        f"意见最多 {LONGEST_OPINION} 字，现在 {len(opinion)} 字。",
        code="too_long",
    )
    return opinion


def _refuse_wrong(answer: Answer) -> None:
    wrong = {}
    if answer.verdict not in Verdict.values:
        wrong["verdict"] = "请选是否属实。"
    for name in ("findings", "handling"):
        if not getattr(answer, name).strip():
            wrong[name] = f"请写明{WORDS[name]}。"
    for name in ("findings", "handling", "accountability"):
        length = len(getattr(answer, name))
        if length > LONGEST:
            wrong[name] = f"{WORDS[name]}有 {length} 字，最多 {LONGEST} 字。请缩短。"
    if (
        answer.persons is not None
        and answer.person_times is not None
        and answer.person_times < answer.persons
    ):
        wrong["person_times"] = "人次不能少于人数。"
    if wrong:
        raise InvalidInput(f"还有 {len(wrong)} 处要填", fields=wrong, code="answer_incomplete")
