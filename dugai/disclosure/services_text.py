"""文稿: drafted from a template, edited around its figures, reviewed and approved by two people."""

from __future__ import annotations

import datetime as dt
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction

from dugai.disclosure import drafting, hidden, policy, queries_text, rules_body, services_check, templates
from dugai.disclosure.models import Text, TextFile, TextTemplate, TextVersion
from dugai.disclosure.states import ABOUT_A_BATCH, ABOUT_A_PROBLEM, TEXT_MOVES, Genre, TextState
from dugai.files import queries as files
from dugai.files import services as storing
from dugai.journal.services import change, record, require_version, shown
from dugai.kernel import canonical, clock
from dugai.kernel.errors import InvalidInput, NotVisible, Refused, require

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dugai.complaints.models import LetterBatch
    from dugai.ledger.models import Inspection, Problem
    from dugai.people.models import Organisation, User

DRAFTED = ("genre", "title", "office", "region", "inspection", "problem", "batch", "period", "as_of", "state")
NOT_OURS = "只有起草单位可以修改这份文稿"
SHUT = "这份文稿不在起草中，不能再改。要改，请先退回。"


@transaction.atomic
def draft_text(
    *,
    actor: User,
    genre: str,
    region: Organisation,
    period: str = "",
    as_of: dt.date | None = None,
    inspection: Inspection | None = None,
    problem: Problem | None = None,
    batch: LetterBatch | None = None,
    corrects: Text | None = None,
) -> Text:
    """Draft a text from its template: every number is a figure, computed now."""
    kind = Genre(genre)
    require(policy.may_draft(actor, region), "只有本地区的整改办可以起草", code="may_not_draft")
    if kind in ABOUT_A_PROBLEM and problem is None:
        message = f"“{kind.label}”写的是一个问题，请选一个问题。"
        raise InvalidInput(message, fields={"problem": message}, code="problem_missing")
    if kind in ABOUT_A_BATCH and batch is None:
        message = f"“{kind.label}”列一批信访件，请选一批。"
        raise InvalidInput(message, fields={"batch": message}, code="batch_missing")
    if batch is not None:
        region, inspection = batch.region, batch.inspection
        require(policy.may_draft(actor, region), "只有本地区的整改办可以起草", code="may_not_draft")
    span = drafting.period_of(period)
    day = as_of or drafting.default_day(span)
    frame = drafting.Frame(actor, actor.organisation, region, day, span, inspection, problem, batch)
    body = drafting.drafted(frame, templates.lines_for(kind, actor.organisation))
    text = Text(
        genre=kind,
        title=_title(body, kind),
        office=actor.organisation,
        region=region,
        inspection=inspection,
        problem=problem,
        batch=batch,
        period=span.code if span else "",
        as_of=day,
        body=_without_title(body),
        author=actor.person,
        editor=actor.person,
        corrects=corrects,
        saved_at=clock.now(),
    )
    text.save(force_insert=True)
    _keep_version(actor, text)
    record(actor=actor, kind="text.drafted", subject=text, after={**shown(text, *DRAFTED), **_digest(text)})
    return text


@transaction.atomic
def save_text(
    *,
    actor: User,
    text_id: int,
    seen_version: int,
    title: str,
    number: str = "",
    parts: Sequence[Mapping[str, Any]],
) -> Text:
    """Save what a writer made of the text; see `drafting.edited` for the parts.

    Figures keep the values they were computed with: typing over a mark changes nothing.
    """
    text = _editable(actor, text_id, seen_version)
    if not title.strip():
        raise InvalidInput("请写标题。", fields={"title": "请写标题。"}, code="title_missing")
    body = drafting.edited(queries_text.frame_of(actor, text), text.body, list(parts))
    if (title.strip(), number.strip(), body) == (text.title, text.number, text.body):
        return text
    return _write(actor, text, "text.saved", title=title.strip()[:200], number=number.strip()[:60], body=body)


@transaction.atomic
def refresh_text(*, actor: User, text_id: int, seen_version: int, as_of: dt.date | None = None) -> Text:
    """Compute every figure and every block of the ledger anew, on another day if one is given."""
    text = _editable(actor, text_id, seen_version)
    day = as_of or text.as_of
    frame = queries_text.frame_of(actor, text)
    frame.as_of = day
    body = drafting.refreshed(frame, text.body)
    return _write(actor, text, "text.refreshed", body=body, as_of=day)


@transaction.atomic
def annotate_figure(*, actor: User, text_id: int, seen_version: int, figure: str, note: str) -> Text:
    """Write a note beside a figure; it is printed in the 数据来源表 and leaves the number as it is."""
    text = _editable(actor, text_id, seen_version)
    one = text.body["figures"].get(figure)
    if one is None:
        raise Refused("文中没有这个数据项。请刷新页面后再写。", code="figure_gone")
    figures = {**text.body["figures"], figure: {**one, "note": note.strip()[:300]}}
    return _write(actor, text, "text.annotated", body={**text.body, "figures": figures})


@transaction.atomic
def submit_text(*, actor: User, text_id: int, seen_version: int) -> Text:
    """Hand a text to review; it is checked on the way, and the reviewer sees what was found."""
    text = _editable(actor, text_id, seen_version)
    services_check.check(actor=actor, text=text)
    state = TEXT_MOVES.next(TextState(text.state), "submit")
    before, after = change(text, state=state, submitted_by=actor.person, approved_by=None, approved_at=None)
    record(actor=actor, kind="text.submitted", subject=text, before=before, after=after)
    return text


@transaction.atomic
def send_back_text(*, actor: User, text_id: int, seen_version: int, reason: str) -> Text:
    """Send a text back to its writers, also one that was approved and not yet released."""
    text = queries_text.get_text(actor, text_id, lock=True)
    require(policy.may_review(actor, text), "只有本单位的审核或管理人员可以退回", code="may_not_send_back")
    require_version(text, seen_version)
    state = TEXT_MOVES.next(TextState(text.state), "send_back")
    said = _reason(reason, "请写明要改什么。")
    before, after = change(text, state=state, opinion=said, approved_by=None, approved_at=None)
    record(actor=actor, kind="text.sent_back", subject=text, before=before, after=after, reason=said)
    return text


@transaction.atomic
def approve_text(*, actor: User, text_id: int, seen_version: int, opinion: str = "") -> Text:
    """Approve a text: another person than its editor and submitter, and nothing found may stop it."""
    text = queries_text.get_text(actor, text_id, lock=True)
    state = TEXT_MOVES.next(TextState(text.state), "approve")
    require(
        policy.may_approve(actor, text),
        "要由另一位审核或管理人员核准，不能是起草、送审的人。",
        code="may_not_approve",
    )
    require_version(text, seen_version)
    services_check.require_clean(actor=actor, text=text)
    said = opinion.strip()[:500]
    before, after = change(text, state=state, opinion=said, approved_by=actor.person, approved_at=clock.now())
    record(actor=actor, kind="text.approved", subject=text, before=before, after=after, reason=said)
    return text


@transaction.atomic
def discard_text(*, actor: User, text_id: int, seen_version: int, reason: str) -> Text:
    """Give a draft up; it stays with its versions and is no longer listed."""
    text = _editable(actor, text_id, seen_version)
    state = TEXT_MOVES.next(TextState(text.state), "discard")
    said = _reason(reason, "请写明为什么作废。")
    before, after = change(text, state=state, opinion=said)
    record(actor=actor, kind="text.discarded", subject=text, before=before, after=after, reason=said)
    return text


@transaction.atomic
def attach_to_text(*, actor: User, text_id: int, name: str, stream: IO[bytes]) -> TextFile:
    """Attach a file that will be released with the text; what it hides is found at once."""
    text = _editable(actor, text_id, None)
    stored = storing.store_file(actor=actor, name=name, stream=stream)
    with files.open_checked(actor, stored) as kept:
        found = hidden.found_in(stored.name, kept.read())
    row = TextFile(text=text, file=stored, hidden=found)
    row.save(force_insert=True)
    record(actor=actor, kind="text_file.attached", subject=row, after=shown(row, "text", "file", "hidden"))
    return row


@transaction.atomic
def remove_from_text(*, actor: User, text_id: int, attachment_id: int) -> TextFile:
    """Take an attachment off a text."""
    _editable(actor, text_id, None)
    row = queries_text.get_attachment(actor, text_id, attachment_id)
    before, after = change(row, removed=True)
    record(actor=actor, kind="text_file.removed", subject=row, before=before, after=after)
    return row


@transaction.atomic
def set_template(*, actor: User, genre: str, lines: str) -> TextTemplate:
    """Set the office's own wording of a template; texts drafted before stay as they are."""
    kind = Genre(genre)
    require(policy.may_shape_templates(actor), "只有整改办管理人员可以改模板", code="may_not_shape")
    if not lines.strip():
        raise InvalidInput(
            "模板是空的。请至少写一行。", fields={"lines": "模板是空的。"}, code="template_empty"
        )
    _try_out(actor, lines)
    _, own = queries_text.template(actor, kind)
    if own is None:
        own = TextTemplate(genre=kind, office=actor.organisation, lines=lines.strip())
        own.save(force_insert=True)
        before: dict[str, Any] = {}
        after = shown(own, "genre", "office", "lines")
    else:
        before, after = change(own, lines=lines.strip())
    record(actor=actor, kind="text_template.set", subject=own, before=before, after=after)
    return own


def _try_out(actor: User, lines: str) -> None:
    """Refuse a template that asks for a figure or a maker the house does not have."""
    from dugai.disclosure import catalogue, indicator_figures, makers  # noqa: PLC0415  only this needs them

    shelf = indicator_figures.Shelf(actor, clock.today())
    wrong = []
    for at, block in enumerate(rules_body.blocks_of(lines, {}), 1):
        if block["kind"] == "made":
            if block["maker"] not in makers.MAKERS:
                wrong.append(f"第 {at} 段：没有“@{block['maker']}”。")
            continue
        try:
            rules_body.runs_of(
                block["text"],
                lambda words: (
                    words if words.startswith("=") or shelf.wanted(words) else catalogue.get(words).code
                ),
                {},
            )
        except (rules_body.Unreadable, NotVisible) as trouble:
            wrong.append(f"第 {at} 段：{trouble}")
    if wrong:
        message = " ".join(wrong)
        raise InvalidInput(message, fields={"lines": message}, code="template_unreadable")


def _editable(actor: User, text_id: int, seen_version: int | None) -> Text:
    text = queries_text.get_text(actor, text_id, lock=True)
    require(policy.may_write(actor, text), NOT_OURS, code="not_our_text")
    require(policy.may_edit(actor, text), SHUT, code="text_shut")
    require_version(text, seen_version)
    return text


def _write(actor: User, text: Text, kind: str, **values: Any) -> Text:
    """Change the text as a new edition, keep the version, and record the digest in place of the body."""
    was = {"edition": text.edition, **_digest(text)}
    names = [name for name in values if name != "body"]
    old = shown(text, *names)
    change(text, **values, edition=text.edition + 1, editor=actor.person, saved_at=clock.now())
    _keep_version(actor, text)
    record(
        actor=actor,
        kind=kind,
        subject=text,
        before={**old, **was},
        after={**shown(text, *names), "edition": text.edition, **_digest(text)},
    )
    return text


def _keep_version(actor: User, text: Text) -> None:
    TextVersion.objects.create(
        text=text,
        number=text.edition,
        title=text.title,
        body=text.body,
        sha256=_digest(text)["sha256"],
        saved_by=actor.person,
        saved_at=text.saved_at,
    )


def _digest(text: Text) -> dict[str, str]:
    return {"sha256": canonical.sha256(canonical.dump([text.title, text.body]).encode())}


def _title(body: rules_body.Body, genre: Genre) -> str:
    for block in body["blocks"]:
        if block["kind"] == "title":
            return rules_body.words_of(block["runs"], body["figures"])[:200]
    return genre.label


def _without_title(body: rules_body.Body) -> rules_body.Body:
    """Return the body without its title, which is a column of its own."""
    return rules_body.swept({**body, "blocks": [one for one in body["blocks"] if one["kind"] != "title"]})


def _reason(words: str, message: str) -> str:
    said = words.strip()[:500]
    if not said:
        raise InvalidInput(message, fields={"reason": message}, code="reason_missing")
    return said
