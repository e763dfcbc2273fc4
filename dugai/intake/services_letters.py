"""信访件入账: letters that a document prints enter their batch, or restate what an earlier printing said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.complaints import services, services_restate
from dugai.complaints.entries import NewLetter
from dugai.complaints.rules_identity import sightings
from dugai.complaints.workbook import people_in
from dugai.intake import queries, queries_letters
from dugai.intake.queries_letters import DIFFERS, NEW
from dugai.intake.services_enter import INCOMPLETE
from dugai.journal.services import change, record
from dugai.kernel.errors import Conflict, InvalidInput, require
from dugai.people import queries as people

if TYPE_CHECKING:
    from collections.abc import Collection

    from dugai.intake.models import Document
    from dugai.intake.queries_letters import LetterProposal
    from dugai.people.models import User


@transaction.atomic
def enter_found_letters(
    *,
    actor: User,
    document_id: int,
    batch_id: int | None,
    numbers: Collection[str] | None = None,
    seen_version: int | None = None,
) -> dict[str, int]:
    """Enter the chosen letters of a document (all that can be, when none are named), all or nothing.

    New ones go into the batch; those that say something else restate their letter. Every letter keeps for ever
    where each of its values stands in the document. Raises `Conflict` when a chosen letter no longer waits.
    """
    document = queries.document_to_review(actor, document_id)
    whole = document.complete or document.allowed_by_id is not None
    what = "；".join(document.skipped)[:200]
    require(whole, INCOMPLETE.format(what=what), code="document_incomplete")
    found = queries_letters.proposals(actor, document)
    waiting = {one.found.number: one for one in found if one.open}
    chosen = list(waiting) if numbers is None else list(dict.fromkeys(numbers))
    gone = [number for number in chosen if number not in waiting]
    if gone:
        raise Conflict(f"{'、'.join(gone[:3])} 已经登记过，或不能照文件登记。请刷新后再看。")
    require(bool(chosen), "没有可登记的信访件。", code="nothing_to_enter")
    fresh = [waiting[number] for number in chosen if waiting[number].standing == NEW]
    said = [waiting[number] for number in chosen if waiting[number].standing == DIFFERS]
    if fresh:
        if batch_id is None:
            message = "请选这些信访件记入哪一批。没有的，请先开立批次。"
            raise InvalidInput(message, fields={"batch": message}, code="batch_missing")
        services.enter_letters(actor=actor, batch_id=batch_id, letters=_entries(document, fresh))
    for one in said:
        _restate(actor, document, one)
    counts = {"letters_entered": len(fresh), "letters_restated": len(said)}
    message = f"登记信访件 {len(fresh)} 件，按新文件更新 {len(said)} 件"
    before, after = change(document, seen_version=seen_version, message=message)
    after |= {**counts, "numbers": chosen}
    record(actor=actor, kind="document.letters_entered", subject=document, before=before, after=after)
    return counts


def _entries(document: Document, fresh: list[LetterProposal]) -> list[NewLetter]:
    regions = people.public_organisations_by_id({one.region.pk for one in fresh if one.region})
    entries = []
    for one in fresh:
        texts = one.found.texts
        persons, times = people_in(texts["accountability"])
        if one.region is None:  # a letter without a place is never open
            continue
        entries.append(
            NewLetter(
                number=one.found.number,
                region=regions[one.region.pk],
                types=one.found.types,
                verdict=one.found.verdict,
                state=one.found.state,
                persons=persons,
                person_times=times,
                source_span=_source(document, one),
                summary=texts["summary"],
                findings=texts["findings"],
                handling=texts["handling"],
                accountability=texts["accountability"],
            )
        )
    return entries


def _restate(actor: User, document: Document, one: LetterProposal) -> None:
    if one.letter is None:  # what differs differs from a letter
        return
    values = dict(one.values)
    if "accountability" in values:
        values["persons"], values["person_times"] = people_in(values["accountability"])
    services_restate.restate_letter(
        actor=actor,
        letter_id=one.letter.pk,
        values=values,
        source_span=_source(document, one),
        seen_version=one.letter.version,
    )


def _source(document: Document, one: LetterProposal) -> dict[str, Any]:
    """Return where the values stand; a piece that may point at a person is never among them."""
    spans = {name: place for name, place in one.found.spans.items() if not sightings(str(place[2]))}
    return {"document": document.pk, "spans": spans}
