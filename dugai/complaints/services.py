"""交办: a batch is opened, letters come into it, and go to the unit that handles them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from dugai.complaints import policy, queries, rules, rules_identity
from dugai.complaints.entries import LONGEST, WORDS
from dugai.complaints.models import Letter, LetterBatch
from dugai.complaints.states import AS_PRINTED, LETTER_MOVES, SETTLED, Grade, LetterState, Pollution, Verdict
from dugai.journal.services import Draft, change, insert_many, record, record_many, require_version, shown
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, InvalidInput, Refused, require
from dugai.ledger import queries as ledger
from dugai.ledger.sight import Scope
from dugai.people import queries as people
from dugai.people.states import Kind
from dugai.rulebook import queries as rulebook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dugai.complaints.entries import NewLetter
    from dugai.people.models import Organisation, User

KEEPER = "只有本地区的整改办可以登记信访件"
SHOWN = (
    *("batch", "number", "region", "types", "grade", "summary", "lead", "verdict", "findings", "handling"),
    *("state", "due", "follow_up", "persons", "person_times", "accountability", "confirmed", "source_span"),
)
RULES = "letters"
SPAN = dt.timedelta(days=400)


@transaction.atomic
def open_batch(
    *, actor: User, inspection_id: int, region: Organisation, number: int, handed_on: dt.date
) -> LetterBatch:
    """Open the batch an inspection handed over on a day; its last day follows from the rules of that day."""
    inspection = ledger.get_inspection(actor, inspection_id)
    require(policy.may_keep_letters(actor, region), KEEPER, code="not_keeper", error=Forbidden)
    if handed_on > clock.today():
        message = "交办日期还没有到。请改成今天或以前的日子。"
        raise InvalidInput(message, fields={"handed_on": message}, code="handed_later")
    if number < 1:
        message = "批次从 1 开始。"
        raise InvalidInput(message, fields={"number": message})
    values = rulebook.public_rules(RULES, handed_on, region)
    days = int(values["answer_days"])
    workdays = None
    if values["working_days"]:
        workdays = rulebook.public_workdays(handed_on, handed_on + SPAN)
    batch = LetterBatch(
        inspection=inspection,
        region=region,
        number=number,
        handed_on=handed_on,
        due_on=rules.due_on(handed_on, days, workdays),
        rules=values,
        **Scope.columns_of(region, people.ancestors_by_path([region])),
    )
    try:
        with transaction.atomic():
            batch.save(force_insert=True)
    except IntegrityError as taken:
        message = f"{region}的第{number}批已经登记过。请换一个批次，或打开原来那一批。"
        raise InvalidInput(message, fields={"number": message}, code="batch_taken") from taken
    record(
        actor=actor,
        kind="letter_batch.opened",
        subject=batch,
        after=shown(batch, "inspection", "region", "number", "handed_on", "due_on", "rules"),
    )
    return batch


@transaction.atomic
def enter_letters(
    *, actor: User, batch_id: int, letters: Sequence[NewLetter], confirmed: str = ""
) -> list[Letter]:
    """Enter letters into a batch, all or none, with an event for each.

    Raises `InvalidInput` (`identity_found`) when a text may point at a person and `confirmed` does not say
    why it may stay; an ID number or a bank card never may (`identity_refused`).
    """
    batch = queries.get_batch(actor, batch_id, lock=True)
    require(policy.may_fill_batch(actor, batch), KEEPER, code="not_keeper", error=Forbidden)
    _refuse_wrong(batch, letters)
    numbers = [rules.normal_number(entry.number) for entry in letters]
    twice = {number for number, times in Counter(numbers).items() if times > 1}
    taken = twice | queries.numbers_taken(actor, batch.inspection_id, numbers)
    if taken:
        listed = "、".join(sorted(taken)[:5])
        message = f"受理编号 {listed} 在这次督察里已经有了。请核对。"
        raise InvalidInput(message, fields={"number": message}, code="letter_number_taken")
    places = people.ancestors_by_path([entry.region for entry in letters])
    rows = [_row(batch, entry, places, confirmed) for entry in letters]
    insert_many(rows)
    record_many(
        actor=actor,
        drafts=[Draft("letter.entered", row, after=shown(row, *SHOWN), reason=confirmed) for row in rows],
    )
    return rows


@transaction.atomic
def reassign_letter(
    *, actor: User, letter_id: int, lead: Organisation, reason: str, seen_version: int | None = None
) -> Letter:
    """Give a letter to another unit; it begins anew there, with the same last day."""
    letter = queries.get_letter(actor, letter_id, lock=True)
    require_version(letter, seen_version)
    state = LETTER_MOVES.next(LetterState(letter.state), "reassign")
    require(
        policy.may_reassign(actor, letter), "只有本地区的整改办可以改派", code="not_keeper", error=Forbidden
    )
    if not reason.strip():
        message = "请写明为什么改派，让原来的单位知道。"
        raise InvalidInput(message, fields={"reason": message}, code="reason_missing")
    _require_unit(letter.region, lead)
    before, after = change(letter, lead=lead, state=state)
    record(
        actor=actor,
        kind="letter.reassigned",
        subject=letter,
        before=before,
        after=after,
        reason=reason.strip(),
    )
    return letter


@transaction.atomic
def link_letter(
    *, actor: User, letter_id: int, problem_id: int | None, seen_version: int | None = None
) -> Letter:
    """Join a letter with a problem of the ledger, or part them."""
    letter = queries.get_letter(actor, letter_id, lock=True)
    require(policy.may_link(actor, letter), KEEPER, code="not_keeper", error=Forbidden)
    problem = ledger.get_problem(actor, problem_id) if problem_id is not None else None
    before, after = change(letter, seen_version=seen_version, problem=problem)
    record(actor=actor, kind="letter.linked", subject=letter, before=before, after=after)
    return letter


def checked_texts(*, texts: Mapping[str, str], confirmed: str) -> list[list[str]]:
    """Refuse texts that may point at a person; return what was confirmed with a reason, as [field, kind]."""
    found = rules_identity.traces_in(texts)
    if not found:
        return []
    never = [one for one in found if one.kind in rules_identity.NEVER]
    if never:
        said = rules_identity.told(never, texts, WORDS)
        message = f"{said}不能录入：信访件里不得有身份证号和银行卡号。请删去后再存。"
        raise InvalidInput(message, fields=_by_field(never), code="identity_refused")
    if not confirmed.strip():
        said = rules_identity.told(found, texts, WORDS)
        message = f"{said}疑似个人信息。请删去；确实不是举报人的，写明理由后再存。"
        raise InvalidInput(message, fields=_by_field(found), code="identity_found")
    return sorted([one.field, str(one.kind)] for one in found)


def _by_field(found: Sequence[rules_identity.Sighting]) -> dict[str, str]:
    kinds: dict[str, list[str]] = {}
    for one in found:
        kinds.setdefault(one.field, []).append(one.kind.label)
    return {name: f"这里疑似有{'、'.join(dict.fromkeys(words))}。" for name, words in kinds.items()}


def _refuse_wrong(batch: LetterBatch, letters: Sequence[NewLetter]) -> None:
    require(bool(letters), "没有要登记的信访件。", code="nothing_to_enter")
    for entry in letters:
        wrong = _faults(batch, entry)
        if wrong:
            first = next(iter(wrong.values()))
            raise InvalidInput(
                f"{entry.number or '未编号的信访件'}：{first}", fields=wrong, code="letter_invalid"
            )
        if entry.lead is not None:
            _require_unit(entry.region, entry.lead)


def _faults(batch: LetterBatch, entry: NewLetter) -> dict[str, str]:
    wrong = _said_wrong(entry)
    if fault := rules.number_fault(rules.normal_number(entry.number)):
        wrong["number"] = fault
    if not entry.region.is_within(batch.region):
        wrong["region"] = f"{entry.region}不在{batch.region}之下。请换成{batch.region}或它下面的地区。"
    if unknown := set(entry.types) - set(Pollution.values):
        wrong["types"] = f"没有这种污染类型：{'、'.join(sorted(unknown))}。"
    if entry.grade not in Grade.values:
        wrong["grade"] = "没有这种类别。"
    if entry.verdict and entry.verdict not in Verdict.values:
        wrong["verdict"] = "是否属实只能是属实、基本属实、部分属实、不属实。"
    if entry.state not in AS_PRINTED:
        wrong["state"] = "录入时只能是已交办、办理中、阶段性办结、办结。"
    elif entry.state in SETTLED and not entry.verdict:
        wrong["verdict"] = "已经办结的，要写是否属实。"
    return wrong


def _said_wrong(entry: NewLetter) -> dict[str, str]:
    wrong = {}
    if not entry.summary.strip():
        wrong["summary"] = "请写明反映的问题。"
    if entry.persons is not None and entry.person_times is not None and entry.person_times < entry.persons:
        wrong["person_times"] = "人次不能少于人数。"
    for name, text in entry.texts.items():
        if len(text) > LONGEST:
            wrong[name] = f"{WORDS[name]}有 {len(text)} 字，最多 {LONGEST} 字。请缩短。"
    return wrong


def _require_unit(region: Organisation, lead: Organisation) -> None:
    """Refuse a unit that has nothing to do with the place: neither inside it nor a unit of one above it."""
    above = lead.kind != Kind.REGION and lead.parent is not None and region.is_within(lead.parent)
    if not (lead.is_within(region) or above):
        message = f"{lead.name}既不在{region}，也不属于它的上级地区。请换一个单位。"
        raise InvalidInput(message, fields={"lead": message}, code="unit_out_of_reach")


def _row(batch: LetterBatch, entry: NewLetter, places: dict[str, int], confirmed: str) -> Letter:
    texts = {name: text.strip() for name, text in entry.texts.items()}
    if entry.state not in AS_PRINTED:  # checked above; here for the reader of this function
        raise Refused("录入时只能是已交办、办理中、阶段性办结、办结。", code="state_refused")
    return Letter(
        batch=batch,
        inspection_id=batch.inspection_id,
        number=rules.normal_number(entry.number),
        region=entry.region,
        types=[value for value in Pollution.values if value in entry.types],
        grade=entry.grade,
        lead=entry.lead,
        verdict=entry.verdict,
        state=entry.state,
        due=batch.due_on,
        follow_up=entry.follow_up,
        persons=entry.persons,
        person_times=entry.person_times,
        confirmed=checked_texts(texts=texts, confirmed=confirmed),
        source_span=entry.source_span,
        **texts,
        **Scope.columns_of(entry.region, places),
    )
